#include "client/watch.h"

#include "detect/detect.h"

#include <errno.h>
#include <unistd.h>

typedef struct watch {
    weir_producer_t inner; /* owned */
    weir_detect_t *detect; /* owned */
} watch_t;

/* A recording may have its own findings, of the time when it was made. */
static int watch_next(void *context, weir_snapshot_t **ret_snapshot, char *ret_error)
{
    watch_t *watch = context;
    int r = watch->inner.ops->next(watch->inner.context, ret_snapshot, ret_error);
    if (r != 0 || (*ret_snapshot)->rows[WEIR_TABLE_FINDINGS].measured)
        return r;
    weir_snapshot_t *snapshot = *ret_snapshot;
    weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_FINDINGS];
    if (weir_detect_snapshot(watch->detect, snapshot) < 0) {
        rows->count = 0; /* a picture without findings is better than none */
        rows->note = "Findings are missing: out of memory.";
    }
    if (snapshot->report) {
        snapshot->report->findings = rows->records;
        snapshot->report->finding_count = rows->count;
        snapshot->report->finding_note = rows->note;
    }
    return 0;
}

static uint64_t watch_due(void *context, uint64_t now_ns)
{
    const watch_t *watch = context;
    return watch->inner.ops->due(watch->inner.context, now_ns);
}

static void watch_set_interval(void *context, uint64_t interval_ns)
{
    const watch_t *watch = context;
    watch->inner.ops->set_interval(watch->inner.context, interval_ns);
}

static void watch_want(void *context, uint32_t tables)
{
    const watch_t *watch = context;
    if (watch->inner.ops->want)
        watch->inner.ops->want(watch->inner.context, tables);
}

static void watch_interrupt(void *context)
{
    const watch_t *watch = context;
    watch->inner.ops->interrupt(watch->inner.context);
}

static void watch_close(void *context)
{
    watch_t *watch = context;
    watch->inner.ops->close(watch->inner.context);
    weir_detect_free(watch->detect);
    free(watch);
}

int weir_watch_open(const weir_finding_options_t *options, bool live, weir_producer_t *producer)
{
    static const weir_producer_ops_t ops = {.next = watch_next,
                                            .due = watch_due,
                                            .set_interval = watch_set_interval,
                                            .want = watch_want,
                                            .interrupt = watch_interrupt,
                                            .close = watch_close};
    /* What was recorded gives the same numbers each time; live, nobody shall foresee a hash. */
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    if (live)
        (void)getentropy(&seed, sizeof(seed)); /* without it tables work, only foreseeably */
    watch_t *watch = calloc(1, sizeof(*watch));
    int r = watch ? weir_detect_new(options, seed, &watch->detect) : -ENOMEM;
    if (r < 0) {
        producer->ops->close(producer->context);
        free(watch);
        return r;
    }
    watch->inner = *producer;
    *producer = (weir_producer_t){.ops = &ops, .context = watch};
    return 0;
}
