#include "cli/packet_lines.h"

#include "base/text.h"
#include "model/cell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Cuts `list` into pieces. */
static int columns_parse(weir_export_t *export, char *list)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    char *rest = NULL;
    for (char *id = strtok_r(list, ", ", &rest); id; id = strtok_r(NULL, ", ", &rest)) {
        int column = weir_column_find(table, id);
        const char *nearest = weir_column_nearest(table, id);
        if (column < 0 && nearest)
            return weir_say(WEIR_EXIT_USAGE,
                            "--columns: packets have no column '%s'; did you mean '%s'?", id,
                            nearest);
        if (column < 0)
            return weir_say(WEIR_EXIT_USAGE,
                            "--columns: packets have no column '%s'; `weir help columns packets` "
                            "lists them",
                            id);
        if (export->column_count == WEIR_COLUMNS_MAX)
            return weir_say(WEIR_EXIT_USAGE, "--columns: more than %d columns", WEIR_COLUMNS_MAX);
        export->columns[export->column_count++] = (uint8_t)column;
    }
    if (!export->column_count)
        return weir_say(WEIR_EXIT_USAGE, "--columns: no column is named; `weir help columns "
                                         "packets` lists them");
    return WEIR_EXIT_OK;
}

static int columns_choose(weir_export_t *export, const weir_invocation_t *invocation)
{
    weir_export_default_columns(export, invocation->format);
    if (!invocation->columns)
        return WEIR_EXIT_OK;
    char *copy = strdup(invocation->columns);
    if (!copy)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the columns");
    export->column_count = 0;
    int status = columns_parse(export, copy);
    free(copy);
    return status;
}

int weir_packet_lines_init(weir_packet_lines_t *lines, const weir_context_t *context)
{
    const weir_invocation_t *invocation = &context->invocation;
    *lines = (weir_packet_lines_t){.format = invocation->format};
    lines->export.table = WEIR_TABLE_PACKETS;
    lines->export.utf8 = context->utf8;
    lines->export.units = invocation->units;
    if (weir_dissection_init(&lines->dissection, false) < 0)
        return weir_say(WEIR_EXIT_FAILED, "out of memory");
    int status = columns_choose(&lines->export, invocation);
    if (status != WEIR_EXIT_OK || !invocation->filter)
        return status;
    weir_filter_error_t error;
    int r = weir_filter_parse(weir_table(WEIR_TABLE_PACKETS), invocation->filter, &lines->filter,
                              &error);
    if (r == -EINVAL)
        return weir_say(WEIR_EXIT_USAGE, "--filter, character %zu: %s", error.at + 1,
                        error.message);
    return r < 0 ? weir_say(WEIR_EXIT_FAILED, "out of memory for the filter") : WEIR_EXIT_OK;
}

void weir_packet_lines_done(weir_packet_lines_t *lines)
{
    weir_filter_free(lines->filter);
    weir_dissection_done(&lines->dissection);
}

/* "12:34:56.123456", UTC: the day is the same for long. */
static void clock_put(weir_buf_t *buf, int64_t time_ns)
{
    uint64_t us = (uint64_t)time_ns / 1000, s = us / 1000000;
    weir_buf_printf(buf, "%02u:%02u:%02u.%06u", (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60),
                    (unsigned)(s % 60), (unsigned)(us % 1000000));
}

static void cell_put(const weir_packet_lines_t *lines, weir_buf_t *buf, size_t column,
                     const weir_packet_t *packet)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    weir_cell_t cell = weir_cell(table, column, packet, &lines->export.units);
    if (cell.unknown)
        weir_buf_putc(buf, '-');
    else if (column == WEIR_PACKET_TIME)
        clock_put(buf, packet->time_ns);
    else if (cell.numeric)
        weir_value_put_text(buf, &cell.value);
    else
        weir_cell_put_text(buf, &cell, lines->export.utf8);
}

/* Columns line up where they can; nothing is cut, for who reads it is a program as often. */
static void table_row_put(const weir_packet_lines_t *lines, weir_buf_t *buf,
                          const weir_packet_t *packet)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    weir_buf_t cell;
    weir_buf_init(&cell, (size_t)1 << 16);
    for (size_t i = 0; i < lines->export.column_count; i++) {
        const weir_column_t *column = &table->columns[lines->export.columns[i]];
        weir_buf_clear(&cell);
        cell_put(lines, &cell, lines->export.columns[i], packet);
        const char *text = weir_buf_text(&cell);
        size_t width = weir_text_width(text);
        bool last = i + 1 == lines->export.column_count;
        size_t pad = width < column->width && !last ? column->width - width : 0;
        if (weir_column_is_numeric(column))
            weir_buf_fill(buf, ' ', column->width > width ? column->width - width : 0);
        weir_buf_puts(buf, text);
        if (!weir_column_is_numeric(column))
            weir_buf_fill(buf, ' ', pad);
        weir_buf_puts(buf, last ? "\n" : "  ");
    }
    weir_buf_done(&cell);
}

void weir_packet_lines_put(weir_packet_lines_t *lines, weir_buf_t *buf, const weir_frame_t *frame,
                           const char *iface)
{
    weir_packet_t packet;
    weir_dissect(frame, &lines->dissection, &packet);
    if (lines->number == 0)
        lines->first_ns = frame->time_ns;
    packet.number = ++lines->number;
    packet.since_s = (double)(frame->time_ns - lines->first_ns) / 1e9;
    packet.iface = iface;
    weir_packet_know(&packet, WEIR_PACKET_NUMBER);
    weir_packet_know(&packet, WEIR_PACKET_SINCE);
    if (iface)
        weir_packet_know(&packet, WEIR_PACKET_INTERFACE);
    if (lines->filter && !weir_filter_match(lines->filter, &packet))
        return;
    lines->shown++;
    if (lines->format == WEIR_FORMAT_JSON) {
        weir_export_json_row(buf, &lines->export, &packet);
        weir_buf_putc(buf, '\n');
    } else if (lines->format == WEIR_FORMAT_CSV) {
        weir_export_csv_row(buf, &lines->export, &packet);
    } else {
        table_row_put(lines, buf, &packet);
    }
}
