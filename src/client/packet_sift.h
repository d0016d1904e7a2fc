/*
 * Which of the packets a view shows: all that are kept, or those that a filter lets through, found
 * in steps so that keys are answered meanwhile. One thread.
 */
#ifndef WEIR_CLIENT_PACKET_SIFT_H
#define WEIR_CLIENT_PACKET_SIFT_H

#include "client/packets.h"
#include "model/filter.h"

typedef struct weir_packet_sift {
    weir_filter_t *filter; /* owned; NULL: all are shown */
    uint64_t first, last;  /* numbers that are looked at; last < first: none */
    uint64_t next;         /* the first one that was not looked at yet */
    uint64_t *numbers;     /* owned: those that matched, ascending */
    size_t begin, end;     /* in use of them */
    size_t room;
} weir_packet_sift_t;

void weir_packet_sift_init(weir_packet_sift_t *sift);
void weir_packet_sift_done(weir_packet_sift_t *sift);
/** Begin anew with this filter (NULL: all); takes it. */
void weir_packet_sift_filter(weir_packet_sift_t *sift, weir_filter_t *filter);
/** Packets first to last are looked at; what was found of those before `first` goes. */
void weir_packet_sift_range(weir_packet_sift_t *sift, uint64_t first, uint64_t last);
/** Whether a filter has packets left to look at. */
bool weir_packet_sift_busy(const weir_packet_sift_t *sift);
/** Look at up to `most` packets. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_packet_sift_step(weir_packet_sift_t *sift, weir_packets_t *packets,
                                         size_t most);

/** How many are shown. */
size_t weir_packet_sift_count(const weir_packet_sift_t *sift);
/** Number of the shown packet at place `i`, which is below the count. */
uint64_t weir_packet_sift_at(const weir_packet_sift_t *sift, size_t i);
/** Place of the first shown packet whose number is not below `number`; the count: none. */
size_t weir_packet_sift_place(const weir_packet_sift_t *sift, uint64_t number);

#endif
