#include "gui/order.h"

#include <errno.h>
#include <string.h>

int weir_order_hold(const uint64_t *before, uint32_t before_count, uint64_t *after,
                    uint32_t after_count)
{
    uint64_t *held = malloc(((size_t)after_count + 1) * sizeof(*held));
    weir_index_t present = {0}; /* id to 1 (not placed yet) or 0 */
    int r = held ? 0 : -ENOMEM;
    for (uint32_t i = 0; r == 0 && i < after_count; i++)
        r = weir_index_set(&present, after[i], 1);
    uint32_t n = 0;
    for (uint32_t i = 0; r == 0 && i < before_count; i++) {
        if (weir_index_get(&present, before[i]) != 1)
            continue;
        held[n++] = before[i];
        r = weir_index_set(&present, before[i], 0);
    }
    for (uint32_t i = 0; r == 0 && i < after_count; i++)
        if (weir_index_get(&present, after[i]) == 1)
            held[n++] = after[i];
    if (r == 0)
        memcpy(after, held, after_count * sizeof(*after));
    weir_index_done(&present);
    free(held);
    return r;
}
