/*
 * The begin of a byte stream, put together from pieces that come in any order: TCP segments, CRYPTO
 * frames. Of bytes that come twice the first ones stay.
 */
#ifndef WEIR_PACKET_ASSEMBLY_H
#define WEIR_PACKET_ASSEMBLY_H

#include "packet/bytes.h"

#define WEIR_ASSEMBLY_MOST ((size_t)16384) /* [byte] what lies beyond is not kept */
#define WEIR_ASSEMBLY_HOLES 8

typedef struct weir_range {
    uint32_t from, to;
} weir_range_t;

/** A zeroed one is empty. One thread. */
typedef struct weir_assembly {
    uint8_t *data;                             /* owned; NULL until it is needed */
    uint32_t room;                             /* [byte] at `data` */
    uint32_t ready;                            /* [byte] from the begin without a hole */
    uint32_t island_count;                     /* pieces behind a hole */
    weir_range_t islands[WEIR_ASSEMBLY_HOLES]; /* by place, apart from each other */
} weir_assembly_t;

void weir_assembly_done(weir_assembly_t *assembly);

/** A piece that stands at `offset` of the stream. What finds no room is passed over. */
void weir_assembly_add(weir_assembly_t *assembly, uint64_t offset, weir_span_t piece);

static inline weir_span_t weir_assembly_span(const weir_assembly_t *assembly)
{
    return (weir_span_t){assembly->data, assembly->ready};
}

#endif
