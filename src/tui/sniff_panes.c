/*
 * The selected packet: its layers, and its bytes with those marked that the selected line is about.
 */
#include "base/text.h"
#include "tui/sniff_private.h"

#include <string.h>

#define BOTH_LINES 14 /* with fewer, or with fewer columns, one pane is seen at a time */
#define BOTH_COLUMNS 60
#define BESIDE_COLUMNS 140 /* with so many layers and bytes stand beside each other */
#define BYTES_COLUMNS 74   /* of sixteen bytes in a line */

/* ---- Places ---------------------------------------------------------------------------------- */

static void beside(int y, int lines, int columns, weir_sniff_box_t boxes[])
{
    int list = lines * 11 / 20, width = columns - BYTES_COLUMNS;
    int rest = lines - list;
    boxes[WEIR_SNIFF_LIST] = (weir_sniff_box_t){y + 1, 0, list - 1, columns};
    boxes[WEIR_SNIFF_LAYERS] = (weir_sniff_box_t){y + list + 1, 0, rest - 1, width - 1};
    boxes[WEIR_SNIFF_BYTES] = (weir_sniff_box_t){y + list + 1, width, rest - 1, BYTES_COLUMNS};
}

static void below(int y, int lines, int columns, weir_sniff_box_t boxes[])
{
    int list = lines * 9 / 20, bytes = lines / 5 + 1;
    int layers = lines - list - bytes;
    boxes[WEIR_SNIFF_LIST] = (weir_sniff_box_t){y + 1, 0, list - 1, columns};
    boxes[WEIR_SNIFF_LAYERS] = (weir_sniff_box_t){y + list + 1, 0, layers - 1, columns};
    boxes[WEIR_SNIFF_BYTES] = (weir_sniff_box_t){y + list + layers + 1, 0, bytes - 1, columns};
}

void weir_sniff_boxes(int y, int lines, int columns, weir_sniff_pane_t pane,
                      weir_sniff_box_t boxes[static WEIR_SNIFF_PANES])
{
    memset(boxes, 0, WEIR_SNIFF_PANES * sizeof(*boxes));
    if (lines < BOTH_LINES || columns < BOTH_COLUMNS)
        boxes[pane] = (weir_sniff_box_t){y + 1, 0, lines - 1, columns};
    else if (columns >= BESIDE_COLUMNS)
        beside(y, lines, columns, boxes);
    else
        below(y, lines, columns, boxes);
}

/* "-- Layers of packet 12 ------"; the pane with the keys has its title strong. */
static void title_draw(weir_sniff_t *sniff, weir_sniff_pane_t pane, const char *title)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_sniff_box_t *box = &sniff->boxes[pane];
    const char *line = weir_paint_word(paint, "─", "-");
    int end = box->x + box->columns;
    int x = weir_paint_put(paint, box->y - 1, box->x, WEIR_STYLE_DIM, line);
    x = weir_paint_cut(paint, box->y - 1, x + 1, end - x - 2,
                       sniff->pane == pane ? WEIR_STYLE_STRONG : WEIR_STYLE_DIM, title);
    for (x++; x < end; x++)
        (void)weir_paint_put(paint, box->y - 1, x, WEIR_STYLE_DIM, line);
}

/* ---- Layers ---------------------------------------------------------------------------------- */

static void layer_draw(weir_sniff_t *sniff, int y, size_t place)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_sniff_box_t *box = &sniff->boxes[WEIR_SNIFF_LAYERS];
    const weir_tree_item_t *item = &sniff->tree.items[sniff->tree.shown[place]];
    bool selected = place == sniff->tree.cursor;
    weir_style_t style = selected && sniff->pane == WEIR_SNIFF_LAYERS ? WEIR_STYLE_CHOSEN
                         : selected || item->depth == 0               ? WEIR_STYLE_STRONG
                                                                      : WEIR_STYLE_PLAIN;
    int x = box->x + 1 + 2 * item->depth;
    if (item->parent)
        (void)weir_paint_put(paint, y, x, WEIR_STYLE_DIM,
                             item->open ? weir_paint_word(paint, "▾", "-")
                                        : weir_paint_word(paint, "▹", "+"));
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, item->comment ? "Comment: " : "");
    (void)weir_text_put_safe(&sniff->text, item->text, paint->utf8);
    (void)weir_paint_cut(paint, y, x + 2, box->x + box->columns - x - 2, style,
                         weir_buf_text(&sniff->text));
}

static size_t top_keep(size_t top, size_t cursor, size_t count, int lines)
{
    size_t room = lines > 0 ? (size_t)lines : 1;
    if (cursor < top)
        top = cursor;
    if (cursor >= top + room)
        top = cursor + 1 - room;
    return top + room > count ? (count > room ? count - room : 0) : top;
}

void weir_sniff_draw_layers(weir_sniff_t *sniff)
{
    const weir_sniff_box_t *box = &sniff->boxes[WEIR_SNIFF_LAYERS];
    const weir_tree_t *tree = &sniff->tree;
    weir_packet_view_t view;
    bool there = sniff->selected && !weir_sniff_emptiness(sniff) &&
                 weir_packets_read(sniff->packets, sniff->selected, true, &view) == 0;
    weir_tree_fill(&sniff->tree, there ? &view : NULL);
    if (sniff->tree_of != sniff->selected) {
        const weir_tree_item_t *item = weir_tree_selected(tree);
        sniff->byte = item ? item->at : 0;
        sniff->bytes_top = 0;
        sniff->tree_of = sniff->selected;
    }
    if (box->lines <= 0)
        return;
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "Layers");
    if (there) {
        weir_buf_puts(&sniff->text, " of packet ");
        weir_buf_printf(&sniff->text, "%llu", (unsigned long long)sniff->selected);
        if (view.frame.caplen < view.frame.wire_len)
            weir_buf_printf(&sniff->text, ", %u of its %u bytes kept", view.frame.caplen,
                            view.frame.wire_len);
        if (view.row.present >> WEIR_PACKET_INTERFACE & 1) {
            weir_buf_puts(&sniff->text, weir_paint_word(&sniff->paint, " · ", ", "));
            (void)weir_text_put_safe(&sniff->text, view.row.iface, sniff->paint.utf8);
        }
    }
    title_draw(sniff, WEIR_SNIFF_LAYERS, weir_buf_text(&sniff->text));
    sniff->layers_top = top_keep(sniff->layers_top, tree->cursor, tree->shown_count, box->lines);
    for (int i = 0; i < box->lines && sniff->layers_top + (size_t)i < tree->shown_count; i++)
        layer_draw(sniff, box->y + i, sniff->layers_top + (size_t)i);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

uint32_t weir_sniff_bytes_of_line(const weir_sniff_t *sniff)
{
    return sniff->boxes[WEIR_SNIFF_BYTES].columns >= BYTES_COLUMNS ? 16 : 8;
}

/** What is drawn of a packet's bytes. */
typedef struct bytes {
    const weir_frame_t *frame;
    uint32_t from, to; /* marked; none when equal */
    uint32_t wide;     /* bytes in a line */
} bytes_t;

static weir_style_t byte_style(const weir_sniff_t *sniff, const bytes_t *bytes, uint32_t at)
{
    if (at >= bytes->from && at < bytes->to)
        return WEIR_STYLE_CHOSEN;
    return sniff->pane == WEIR_SNIFF_BYTES && at == sniff->byte ? WEIR_STYLE_STRONG
                                                                : WEIR_STYLE_PLAIN;
}

/* Of bytes that stand together the marked ones are marked with the spaces between them. */
static void bytes_line_draw(weir_sniff_t *sniff, int y, const bytes_t *bytes, uint32_t begin)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_sniff_box_t *box = &sniff->boxes[WEIR_SNIFF_BYTES];
    char text[16];
    weir_buf_clear(&sniff->text);
    weir_buf_printf(&sniff->text, "%04x", begin);
    int x = weir_paint_put(paint, y, box->x + 1, WEIR_STYLE_DIM, weir_buf_text(&sniff->text)) + 2;
    int right = x + 3 * (int)bytes->wide + 1 + (bytes->wide == 16);
    for (uint32_t i = 0; i < bytes->wide && begin + i < bytes->frame->caplen; i++) {
        uint32_t at = begin + i;
        weir_style_t style = byte_style(sniff, bytes, at);
        bool joined = at + 1 < bytes->to && at >= bytes->from && i + 1 < bytes->wide;
        weir_buf_clear(&sniff->text);
        weir_buf_printf(&sniff->text, "%02x%s", bytes->frame->data[at],
                        joined ? (i == 7 ? "  " : " ") : "");
        (void)weir_paint_put(paint, y, x, style, weir_buf_text(&sniff->text));
        x += i == 7 ? 4 : 3;
        weir_buf_clear(&sniff->text);
        weir_dissect_put_printable(&sniff->text, bytes->frame->data + at, 1);
        text[0] = weir_buf_text(&sniff->text)[0];
        text[1] = '\0';
        right = weir_paint_put(paint, y, right, style, text);
    }
}

static void bytes_title_draw(weir_sniff_t *sniff, const bytes_t *bytes)
{
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "Bytes ");
    if (bytes->to > bytes->from)
        weir_buf_printf(&sniff->text, "%u to %u of %u", bytes->from, bytes->to - 1,
                        bytes->frame->caplen);
    else
        weir_buf_printf(&sniff->text, "of %u", bytes->frame->caplen);
    title_draw(sniff, WEIR_SNIFF_BYTES, weir_buf_text(&sniff->text));
}

/* The cursor is seen; elsewhere all that is marked is, or its begin. */
static void bytes_scroll(weir_sniff_t *sniff, const bytes_t *bytes, uint32_t lines)
{
    int room = sniff->boxes[WEIR_SNIFF_BYTES].lines;
    size_t top = sniff->bytes_top;
    if (sniff->pane != WEIR_SNIFF_BYTES && bytes->to > bytes->from)
        top = top_keep(top, (bytes->to - 1) / bytes->wide, lines, room);
    sniff->bytes_top = (uint32_t)top_keep(top, sniff->byte / bytes->wide, lines, room);
}

void weir_sniff_draw_bytes(weir_sniff_t *sniff)
{
    const weir_sniff_box_t *box = &sniff->boxes[WEIR_SNIFF_BYTES];
    const weir_tree_item_t *item = weir_tree_selected(&sniff->tree);
    weir_packet_view_t view;
    if (box->lines <= 0)
        return;
    if (!sniff->selected || weir_sniff_emptiness(sniff) ||
        weir_packets_read(sniff->packets, sniff->selected, false, &view) < 0) {
        title_draw(sniff, WEIR_SNIFF_BYTES, "Bytes");
        return;
    }
    bytes_t bytes = {.frame = &view.frame, .wide = weir_sniff_bytes_of_line(sniff)};
    if (item) {
        bytes.from = item->at;
        bytes.to = item->at + item->length;
    }
    uint32_t lines = (view.frame.caplen + bytes.wide - 1) / bytes.wide;
    sniff->byte = sniff->byte < view.frame.caplen ? sniff->byte : 0;
    bytes_scroll(sniff, &bytes, lines);
    bytes_title_draw(sniff, &bytes);
    for (uint32_t i = 0; i < (uint32_t)box->lines && sniff->bytes_top + i < lines; i++)
        bytes_line_draw(sniff, box->y + (int)i, &bytes, (sniff->bytes_top + i) * bytes.wide);
}
