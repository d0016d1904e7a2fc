/*
 * The frame around the packet list: where packets come from and what was lost of them, the filter,
 * keys, help.
 */
#include "base/text.h"
#include "model/units.h"
#include "tui/hints.h"
#include "tui/message.h"
#include "tui/sniff_private.h"
#include "tui/typed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const weir_key_help_t HELP[] = {
    {"arrows, j k", "move in the pane; PgUp PgDn, Home End (g G)"},
    {"Tab", "next pane: list, layers, bytes"},
    {"Enter, right", "into the layers; there it opens and closes them (left closes)"},
    {"+ -", "open or close all layers"},
    {"/", "filter: protocol=DNS and host=192.0.2.7 (Tab completes)"},
    {"o", "only the selected packet's conversation; again: everything"},
    {"Esc", "back to the list, then clear the filter"},
    {"s  n N", "search text in rows and bytes; next, previous"},
    {":", "go to a packet's number, a time (12:04:31), seconds (+1.5)"},
    {"f", "follow the newest packet, or stay"},
    {"space", "pause: new packets are kept, but not shown"},
    {"t", "time of day, since the first packet, since the one before"},
    {"a  c", "names or addresses; which columns are shown"},
    {"m  . ,", "mark the packet; next and previous marked one"},
    {"e", "save packets into a pcapng file: shown, marked, this one"},
    {"y", "copy the row"},
    {"q, Ctrl-C", "quit"},
};

static const char *const REMARKS[] = {
    "",
    "The gutter tells what is selected, marked, received and sent, where that is known.",
    "Bytes of packets are shown as printable text only.",
};

/* ---- Head ------------------------------------------------------------------------------------ */

static void origin_put(weir_sniff_t *sniff, weir_buf_t *buf)
{
    const weir_packets_state_t *state = &sniff->state;
    const char *dot = weir_paint_word(&sniff->paint, " · ", " | ");
    bool file = sniff->options->origin == WEIR_ORIGIN_FILE;
    (void)weir_text_put_safe(buf, sniff->options->machine, sniff->paint.utf8);
    weir_buf_puts(buf, dot);
    if (state->down)
        weir_buf_puts(buf, "down");
    else if (sniff->paused_last)
        weir_buf_puts(buf, "paused");
    else if (state->ended)
        weir_buf_puts(buf, state->error == -ENODEV ? "gone" : file ? "capture" : "ended");
    else if (file && state->progress >= 0)
        weir_buf_printf(buf, "reading %d %%", (int)(100 * state->progress));
    else
        weir_buf_puts(buf, file ? "reading" : sniff->follow ? "live, following" : "live");
}

static void title_draw(weir_sniff_t *sniff)
{
    weir_paint_t *paint = &sniff->paint;
    int x = weir_paint_put(paint, 0, 1, WEIR_STYLE_STRONG, "Weir  ");
    x = weir_paint_put(paint, 0, x, WEIR_STYLE_CHOSEN, " Packets ") + 2;
    weir_buf_clear(&sniff->text);
    origin_put(sniff, &sniff->text);
    const char *text = weir_buf_text(&sniff->text);
    int width = (int)weir_text_width(text);
    int at = paint->columns - 1 - width;
    bool strong = sniff->paused_last || sniff->state.down || sniff->state.ended;
    (void)weir_paint_cut(paint, 0, at > x ? at : x, paint->columns,
                         strong ? WEIR_STYLE_STRONG : WEIR_STYLE_PLAIN, text);
}

/* What a ceiling left out: of a file its end, else the oldest. */
static void omitted_put(weir_sniff_t *sniff, weir_buf_t *buf)
{
    const weir_packets_state_t *state = &sniff->state;
    static const weir_units_t units = {.amounts = WEIR_BYTES, .base = WEIR_IEC};
    weir_count_put(buf, state->omitted);
    if (!state->ring_bytes) {
        weir_buf_puts(buf, " more are not listed: ");
        weir_count_put(buf, state->count);
        weir_buf_puts(buf, " is the most");
        return;
    }
    weir_buf_puts(buf, " older ones have left the memory of ");
    weir_quantity_put(buf, &units, WEIR_UNIT_BYTES, (double)state->ring_bytes);
}

/* "1,234 recorded in a.pcapng", or why no more are. */
static int recorded_draw(weir_sniff_t *sniff, int y, int x)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_packets_state_t *state = &sniff->state;
    weir_buf_t *buf = &sniff->text;
    if (!state->record_path[0])
        return x;
    x = weir_paint_put(paint, y, x, WEIR_STYLE_PLAIN, weir_paint_word(paint, " · ", " | "));
    weir_buf_clear(buf);
    if (state->record_error)
        weir_buf_printf(buf, "recording ended: %s; ", strerror(-state->record_error));
    weir_count_put(buf, state->recorded);
    weir_buf_puts(buf, state->record_error ? " are in " : " recorded in ");
    (void)weir_text_put_safe(buf, state->record_path, paint->utf8);
    return weir_paint_put(paint, y, x, state->record_error ? WEIR_STYLE_TROUBLE : WEIR_STYLE_PLAIN,
                          weir_buf_text(buf));
}

static void count_draw(weir_sniff_t *sniff, int y)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_packets_state_t *state = &sniff->state;
    const char *dot = weir_paint_word(paint, " · ", " | ");
    weir_buf_t *buf = &sniff->text;
    weir_buf_clear(buf);
    weir_count_put(buf, state->count);
    weir_buf_puts(buf, state->count == 1 ? " packet" : " packets");
    if (sniff->mark_count) {
        weir_buf_puts(buf, dot);
        weir_count_put(buf, sniff->mark_count);
        weir_buf_puts(buf, " marked");
    }
    if (sniff->paused_last && state->first + state->count - 1 > sniff->paused_last) {
        weir_buf_puts(buf, dot);
        weir_count_put(buf, state->first + state->count - 1 - sniff->paused_last);
        weir_buf_puts(buf, " came since the pause");
    }
    if (sniff->options->origin == WEIR_ORIGIN_LIVE && !state->dropped) {
        weir_buf_puts(buf, dot);
        weir_buf_puts(buf, "none lost");
    }
    int x = weir_paint_put(paint, y, 1, WEIR_STYLE_PLAIN, weir_buf_text(buf));
    if (state->dropped) {
        weir_buf_clear(buf);
        weir_count_put(buf, state->dropped);
        weir_buf_printf(buf, " of %llu lost for want of room", (unsigned long long)state->seen);
        x = weir_paint_put(paint, y, x, WEIR_STYLE_PLAIN, dot);
        x = weir_paint_put(paint, y, x, WEIR_STYLE_TROUBLE, weir_buf_text(buf));
    }
    x = recorded_draw(sniff, y, x);
    if (!state->omitted)
        return;
    weir_buf_clear(buf);
    weir_buf_puts(buf, dot);
    omitted_put(sniff, buf);
    (void)weir_paint_cut(paint, y, x, paint->columns - x, WEIR_STYLE_DIM, weir_buf_text(buf));
}

/* "Filter protocol=DNS  12 of 500 packets · Esc clears it"; of a long filter the middle is left
 * out. */
static void filter_draw(weir_sniff_t *sniff, int y)
{
    weir_paint_t *paint = &sniff->paint;
    weir_buf_t *buf = &sniff->text;
    bool busy = weir_packet_sift_busy(&sniff->sift);
    int x = weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG, "Filter ");
    weir_buf_clear(buf);
    weir_buf_puts(buf, "  ");
    weir_count_put(buf, weir_packet_sift_count(&sniff->sift));
    weir_buf_puts(buf, " of ");
    weir_count_put(buf, sniff->sift.next - sniff->sift.first);
    weir_buf_puts(buf, busy ? weir_paint_word(paint, " packets so far …", " packets so far ...")
                            : " packets");
    weir_buf_puts(buf, weir_paint_word(paint, " · Esc clears it", " | Esc clears it"));
    int told = (int)weir_text_width(weir_buf_text(buf));
    weir_buf_t filter;
    weir_buf_init(&filter, (size_t)1 << 12);
    (void)weir_text_put_safe(&filter, sniff->filter_text, paint->utf8);
    int width = (int)weir_text_width(weir_buf_text(&filter));
    int room = paint->columns - x - told - 1;
    if (room > 8)
        x = weir_paint_field(paint, y, x, width < room ? width : room, WEIR_STYLE_PLAIN,
                             weir_buf_text(&filter));
    weir_buf_done(&filter);
    (void)weir_paint_cut(paint, y, x, paint->columns - x, WEIR_STYLE_DIM, weir_buf_text(buf));
}

/* ---- Foot ------------------------------------------------------------------------------------ */

#define WHILE_LIVE 1U /* a hint that makes sense only while packets come */

static void hints_draw(weir_sniff_t *sniff)
{
    static const weir_hint_t hints[] = {
        {"↑↓", "arrows", "select", 0},
        {"Tab", "Tab", "pane", 0},
        {"/", "/", "filter", 0},
        {"s", "s", "search", 0},
        {":", ":", "go to", 0},
        {"f", "f", "follow", WHILE_LIVE},
        {"space", "space", "pause", WHILE_LIVE},
        {"m", "m", "mark", 0},
        {"e", "e", "save", 0},
        {"o", "o", "conversation", 0},
        {"t", "t", "time", 0},
        {"?", "?", "help", 0},
        {"q", "q", "quit", 0},
    };
    unsigned now = sniff->state.ended ? 0 : WHILE_LIVE;
    weir_hints_draw(&sniff->paint, hints, WEIR_COUNT(hints), now);
}

static void typed_draw(weir_sniff_t *sniff)
{
    static const char *const hints[] = {
        [WEIR_SNIFF_FILTER] = "Tab completes   Enter keeps   Esc drops   e.g. protocol=DNS, "
                              "host=192.0.2.7 and port=443",
        [WEIR_SNIFF_JUMP] = "a packet's number, a time 12:04:31, or seconds from the first: +1.5",
        [WEIR_SNIFF_SEARCH] = "Enter looks in rows and bytes from here on; n and N go on",
    };
    static const char *const prompts[] = {
        [WEIR_SNIFF_FILTER] = "/ ", [WEIR_SNIFF_JUMP] = ": ", [WEIR_SNIFF_SEARCH] = "search "};
    weir_typed_t typed = {.edit = &sniff->edit,
                          .prompt = prompts[sniff->mode],
                          .hint = hints[sniff->mode],
                          .error = sniff->wrong ? &sniff->error : NULL};
    weir_typed_draw(&sniff->paint, &typed, &sniff->text);
}

static void searching_draw(weir_sniff_t *sniff, int y)
{
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "looking for \"");
    (void)weir_text_put_safe(&sniff->text, sniff->search.text, sniff->paint.utf8);
    weir_buf_puts(&sniff->text, "\" at packet ");
    weir_count_put(&sniff->text, sniff->search.place);
    weir_buf_puts(&sniff->text, "   Esc ends it");
    (void)weir_paint_cut(&sniff->paint, y, 1, sniff->paint.columns, WEIR_STYLE_STRONG,
                         weir_buf_text(&sniff->text));
}

static void saving_draw(weir_sniff_t *sniff, int y)
{
    size_t of = 0, looked = weir_packets_save_progress(sniff->saving.save, &of);
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "saving ");
    weir_count_put(&sniff->text, looked);
    weir_buf_puts(&sniff->text, " of ");
    weir_count_put(&sniff->text, of);
    weir_buf_puts(&sniff->text, sniff->saving.asked ? " packets   q again leaves it unfinished   "
                                                    : " packets   Esc ends it   ");
    (void)weir_text_put_safe(&sniff->text, sniff->saving.file.path, sniff->paint.utf8);
    (void)weir_paint_cut(&sniff->paint, y, 1, sniff->paint.columns, WEIR_STYLE_STRONG,
                         weir_buf_text(&sniff->text));
}

static void save_draw(weir_sniff_t *sniff, int y)
{
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "Save as pcapng   s shown (");
    weir_count_put(&sniff->text, weir_packet_sift_count(&sniff->sift));
    weir_buf_puts(&sniff->text, ")   m marked (");
    weir_count_put(&sniff->text, sniff->mark_count);
    weir_buf_puts(&sniff->text, ")   p this packet   Esc nothing");
    (void)weir_paint_cut(&sniff->paint, y, 1, sniff->paint.columns, WEIR_STYLE_STRONG,
                         weir_buf_text(&sniff->text));
}

void weir_sniff_say(weir_sniff_t *sniff, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sniff->message_until_ns = weir_message_put(&sniff->message, sniff->paint.utf8, format, args);
    va_end(args);
}

static void foot_draw(weir_sniff_t *sniff)
{
    weir_paint_t *paint = &sniff->paint;
    int y = paint->lines - 1;
    if (sniff->mode >= WEIR_SNIFF_FILTER && sniff->mode <= WEIR_SNIFF_SEARCH) {
        typed_draw(sniff);
        return;
    }
    weir_paint_blank(paint, y, 0, paint->columns);
    if (sniff->mode == WEIR_SNIFF_SAVE)
        save_draw(sniff, y);
    else if (sniff->search.running)
        searching_draw(sniff, y);
    else if (sniff->saving.save)
        saving_draw(sniff, y);
    else if (sniff->message_until_ns)
        (void)weir_paint_cut(paint, y, 1, paint->columns - 1, WEIR_STYLE_STRONG,
                             weir_buf_text(&sniff->message));
    else
        hints_draw(sniff);
}

/* ---- All ------------------------------------------------------------------------------------- */

static void help_draw(weir_sniff_t *sniff, int y, int lines)
{
    weir_paint_t *paint = &sniff->paint;
    size_t all = WEIR_COUNT(HELP) + WEIR_COUNT(REMARKS);
    size_t room = lines > 1 ? (size_t)lines - 1 : 1, last = all > room ? all - room : 0;
    sniff->help_top = sniff->help_top > last ? last : sniff->help_top;
    int x = weir_paint_put(paint, y, 2, WEIR_STYLE_STRONG, "Keys");
    (void)weir_paint_put(paint, y, x, WEIR_STYLE_DIM,
                         last ? "   arrows scroll, any other key closes this"
                              : "   any key closes this");
    for (size_t i = 0; i < room && sniff->help_top + i < all; i++) {
        size_t line = sniff->help_top + i;
        int at = y + 1 + (int)i;
        if (line >= WEIR_COUNT(HELP)) {
            (void)weir_paint_cut(paint, at, 2, paint->columns, WEIR_STYLE_DIM,
                                 REMARKS[line - WEIR_COUNT(HELP)]);
            continue;
        }
        x = weir_paint_field(paint, at, 2, 13, WEIR_STYLE_STRONG, HELP[line].keys);
        (void)weir_paint_cut(paint, at, x + 1, paint->columns, WEIR_STYLE_PLAIN, HELP[line].text);
    }
}

void weir_sniff_draw(weir_sniff_t *sniff)
{
    weir_paint_t *paint = &sniff->paint;
    weir_paint_begin(paint);
    title_draw(sniff);
    int y = 1;
    if (sniff->mode == WEIR_SNIFF_HELP || sniff->mode == WEIR_SNIFF_CHOOSE) {
        (sniff->mode == WEIR_SNIFF_HELP ? help_draw : weir_sniff_columns_draw)(sniff, y,
                                                                               paint->lines - 1);
        weir_paint_end(paint);
        return;
    }
    if (paint->lines >= 8)
        count_draw(sniff, y++);
    if (sniff->filter_text[0])
        filter_draw(sniff, y++);
    weir_sniff_boxes(y, paint->lines - 1 - y, paint->columns, sniff->pane, sniff->boxes);
    weir_sniff_draw_rows(sniff);
    weir_sniff_draw_layers(sniff);
    weir_sniff_draw_bytes(sniff);
    foot_draw(sniff);
    weir_paint_end(paint);
}
