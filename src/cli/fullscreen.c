/*
 * `live` on a terminal: the terminal view instead of documents.
 */
#include "cli/options.h"
#include "platform/platform.h"
#include "tui/sniff.h"
#include "tui/tui.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define GIVEN_UNITS                                                                                \
    (WEIR_OPTION_BIT(WEIR_OPTION_UNITS) | WEIR_OPTION_BIT(WEIR_OPTION_AMOUNTS) |                   \
     WEIR_OPTION_BIT(WEIR_OPTION_SI) | WEIR_OPTION_BIT(WEIR_OPTION_IEC))

/* Keys come from the terminal even when standard input is a recording. Returns -1 without one. */
static int keys_open(void)
{
    if (isatty(STDIN_FILENO))
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

bool weir_fullscreen_wanted(const weir_context_t *context)
{
    if (!context->terminal || context->invocation.format_given)
        return false;
    WEIR_CLEANUP(weir_closep) int fd = keys_open();
    return fd >= 0;
}

/* The path of the choices, "" when there is no such place. */
static void state_path(char *path, size_t size)
{
    const char *state_home = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    path[0] = '\0';
    int n = 0;
    if (state_home && state_home[0] == '/')
        n = snprintf(path, size, "%s/weir/terminal", state_home);
    else if (home && home[0] == '/')
        n = snprintf(path, size, "%s/.local/state/weir/terminal", home);
    if (n < 0 || (size_t)n >= size)
        path[0] = '\0';
}

static void machine_name(const weir_invocation_t *invocation, char *name, size_t size)
{
    const char *path = invocation->file ? invocation->file : invocation->replay;
    if (!path) {
        weir_platform_host_name(name, size);
        return;
    }
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    (void)snprintf(name, size, "%s", strcmp(file, "-") == 0 ? "standard input" : file);
}

/* What both kinds of full screen have in common; the texts are borrowed. */
static weir_tui_options_t options_of(const weir_context_t *context, const char *machine, int keys)
{
    const weir_invocation_t *invocation = &context->invocation;
    const char *no_color = getenv("NO_COLOR");
    return (weir_tui_options_t){
        .origin = invocation->file     ? WEIR_ORIGIN_FILE
                  : invocation->replay ? WEIR_ORIGIN_REPLAY
                                       : WEIR_ORIGIN_LIVE,
        .count = invocation->count,
        .utf8 = context->utf8,
        .colours = !no_color || !no_color[0],
        .machine = machine,
        .tty_fd = keys,
        .signal = context->signal,
        .wait_mask = context->wait_mask,
        .rescue = context->rescue,
    };
}

static int screen_end(const weir_context_t *context)
{
    int signal = *context->signal;
    return signal && signal != SIGINT ? WEIR_EXIT_SIGNAL + signal : WEIR_EXIT_OK;
}

int weir_fullscreen_run(weir_context_t *context, weir_client_t *client, const weir_export_t *export,
                        const char *filter, weir_reading_progress_t *reading)
{
    const weir_invocation_t *invocation = &context->invocation;
    WEIR_CLEANUP(weir_closep) int keys = keys_open();
    char machine[256];
    char path[4096];
    machine_name(invocation, machine, sizeof(machine));
    state_path(path, sizeof(path));
    weir_tui_options_t options = options_of(context, machine, keys);
    options.reading = invocation->file ? reading : NULL;
    options.table = export->table;
    options.table_given = invocation->operand_count > 0;
    options.units = invocation->units;
    options.interval_ns = invocation->interval_ns;
    options.filter = filter;
    options.sort = invocation->sort;
    options.columns = invocation->columns ? export->columns : NULL;
    options.column_count = export->column_count;
    options.units_given = invocation->given & GIVEN_UNITS;
    options.interval_given = invocation->given & WEIR_OPTION_BIT(WEIR_OPTION_INTERVAL);
    options.state_path = path[0] ? path : NULL;
    char error[WEIR_TUI_ERROR_SIZE];
    if (weir_tui_run(client, &options, error) < 0)
        return weir_say(WEIR_EXIT_FAILED, "%s", error);
    return screen_end(context);
}

int weir_fullscreen_packets(weir_context_t *context, weir_packets_t *packets, const char *iface)
{
    const weir_invocation_t *invocation = &context->invocation;
    WEIR_CLEANUP(weir_closep) int keys = keys_open();
    char machine[256];
    if (invocation->file)
        machine_name(invocation, machine, sizeof(machine));
    else
        (void)snprintf(machine, sizeof(machine), "%s", iface[0] ? iface : "every interface");
    char path[4096];
    state_path(path, sizeof(path));
    weir_tui_options_t options = options_of(context, machine, keys);
    options.filter = invocation->filter;
    options.state_path = path[0] ? path : NULL;
    char error[WEIR_TUI_ERROR_SIZE];
    if (weir_sniff_show(packets, &options, error) < 0)
        return weir_say(WEIR_EXIT_FAILED, "%s", error);
    return screen_end(context);
}
