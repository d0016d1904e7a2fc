#include "engine/sources/lookup.h"

#include <errno.h>
#include <stdlib.h>

typedef struct part {
    weir_lookup_t *lookup; /* a reference */
    uint32_t wanted;       /* tables */
} part_t;

static bool rows_are_wanted(const part_t *part, const weir_snapshot_t *snapshot,
                            weir_table_id_t table)
{
    return part->wanted >> table & 1 && snapshot->rows[table].records;
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    const part_t *part = context;
    weir_rows_t *hosts = &snapshot->rows[WEIR_TABLE_HOSTS];
    weir_rows_t *flows = &snapshot->rows[WEIR_TABLE_FLOWS];
    weir_host_t *host = hosts->records;
    weir_flow_t *flow = flows->records;
    if (rows_are_wanted(part, snapshot, WEIR_TABLE_HOSTS))
        for (size_t i = 0; i < hosts->count; i++)
            weir_lookup_host(part->lookup, UINT64_MAX, &host[i]);
    if (rows_are_wanted(part, snapshot, WEIR_TABLE_FLOWS))
        for (size_t i = 0; i < flows->count; i++)
            weir_lookup_flow(part->lookup, UINT64_MAX, &flow[i]);
    weir_lookup_hold(part->lookup, snapshot);
    const char *problem = weir_lookup_problem(part->lookup);
    hosts->note = hosts->note ? hosts->note : problem;
    flows->note = flows->note ? flows->note : problem;
}

static void part_want(void *context, uint32_t tables)
{
    part_t *part = context;
    part->wanted = tables;
}

static void part_close(void *context)
{
    part_t *part = context;
    weir_lookup_unref(part->lookup);
    free(part);
}

int weir_lookup_part(weir_lookup_t *lookup, weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .want = part_want, .close = part_close};
    part_t *part = calloc(1, sizeof(*part));
    if (!part)
        return -ENOMEM;
    part->lookup = weir_lookup_ref(lookup);
    *ret_part = (weir_part_t){.ops = &ops, .context = part};
    return 0;
}
