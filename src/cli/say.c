#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

int weir_say(int status, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    weir_buf_t line;
    weir_buf_init(&line, sizeof(message) * 8);
    weir_buf_puts(&line, "weir: ");
    (void)weir_text_put_safe(&line, message, strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    weir_buf_putc(&line, '\n');
    const char *text = weir_buf_text(&line);
    (void)!write(STDERR_FILENO, text, strlen(text)); /* there is nowhere left to complain */
    weir_buf_done(&line);
    return status;
}

size_t weir_terminal_width(const weir_context_t *context)
{
    struct winsize size = {0};
    if (!context->terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col;
}

int weir_print(weir_buf_t *buf, bool *ret_closed)
{
    int r = weir_buf_error(buf);
    for (size_t at = 0; r == 0 && at < buf->len;) {
        ssize_t n = TEMP_FAILURE_RETRY(write(STDOUT_FILENO, buf->data + at, buf->len - at));
        if (n < 0)
            r = -errno;
        else
            at += (size_t)n;
    }
    *ret_closed = r == -EPIPE;
    if (r == 0 || r == -EPIPE)
        return WEIR_EXIT_OK;
    return weir_say(WEIR_EXIT_FAILED, "cannot write to standard output: %s", strerror(-r));
}
