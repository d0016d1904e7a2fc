#include "engine/counted.h"

#include "base/index.h"

static bool is_tunnel(const weir_stack_t *stack)
{
    return stack->kind == WEIR_KIND_TUNNEL || (stack->kind == WEIR_KIND_TAP && !stack->master);
}

/* Of a pair with both ends here the one that was made first counts. */
static bool veth_counts(const weir_stack_t *stack)
{
    return stack->lower_elsewhere || !stack->lower || stack->index < stack->lower;
}

static bool counts_by_itself(const weir_stack_t *stack)
{
    if (!stack->up || stack->mirror || stack->kind == WEIR_KIND_LOOPBACK)
        return false;
    if (stack->kind == WEIR_KIND_VETH)
        return veth_counts(stack);
    return !stack->lower;
}

/* A tunnel's packets leave by another interface: the one that carries its endpoint; when that is
 * not known, whichever other interface is counted. Alone it stands for itself. */
static bool tunnel_is_carried(const weir_stack_t *stack, bool others_count, uint32_t default_route)
{
    if (stack->has_endpoint)
        return stack->carrier && stack->carrier != stack->index;
    return others_count || (default_route && default_route != stack->index);
}

/* A bridge over ports repeats what they carry, whether they are counted themselves or by their
 * lower interface. */
static void masters_drop(weir_stack_t *stacks, size_t n)
{
    weir_index_t masters = {0};
    for (size_t i = 0; i < n; i++)
        if (stacks[i].master && stacks[i].up && weir_index_set(&masters, stacks[i].master, 0) < 0)
            break; /* no memory: too much is counted for one tick */
    for (size_t i = 0; i < n; i++)
        if (weir_index_get(&masters, stacks[i].index) != WEIR_INDEX_NONE)
            stacks[i].counted = false;
    weir_index_done(&masters);
}

void weir_counted_judge(weir_stack_t *stacks, size_t n, uint32_t default_route)
{
    bool others_count = false;
    for (size_t i = 0; i < n; i++)
        stacks[i].counted = counts_by_itself(&stacks[i]);
    masters_drop(stacks, n);
    for (size_t i = 0; i < n; i++)
        others_count |= stacks[i].counted && !is_tunnel(&stacks[i]);
    for (size_t i = 0; i < n; i++)
        if (stacks[i].counted && is_tunnel(&stacks[i]))
            stacks[i].counted = !tunnel_is_carried(&stacks[i], others_count, default_route);
}
