/*
 * `weir gui`: become weir-gui, which stands beside this program, in the build tree's src/gui, or in
 * libexecdir. What the configuration says goes along; the options of this call stand before what
 * was chosen in the window, the configuration behind it.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 4096
#define WORD_SIZE 320

typedef struct words {
    char **list; /* ends with NULL; owned, as its entries */
    size_t count, size;
} words_t;

static void words_done(words_t *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
    free(words->list);
}

/* Takes `word`. Returns 0 or -ENOMEM. */
static int word_add(words_t *words, char *word)
{
    if (!word)
        return -ENOMEM;
    if (words->count + 1 >= words->size) {
        size_t size = words->size ? 2 * words->size : 32;
        char **list = realloc(words->list, size * sizeof(*list));
        if (!list) {
            free(word);
            return -ENOMEM;
        }
        words->list = list;
        words->size = size;
    }
    words->list[words->count++] = word;
    words->list[words->count] = NULL;
    return 0;
}

__attribute__((format(printf, 2, 3))) static int word_print(words_t *words, const char *format, ...)
{
    char *word = NULL;
    va_list args;
    va_start(args, format);
    int r = vasprintf(&word, format, args);
    va_end(args);
    return word_add(words, r < 0 ? NULL : word);
}

static const char *measure_word(weir_measure_t measure)
{
    return measure == WEIR_BITS ? "bits" : "bytes";
}

static const char *base_word(weir_base_t base)
{
    return base == WEIR_IEC ? "iec" : "si";
}

/* What this call says otherwise than the configuration. */
static int given_add(words_t *words, const weir_context_t *context)
{
    const weir_invocation_t *given = &context->invocation;
    const weir_config_t *config = &context->config;
    int r = 0;
    if (given->units.rates != config->units.rates)
        r = word_print(words, "--rates=%s", measure_word(given->units.rates));
    if (r == 0 && given->units.amounts != config->units.amounts)
        r = word_print(words, "--amounts=%s", measure_word(given->units.amounts));
    if (r == 0 && given->units.base != config->units.base)
        r = word_print(words, "--base=%s", base_word(given->units.base));
    if (r == 0 && given->interval_ns != config->interval_ns)
        r = word_print(words, "--interval-ns=%llu", (unsigned long long)given->interval_ns);
    if (r == 0 && given->filter)
        r = word_print(words, "--filter=%s", given->filter);
    return r;
}

static int replay_add(words_t *words, const weir_invocation_t *given)
{
    const char *file = given->operand_count ? given->operands[0] : given->replay;
    if (!file)
        return 0;
    int r = word_print(words, "--replay=%s", file);
    if (r == 0)
        r = word_print(words, "--speed=%llu.%03u", (unsigned long long)given->speed,
                       (unsigned)((given->speed - (double)(unsigned long long)given->speed) * 1e3));
    return r;
}

static int words_make(words_t *words, const weir_context_t *context)
{
    const weir_config_t *config = &context->config;
    int r = word_print(words, "weir-gui");
    if (r == 0)
        r = word_print(words, "--configured=%s,%s,%s,%llu", measure_word(config->units.rates),
                       measure_word(config->units.amounts), base_word(config->units.base),
                       (unsigned long long)config->interval_ns);
    for (size_t i = 0; r == 0 && i < config->capacity_count; i++)
        r = word_print(words, "--capacity=%s=%llu/%llu", config->capacities[i].name,
                       (unsigned long long)config->capacities[i].rx_bps,
                       (unsigned long long)config->capacities[i].tx_bps);
    if (r == 0)
        r = given_add(words, context);
    if (r == 0)
        r = replay_add(words, &context->invocation);
    return r;
}

/* The folder of this program, without a slash at its end; "" when it is not known. */
static void own_folder(char folder[static PATH_SIZE])
{
    ssize_t n = readlink("/proc/self/exe", folder, PATH_SIZE - 1);
    folder[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
}

/* Returns only when there is no such program, or it cannot be executed. */
static void gui_execute(char **words)
{
    char folder[PATH_SIZE];
    char path[PATH_SIZE + WORD_SIZE];
    own_folder(folder);
    (void)snprintf(path, sizeof(path), "%s/weir-gui", folder);
    (void)execv(path, words); /* what does not work is followed by the next place */
    (void)snprintf(path, sizeof(path), "%s/../gui/weir-gui", folder);
    (void)execv(path, words);
    (void)execv(WEIR_LIBEXEC_DIR "/weir-gui", words);
}

int weir_gui_run(weir_context_t *context)
{
    if (context->invocation.operand_count > 1)
        return weir_say(WEIR_EXIT_USAGE, "gui: it opens one recording, not %d",
                        context->invocation.operand_count);
    words_t words = {0};
    int r = words_make(&words, context);
    if (r == 0) {
        sigset_t none;
        (void)sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        gui_execute(words.list);
        r = -errno;
    }
    words_done(&words);
    if (r == -ENOENT)
        return weir_say(WEIR_EXIT_FAILED, "the desktop window (weir-gui) is not installed; "
                                          "`weir live` shows the same in a terminal");
    return weir_say(WEIR_EXIT_FAILED,
                    "cannot start weir-gui: %s; `weir live` shows the same in a terminal",
                    strerror(-r));
}
