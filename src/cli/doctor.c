#include "cli/cli.h"

#include "base/text.h"
#include "cli/config.h"
#include "engine/source.h"

#include <errno.h>
#include <string.h>

static const char *state_word(weir_check_state_t state)
{
    switch (state) {
    case WEIR_CHECK_OK:
        return "ok";
    case WEIR_CHECK_LIMITED:
        return "limited";
    case WEIR_CHECK_FAILED:
        break;
    }
    return "FAILED";
}

static void line_put(weir_buf_t *text, const char *what, const char *state, const char *detail,
                     const char *fix)
{
    weir_buf_printf(text, "%-15s %-8s ", what, state);
    (void)weir_text_put_safe(text, detail, false); /* its width is not needed */
    if (fix[0])
        weir_buf_printf(text, "\n%25s-> %s", "", fix);
    weir_buf_putc(text, '\n');
}

static void configuration_put(weir_buf_t *text)
{
    for (size_t i = 0; i < WEIR_CONFIG_PATHS; i++) {
        char path[4096];
        weir_config_path(i, path, sizeof(path));
        if (!path[0])
            continue;
        bool found = access(path, R_OK) == 0;
        weir_buf_t detail;
        weir_buf_init(&detail, 2 * sizeof(path));
        weir_buf_printf(&detail, "%s", path);
        if (!found)
            weir_buf_printf(&detail, " (%s)", errno == ENOENT ? "not there" : strerror(errno));
        line_put(text, i ? "" : "configuration", found ? "ok" : "none", weir_buf_text(&detail), "");
        weir_buf_done(&detail);
    }
}

static void terminal_put(weir_buf_t *text, const weir_context_t *context)
{
    bool utf8 = context->utf8;
    line_put(text, "locale", utf8 ? "ok" : "limited",
             utf8 ? "UTF-8: names, arrows and dashes are shown as they are"
                  : "no UTF-8: plain ASCII is used instead of arrows and dashes",
             utf8 ? "" : "export LC_ALL=C.UTF-8");
}

int weir_doctor_run(weir_context_t *context)
{
    weir_check_t checks[WEIR_CHECKS_MAX];
    size_t n = weir_platform_checks(checks);
    bool failed = false;
    bool limited = false;
    weir_buf_t text;
    weir_buf_init(&text, (size_t)1 << 20);
    weir_buf_puts(&text, "Weir " WEIR_VERSION "\n");
    for (size_t i = 0; i < n; i++) {
        line_put(&text, checks[i].what, state_word(checks[i].state), checks[i].detail,
                 checks[i].fix);
        failed |= checks[i].state == WEIR_CHECK_FAILED;
        limited |= checks[i].state == WEIR_CHECK_LIMITED;
    }
    terminal_put(&text, context);
    configuration_put(&text);
    weir_buf_puts(&text, failed ? "\nInterfaces cannot be shown here; a recording can (--replay).\n"
                         : limited
                             ? "\nWhat is limited works in part, as it says; all else works here.\n"
                             : "\nEverything that this version shows works here.\n");
    bool closed = false;
    int status = weir_print(&text, &closed); /* a closed pipe is no failure */
    weir_buf_done(&text);
    return status != WEIR_EXIT_OK ? status : failed ? WEIR_EXIT_FAILED : WEIR_EXIT_OK;
}
