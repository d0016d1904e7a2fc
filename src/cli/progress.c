#include "cli/progress.h"

#include "base/clock.h"

#include <unistd.h>

#define WAIT_NS 200000000L
#define LINE 64 /* columns; the rest of an older line is blanked */

static uint64_t now_read(void)
{
    weir_clock_t clock = weir_clock_system();
    return weir_clock_now(&clock).boot_ns;
}

void weir_progress_begin(weir_progress_t *progress, weir_reading_t *reading)
{
    progress->visible = isatty(STDERR_FILENO) == 1;
    progress->begun_ns = now_read();
    progress->wait = (struct timespec){.tv_nsec = WAIT_NS};
    reading->progress = &progress->reading;
}

const struct timespec *weir_progress_wait(const weir_progress_t *progress)
{
    return progress->visible ? &progress->wait : NULL;
}

static void line_write(weir_buf_t *line)
{
    const char *text = weir_buf_text(line);
    (void)!write(STDERR_FILENO, text, strlen(text)); /* decoration only */
    weir_buf_done(line);
}

void weir_progress_draw(weir_progress_t *progress)
{
    weir_buf_t line;
    if (!progress->visible)
        return;
    weir_buf_init(&line, 4096);
    weir_buf_puts(&line, "\rreading: ");
    weir_reading_put(&line, &progress->reading, now_read() - progress->begun_ns);
    weir_buf_fill(&line, ' ', line.len < LINE ? LINE - line.len : 0);
    line_write(&line);
    progress->drawn = true;
}

void weir_progress_clear(weir_progress_t *progress)
{
    weir_buf_t line;
    if (!progress->drawn)
        return;
    weir_buf_init(&line, 4096);
    weir_buf_putc(&line, '\r');
    weir_buf_fill(&line, ' ', LINE);
    weir_buf_putc(&line, '\r');
    line_write(&line);
    progress->drawn = false;
}
