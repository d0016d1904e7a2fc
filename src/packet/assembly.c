#include "packet/assembly.h"

#include <stdlib.h>
#include <string.h>

void weir_assembly_done(weir_assembly_t *assembly)
{
    free(assembly->data);
    *assembly = (weir_assembly_t){0};
}

static bool room_make(weir_assembly_t *assembly, size_t end)
{
    if (end <= assembly->room)
        return true;
    size_t room = assembly->room ? assembly->room : 2048;
    while (room < end)
        room *= 2;
    uint8_t *data = realloc(assembly->data, room);
    if (!data)
        return false;
    assembly->data = data;
    assembly->room = (uint32_t)room;
    return true;
}

/* Bytes [from, to) that no piece before has filled, but for islands: copy around these. */
static void gaps_fill(weir_assembly_t *assembly, weir_range_t range, const uint8_t *bytes)
{
    uint32_t at = range.from;
    for (uint32_t i = 0; i < assembly->island_count && at < range.to; i++) {
        weir_range_t island = assembly->islands[i];
        if (island.to <= at)
            continue;
        uint32_t end = island.from < range.to ? island.from : range.to;
        if (end > at)
            memcpy(assembly->data + at, bytes + (at - range.from), end - at);
        at = island.to;
    }
    if (at < range.to)
        memcpy(assembly->data + at, bytes + (at - range.from), range.to - at);
}

static void island_remove(weir_assembly_t *assembly, uint32_t i)
{
    assembly->island_count--;
    memmove(&assembly->islands[i], &assembly->islands[i + 1],
            (assembly->island_count - i) * sizeof(assembly->islands[0]));
}

/* Join the range with the islands that it touches; false when it would be one too many. */
static bool island_put(weir_assembly_t *assembly, weir_range_t range)
{
    uint32_t i = 0;
    while (i < assembly->island_count) {
        weir_range_t island = assembly->islands[i];
        if (island.to < range.from || island.from > range.to) {
            i++;
            continue;
        }
        range.from = island.from < range.from ? island.from : range.from;
        range.to = island.to > range.to ? island.to : range.to;
        island_remove(assembly, i);
    }
    if (assembly->island_count == WEIR_ASSEMBLY_HOLES)
        return false;
    for (i = assembly->island_count; i > 0 && assembly->islands[i - 1].from > range.from; i--)
        assembly->islands[i] = assembly->islands[i - 1];
    assembly->islands[i] = range;
    assembly->island_count++;
    return true;
}

static void shore_join(weir_assembly_t *assembly)
{
    while (assembly->island_count && assembly->islands[0].from <= assembly->ready) {
        if (assembly->islands[0].to > assembly->ready)
            assembly->ready = assembly->islands[0].to;
        island_remove(assembly, 0);
    }
}

void weir_assembly_add(weir_assembly_t *assembly, uint64_t offset, weir_span_t piece)
{
    if (offset >= WEIR_ASSEMBLY_MOST || piece.len == 0)
        return;
    size_t left = WEIR_ASSEMBLY_MOST - (size_t)offset;
    size_t len = piece.len < left ? piece.len : left;
    weir_range_t range = {(uint32_t)offset, (uint32_t)(offset + len)};
    const uint8_t *bytes = piece.data;
    if (range.from < assembly->ready) {
        uint32_t known = assembly->ready - range.from;
        if (known >= len)
            return;
        range.from += known;
        bytes += known;
    }
    bool crowded = range.from > assembly->ready && assembly->island_count == WEIR_ASSEMBLY_HOLES;
    if (crowded || !room_make(assembly, range.to))
        return;
    gaps_fill(assembly, range, bytes);
    if (range.from <= assembly->ready)
        assembly->ready = range.to;
    else
        (void)island_put(assembly, range); /* there is room, see above */
    shore_join(assembly);
}
