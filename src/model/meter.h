/*
 * What is measured in one direction, and how far the rate can be trusted.
 */
#ifndef WEIR_MODEL_METER_H
#define WEIR_MODEL_METER_H

#include <stdbool.h>
#include <stdint.h>

/** Ordered from trusted to not, so that the worse of two is the larger. */
typedef enum weir_rate_state {
    WEIR_RATE_OK,
    WEIR_RATE_INIT,  /* one sample only: no rate yet */
    WEIR_RATE_STALE, /* this tick brought no sample */
    WEIR_RATE_RESET, /* the counter went back: no rate for this window */
    WEIR_RATE_LOST,  /* the source lost events: the rate is a lower bound */
} weir_rate_state_t;

typedef struct weir_meter {
    uint64_t bytes, packets; /* totals as the kernel counts them, 32-bit wraps undone */
    double byte_rate;        /* [byte/s] mean over the window; 0 unless the state is OK or LOST */
    double packet_rate;      /* [packet/s] likewise */
    uint8_t state;           /* weir_rate_state_t */
} weir_meter_t;

/** Whether a rate in this state is a number to show and to add up. */
static inline bool weir_rate_is_known(uint8_t state)
{
    return state == WEIR_RATE_OK || state == WEIR_RATE_LOST;
}

#endif
