/*
 * One frame in words: a row of the packet list, and the lines that explain it layer by layer. Not
 * for counting (decode.h does that): for people who look at single packets.
 *
 * Every read is checked against the captured length. Bytes of the packet enter a text as printable
 * ASCII only.
 */
#ifndef WEIR_PACKET_DISSECT_H
#define WEIR_PACKET_DISSECT_H

#include "base/buf.h"
#include "model/packet.h"
#include "packet/frame.h"

#define WEIR_DETAIL_LINES_MOST ((size_t)256)
#define WEIR_DETAIL_NAME_SIZE 256
#define WEIR_MAC_TEXT_SIZE 24

/** A line about bytes [at, at + length) of the frame. */
typedef struct weir_detail_line {
    uint32_t at, length; /* [byte] */
    uint32_t text;       /* where its text begins in `detail`; ends with 0 */
    uint8_t depth;       /* 0: a layer, 1: a field of it, 2: part of that */
} weir_detail_line_t;

/** Room for what one frame gives; texts of the row and of the lines live until its next use. */
typedef struct weir_dissection {
    weir_buf_t summary;
    weir_buf_t detail;
    weir_detail_line_t *lines; /* WEIR_DETAIL_LINES_MOST of them; NULL: no lines are made */
    size_t line_count;
    char macs[2][WEIR_MAC_TEXT_SIZE]; /* source, destination */
    char name[WEIR_DETAIL_NAME_SIZE];
} weir_dissection_t;

/** `lines`: whether lines are wanted. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_dissection_init(weir_dissection_t *dissection, bool lines);
void weir_dissection_done(weir_dissection_t *dissection);

/**
 * Set everything in *ret_packet that the frame itself tells (its number, since_s and interface are
 * the caller's).
 */
void weir_dissect(const weir_frame_t *frame, weir_dissection_t *dissection,
                  weir_packet_t *ret_packet);

/** Append `n` bytes as printable ASCII, everything else as a dot. */
void weir_dissect_put_printable(weir_buf_t *buf, const uint8_t *data, size_t n);

#endif
