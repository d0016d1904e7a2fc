#include "cli/progress.h"

#include "base/clock.h"
#include "model/units.h"

#include <math.h>
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

/* "42 %, 3.41 M packets, 5.10 M/s, 2.0 s left" */
static void line_make(const weir_progress_t *progress, weir_buf_t *line)
{
    double packets = (double)atomic_load(&progress->reading.packets);
    double position = (double)atomic_load(&progress->reading.position);
    double size = (double)atomic_load(&progress->reading.size);
    double elapsed_s = (double)(now_read() - progress->begun_ns) / 1e9;
    bool share_known = size > 0 && position <= size;
    if (share_known) {
        weir_quantity_put(line, &WEIR_UNITS_DEFAULT, WEIR_UNIT_SHARE, position / size);
        weir_buf_puts(line, ", ");
    }
    weir_quantity_put(line, &WEIR_UNITS_DEFAULT, WEIR_UNIT_COUNT, packets);
    weir_buf_puts(line, " packets, ");
    if (elapsed_s > 0)
        weir_quantity_put(line, &WEIR_UNITS_DEFAULT, WEIR_UNIT_COUNT_PER_SECOND,
                          packets / elapsed_s);
    if (!share_known || position <= 0)
        return;
    weir_buf_puts(line, ", ");
    weir_duration_put(line, (uint64_t)llround((size - position) / position * elapsed_s * 1e9));
    weir_buf_puts(line, " left");
}

void weir_progress_draw(weir_progress_t *progress)
{
    weir_buf_t line;
    if (!progress->visible)
        return;
    weir_buf_init(&line, 4096);
    weir_buf_puts(&line, "\rreading: ");
    line_make(progress, &line);
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
