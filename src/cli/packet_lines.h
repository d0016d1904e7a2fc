/*
 * Packets as lines: which of them, and how they are written.
 */
#ifndef WEIR_CLI_PACKET_LINES_H
#define WEIR_CLI_PACKET_LINES_H

#include "cli/cli.h"
#include "packet/dissect.h"

typedef struct weir_packet_lines {
    weir_format_t format;
    weir_export_t export;
    weir_filter_t *filter; /* owned; NULL: all */
    weir_dissection_t dissection;
    uint64_t number;  /* packets that were seen */
    uint64_t shown;   /* of these, lines */
    int64_t first_ns; /* time of the first */
} weir_packet_lines_t;

/** Columns, filter and format as the invocation has them. Returns a weir_exit_t. */
int weir_packet_lines_init(weir_packet_lines_t *lines, const weir_context_t *context);
void weir_packet_lines_done(weir_packet_lines_t *lines);
/** Append a line for a frame that the filter lets pass. iface: NULL unknown. */
void weir_packet_lines_put(weir_packet_lines_t *lines, weir_buf_t *buf, const weir_frame_t *frame,
                           const char *iface);

#endif
