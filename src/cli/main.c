#include "cli/config.h"
#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* What handlers of signals need: the only mutable state outside of main's context. */
static volatile sig_atomic_t signal_caught; /* the signal that asks to end */
static weir_rescue_t rescue;                /* of the terminal, when the program dies */

static void signal_note(int number)
{
    signal_caught = number;
}

/* The signal's own action comes after this, as SA_RESETHAND has restored it. */
static void signal_die(int number)
{
    weir_rescue_restore(&rescue);
    (void)raise(number);
}

/* A descriptor below 3 that was closed at start must not be taken by a file or socket of ours. */
static void descriptors_fill(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        int null = open("/dev/null",
                        fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* using it fails, as before */
        if (null >= 0 && null != fd)
            (void)close(null); /* nothing was lost */
    }
}

static void signals_prepare(weir_context_t *context)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = signal_note};
    sigset_t blocked;
    (void)sigemptyset(&blocked); /* these calls fail for bad arguments only */
    for (size_t i = 0; i < WEIR_COUNT(numbers); i++) {
        (void)sigaction(numbers[i], &action, NULL);
        (void)sigaddset(&blocked, numbers[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &blocked, &context->wait_mask);
    for (size_t i = 0; i < WEIR_COUNT(numbers); i++)
        (void)sigdelset(&context->wait_mask, numbers[i]);
    (void)signal(SIGPIPE, SIG_IGN);
    context->signal = &signal_caught;
    static const int deaths[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
    struct sigaction death = {.sa_handler = signal_die, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < WEIR_COUNT(deaths); i++)
        (void)sigaction(deaths[i], &death, NULL);
    context->rescue = &rescue;
}

/* `weir`, `weir --units bytes` and `weir live` are the same command. */
static const weir_command_t *command_choose(int *argc, char ***argv)
{
    if (*argc < 2 || (*argv)[1][0] == '-')
        return weir_command_find("live");
    const weir_command_t *command = weir_command_find((*argv)[1]);
    if (command) {
        (*argc)--;
        (*argv)++;
        return command;
    }
    const char *typed = (*argv)[1];
    const char *nearest = weir_command_nearest(typed);
    if (nearest)
        (void)weir_say(WEIR_EXIT_USAGE, "there is no command '%s'; did you mean '%s'?", typed,
                       nearest);
    else
        (void)weir_say(WEIR_EXIT_USAGE, "there is no command '%s'; `weir help` lists them", typed);
    return NULL;
}

static int command_run(weir_context_t *context, const weir_command_t *command, bool named)
{
    if (context->invocation.help)
        return weir_help_print(named ? command : NULL);
    if (context->invocation.version) {
        weir_buf_t text;
        bool closed = false;
        weir_buf_init(&text, 64);
        weir_buf_puts(&text, "weir " WEIR_VERSION "\n");
        int status = weir_print(&text, &closed);
        weir_buf_done(&text);
        return status;
    }
    return command->run(context);
}

static int options_read(weir_context_t *context, const weir_command_t *command, int argc,
                        char **argv)
{
    context->invocation = (weir_invocation_t){
        .units = context->config.units, .interval_ns = context->config.interval_ns, .speed = 1};
    return weir_options_parse(command, argc, argv, &context->invocation);
}

/* Options are read once before the configuration, so that help does not depend on it, and once
 * after it, so that they win. */
static int configured_run(weir_context_t *context, const weir_command_t *command, bool named,
                          int argc, char **argv)
{
    int status = options_read(context, command, argc, argv);
    if (status == WEIR_EXIT_OK && !context->invocation.help && !context->invocation.version)
        status = weir_config_read(weir_options_config(argc, argv), &context->config);
    if (status == WEIR_EXIT_OK)
        status = options_read(context, command, argc, argv);
    if (status == WEIR_EXIT_OK)
        status = command_run(context, command, named);
    weir_config_done(&context->config);
    return status;
}

int main(int argc, char **argv)
{
    descriptors_fill();
    if (argc < 1)
        return WEIR_EXIT_USAGE;
    (void)setlocale(LC_CTYPE, ""); /* an unknown locale leaves "C": ASCII */
    weir_context_t context = {.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                              .terminal = isatty(STDOUT_FILENO) == 1};
    signals_prepare(&context);
    char **before = argv;
    const weir_command_t *command = command_choose(&argc, &argv);
    if (!command)
        return WEIR_EXIT_USAGE;
    return configured_run(&context, command, argv != before, argc, argv);
}
