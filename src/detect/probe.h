/*
 * What one flow says of who opened it: whether it is what a scanner sends, and how it failed.
 */
#ifndef WEIR_DETECT_PROBE_H
#define WEIR_DETECT_PROBE_H

#include "model/brief.h"

typedef enum weir_probe {
    WEIR_PROBE_UNANSWERED, /* a SYN and nothing else, from either side */
    WEIR_PROBE_REFUSED,    /* a SYN, and RST came back */
    WEIR_PROBE_HALF_OPEN,  /* SYN, SYN-ACK, and then RST, or nothing */
    WEIR_PROBE_CONNECTED,  /* a whole handshake, and then nothing was said */
    WEIR_PROBE_FIN,
    WEIR_PROBE_NULL,
    WEIR_PROBE_XMAS,
    WEIR_PROBE_UDP,  /* a little, and no answer: means something only where answers are seen */
    WEIR_PROBE_ECHO, /* likewise */
    WEIR_PROBE_COUNT,
    WEIR_PROBE_GOOD,    /* it was answered, and something was said */
    WEIR_PROBE_UNKNOWN, /* its begin, or one direction, is not known */
} weir_probe_t;

weir_probe_t weir_probe_judge(const weir_flow_brief_t *flow);

/** The technique as people call it: "TCP SYN". */
const char *weir_probe_name(weir_probe_t probe);

#endif
