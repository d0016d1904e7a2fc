/*
 * The list itself: columns by the width of the screen, a row a packet.
 */
#include "base/text.h"
#include "model/cell.h"
#include "tui/sniff_private.h"

#include <errno.h>
#include <string.h>

#define GUTTER 4 /* selection, mark, direction, space */
#define WIDE 120
#define SUMMARY_LEAST 16

/* ---- Columns --------------------------------------------------------------------------------- */

static int ends_width(int columns)
{
    if (columns >= 200)
        return 39; /* any address as a whole */
    if (columns >= 160)
        return 28;
    if (columns >= WIDE)
        return 19;
    return columns >= 72 ? 15 : 12;
}

static int time_width(int columns, weir_sniff_time_t time)
{
    if (time == WEIR_SNIFF_CLOCK)
        return columns >= WIDE ? 15 : 12; /* to the microsecond, to the millisecond */
    return columns >= WIDE ? 13 : 11;
}

/* Of the usual columns but the last one, by the width of the screen. */
static int usual_width(const weir_sniff_room_t *room, enum weir_sniff_column column)
{
    int columns = room->columns;
    const int widths[WEIR_SNIFF_COLUMNS] = {
        [WEIR_SNIFF_NUMBER] = columns >= 90 ? room->digits : 0,
        [WEIR_SNIFF_TIME] = columns >= 36 ? time_width(columns, room->time) : 0,
        [WEIR_SNIFF_SOURCE] = ends_width(columns),
        [WEIR_SNIFF_DESTINATION] = columns >= 50 ? ends_width(columns) : 0,
        [WEIR_SNIFF_PROTOCOL] = columns >= WIDE ? 8
                                : columns >= 60 ? 6
                                                : 0,
        [WEIR_SNIFF_LENGTH] = columns >= 72 ? 5 : 0,
    };
    return widths[column];
}

void weir_sniff_layout(const weir_sniff_room_t *room,
                       weir_sniff_slot_t slots[static WEIR_SNIFF_COLUMNS])
{
    int gap = room->columns >= WIDE ? 2 : 1, used = GUTTER, x = GUTTER;
    bool summary = room->shown >> WEIR_SNIFF_SUMMARY & 1;
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        bool shown = room->shown >> i & 1;
        slots[i].width = shown ? usual_width(room, (enum weir_sniff_column)i) : 0;
        used += slots[i].width ? slots[i].width + gap : 0;
    }
    int most = room->columns - (summary ? SUMMARY_LEAST : 0);
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        int width = weir_sniff_column_facts((enum weir_sniff_column)i)->width;
        if (width && room->shown >> i & 1 && used + width + gap <= most) {
            slots[i].width = width;
            used += width + gap;
        }
        slots[i].x = x;
        x += slots[i].width ? slots[i].width + gap : 0;
    }
    slots[WEIR_SNIFF_SUMMARY].width = summary && room->columns > x ? room->columns - x : 0;
}

/* Of the largest number that can come without a change of the layout at each packet. */
static int digits_of(uint64_t number)
{
    int digits = 4;
    for (uint64_t limit = 10000; number >= limit && digits < 12; limit *= 10)
        digits++;
    return digits;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static void clock_put(weir_buf_t *buf, int64_t time_ns, bool wide)
{
    unsigned us = (unsigned)(time_ns % (int64_t)WEIR_NS_PER_S / 1000);
    weir_text_put_clock(buf, time_ns);
    if (wide)
        weir_buf_printf(buf, ".%06u", us);
    else
        weir_buf_printf(buf, ".%03u", us / 1000);
}

/* "12.345678", from one time to another one. */
static void since_put(weir_buf_t *buf, int64_t from_ns, int64_t to_ns)
{
    int64_t us = (to_ns - from_ns) / 1000;
    uint64_t size = us < 0 ? (uint64_t)-us : (uint64_t)us;
    weir_buf_printf(buf, "%s%llu.%06llu", us < 0 ? "-" : "", (unsigned long long)(size / 1000000),
                    (unsigned long long)(size % 1000000));
}

static void time_put(weir_sniff_t *sniff, weir_buf_t *buf, const weir_packet_t *row)
{
    size_t place = weir_packet_sift_place(&sniff->sift, row->number);
    int64_t from_ns = row->time_ns;
    if (!(row->present >> WEIR_PACKET_TIME & 1))
        return;
    if (sniff->time == WEIR_SNIFF_CLOCK) {
        clock_put(buf, row->time_ns, sniff->paint.columns >= WIDE);
        return;
    }
    if (sniff->time == WEIR_SNIFF_SINCE_FIRST)
        from_ns = sniff->state.first_ns;
    else if (place > 0)
        from_ns = weir_packets_time(sniff->packets, weir_packet_sift_at(&sniff->sift, place - 1));
    since_put(buf, from_ns, row->time_ns);
}

/* The name of an address, the address, or where there is none the one of the link layer. */
static void end_put(weir_sniff_t *sniff, weir_buf_t *buf, const weir_packet_t *row, bool source)
{
    char name[WEIR_PACKETS_NAME_SIZE];
    const weir_address_t *address = source ? &row->src : &row->dst;
    bool has_mac = row->present >> (source ? WEIR_PACKET_SRC_MAC : WEIR_PACKET_DST_MAC) & 1;
    if (row->present >> (source ? WEIR_PACKET_SRC : WEIR_PACKET_DST) & 1) {
        if (sniff->names && weir_packets_name(sniff->packets, address, name))
            (void)weir_text_put_safe(buf, name, sniff->paint.utf8);
        else
            weir_address_put(buf, address, false);
    } else if (has_mac) {
        weir_buf_puts(buf, source ? row->src_mac : row->dst_mac);
    }
}

/* As the catalogue says; nothing where the packet does not tell. */
static void known_put(const weir_sniff_t *sniff, weir_buf_t *buf, const weir_packet_t *row,
                      uint8_t position)
{
    if (!(row->present >> position & 1))
        return;
    weir_cell_t cell =
        weir_cell(weir_table(WEIR_TABLE_PACKETS), position, row, &WEIR_UNITS_DEFAULT);
    weir_cell_put_text(buf, &cell, sniff->paint.utf8);
}

void weir_sniff_cell_put(weir_sniff_t *sniff, weir_buf_t *buf, const weir_packet_t *row,
                         enum weir_sniff_column column)
{
    switch (column) {
    case WEIR_SNIFF_NUMBER:
        weir_buf_printf(buf, "%llu", (unsigned long long)row->number);
        break;
    case WEIR_SNIFF_TIME:
        time_put(sniff, buf, row);
        break;
    case WEIR_SNIFF_SOURCE:
    case WEIR_SNIFF_DESTINATION:
        end_put(sniff, buf, row, column == WEIR_SNIFF_SOURCE);
        break;
    case WEIR_SNIFF_PROTOCOL:
        (void)weir_text_put_safe(buf, row->protocol ? row->protocol : "", sniff->paint.utf8);
        break;
    case WEIR_SNIFF_LENGTH:
        weir_buf_printf(buf, "%llu", (unsigned long long)row->length);
        break;
    case WEIR_SNIFF_SUMMARY:
        (void)weir_text_put_safe(buf, row->summary, sniff->paint.utf8);
        break;
    default:
        known_put(sniff, buf, row, weir_sniff_column_facts(column)->position);
        break;
    }
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static bool is_right(enum weir_sniff_column column, weir_sniff_time_t time)
{
    static const uint32_t numbers =
        UINT32_C(1) << WEIR_SNIFF_NUMBER | UINT32_C(1) << WEIR_SNIFF_LENGTH |
        UINT32_C(1) << WEIR_SNIFF_CAPTURED | UINT32_C(1) << WEIR_SNIFF_VLAN |
        UINT32_C(1) << WEIR_SNIFF_SOURCE_PORT | UINT32_C(1) << WEIR_SNIFF_DESTINATION_PORT;
    return (numbers >> column & 1) || (column == WEIR_SNIFF_TIME && time != WEIR_SNIFF_CLOCK);
}

static void titles_draw(weir_sniff_t *sniff, int y, const weir_sniff_slot_t slots[])
{
    weir_paint_t *paint = &sniff->paint;
    (void)weir_paint_field(paint, y, 0, paint->columns, WEIR_STYLE_TITLE, "");
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        const char *title = i == WEIR_SNIFF_PROTOCOL && slots[i].width >= 8
                                ? "Protocol"
                                : weir_sniff_column_facts((enum weir_sniff_column)i)->title;
        if (slots[i].width && is_right((enum weir_sniff_column)i, sniff->time))
            (void)weir_paint_right(paint, y, slots[i].x, slots[i].width, WEIR_STYLE_TITLE, title);
        else if (slots[i].width)
            (void)weir_paint_cut(paint, y, slots[i].x, slots[i].width, WEIR_STYLE_TITLE, title);
    }
}

static void gutter_draw(weir_sniff_t *sniff, int y, const weir_packet_t *row, weir_style_t style)
{
    weir_paint_t *paint = &sniff->paint;
    bool in = row->direction == WEIR_PACKET_IN, out = row->direction == WEIR_PACKET_OUT;
    if (row->number == sniff->selected)
        (void)weir_paint_put(paint, y, 0, WEIR_STYLE_STRONG, weir_paint_word(paint, "▸", ">"));
    if (weir_sniff_is_marked(sniff, row->number))
        (void)weir_paint_put(paint, y, 1, style, weir_paint_word(paint, "●", "*"));
    if (in || out)
        (void)weir_paint_put(paint, y, 2, in ? WEIR_STYLE_DOWN : WEIR_STYLE_UP,
                             in ? weir_paint_word(paint, "↓", "<")
                                : weir_paint_word(paint, "↑", ">"));
}

static void row_draw(weir_sniff_t *sniff, int y, uint64_t number, const weir_sniff_slot_t slots[])
{
    weir_paint_t *paint = &sniff->paint;
    weir_packet_view_t view;
    bool selected = number == sniff->selected;
    weir_style_t style = !selected                        ? WEIR_STYLE_PLAIN
                         : sniff->pane == WEIR_SNIFF_LIST ? WEIR_STYLE_CHOSEN
                                                          : WEIR_STYLE_STRONG;
    int r = weir_packets_read(sniff->packets, number, false, &view);
    if (r < 0) {
        (void)weir_paint_cut(paint, y, GUTTER, paint->columns, WEIR_STYLE_DIM,
                             r == -EIO ? "the file does not hold these bytes any more"
                                       : "has left the memory");
        return;
    }
    if (selected)
        (void)weir_paint_field(paint, y, GUTTER, paint->columns - GUTTER, style, "");
    gutter_draw(sniff, y, &view.row, WEIR_STYLE_STRONG);
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        enum weir_sniff_column column = (enum weir_sniff_column)i;
        if (!slots[i].width)
            continue;
        weir_buf_clear(&sniff->text);
        weir_sniff_cell_put(sniff, &sniff->text, &view.row, column);
        const char *text = weir_buf_text(&sniff->text);
        if (is_right(column, sniff->time))
            (void)weir_paint_right(paint, y, slots[i].x, slots[i].width, style, text);
        else if (column == WEIR_SNIFF_SUMMARY)
            (void)weir_paint_cut(paint, y, slots[i].x, slots[i].width, style, text);
        else
            (void)weir_paint_field(paint, y, slots[i].x, slots[i].width, style, text);
    }
}

/* Rows hold still: the first line moves only as far as the selected packet needs it. */
static size_t top_place(weir_sniff_t *sniff, int lines)
{
    size_t count = weir_packet_sift_count(&sniff->sift);
    size_t top = weir_packet_sift_place(&sniff->sift, sniff->top);
    size_t selected = weir_sniff_place(sniff), room = (size_t)lines;
    if (selected < top)
        top = selected;
    if (selected >= top + room)
        top = selected + 1 - room;
    if (top + room > count)
        top = count > room ? count - room : 0;
    sniff->top = count ? weir_packet_sift_at(&sniff->sift, top) : 0;
    return top;
}

void weir_sniff_draw_rows(weir_sniff_t *sniff)
{
    const weir_sniff_box_t *box = &sniff->boxes[WEIR_SNIFF_LIST];
    weir_sniff_slot_t slots[WEIR_SNIFF_COLUMNS];
    const char *empty = weir_sniff_emptiness(sniff);
    uint64_t last = sniff->state.first + sniff->state.count;
    if (box->lines <= 0)
        return;
    const weir_sniff_room_t room = {.columns = sniff->paint.columns,
                                    .digits = digits_of(last),
                                    .time = sniff->time,
                                    .shown = sniff->columns};
    weir_sniff_layout(&room, slots);
    titles_draw(sniff, box->y - 1, slots);
    if (empty) {
        (void)weir_paint_cut(&sniff->paint, box->y + box->lines / 3, GUTTER, sniff->paint.columns,
                             WEIR_STYLE_DIM, empty);
        return;
    }
    size_t top = top_place(sniff, box->lines), count = weir_packet_sift_count(&sniff->sift);
    for (int i = 0; i < box->lines && top + (size_t)i < count; i++)
        row_draw(sniff, box->y + i, weir_packet_sift_at(&sniff->sift, top + (size_t)i), slots);
}
