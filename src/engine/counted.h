/*
 * Which interfaces the headline counts, so that no byte is counted twice.
 *
 * Counted is what is up, is not loopback and mirrors no other interface, has no lower interface in
 * this namespace, is no master (bridge, bond ...) over ports, is not the second end of a veth pair
 * with both ends here, and is no tunnel that another interface carries.
 */
#ifndef WEIR_ENGINE_COUNTED_H
#define WEIR_ENGINE_COUNTED_H

#include "platform/platform.h"

/** What the judgement needs of one interface; `carrier` and `counted` are set by it. */
typedef struct weir_stack {
    uint32_t index, master, lower;
    uint32_t carrier; /* in: what carries its endpoint, 0 unknown */
    uint8_t kind;     /* weir_iface_kind_t */
    bool up, mirror;
    bool lower_elsewhere;
    bool has_endpoint; /* a tunnel whose far end is known */
    bool counted;      /* out */
} weir_stack_t;

/** Judge `n` interfaces of one namespace; default_route is the index that carries it, 0 none. */
void weir_counted_judge(weir_stack_t *stacks, size_t n, uint32_t default_route);

#endif
