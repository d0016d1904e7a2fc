#include "packet/capture_private.h"

#include "base/number.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define SMALL_INPUT                                                                                \
    (UINT64_C(4) << 20) /* [byte] below which a second thread costs more than it brings */

static unsigned threads_choose(const weir_capture_options_t *options, const weir_input_t *inputs,
                               size_t count)
{
    if (options->threads)
        return options->threads < WEIR_WORKERS_MOST ? options->threads : WEIR_WORKERS_MOST;
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += inputs[i].read ? inputs[i].size : inputs[i].span.len;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (size < SMALL_INPUT || cores < 2)
        return 1;
    return cores < (long)WEIR_WORKERS_MOST ? (unsigned)cores : WEIR_WORKERS_MOST;
}

static uint64_t run_flows(const weir_run_t *run)
{
    uint64_t flows = 0;
    for (unsigned i = 0; i < run->workers; i++)
        flows += run->tables[i].flows;
    return flows;
}

/* Which flows a ceiling lets in depends on their order, which several workers do not see: then one
 * does it again. */
static bool ceiling_reached(const weir_run_t *run, const weir_flow_limits_t *limits)
{
    uint64_t omitted = 0;
    for (unsigned i = 0; i < run->workers; i++)
        omitted += run->tables[i].omitted.total.packets;
    return run->workers > 1 && limits->max_flows &&
           (omitted > 0 || run_flows(run) > limits->max_flows);
}

static uint64_t seed_make(void)
{
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    (void)getentropy(&seed, sizeof(seed)); /* without it the table works, only foreseeably */
    return seed;
}

static int capture_run(weir_capture_t *capture, const weir_input_t *inputs, size_t count)
{
    const weir_capture_options_t *options = &capture->options;
    weir_run_options_t run_options = {
        .workers = threads_choose(options, inputs, count),
        .inner = options->inner,
        .inspect = options->inspect,
        .macs = options->macs,
        .mac_count = options->mac_count,
        .applications = options->applications,
        .traffic = options->traffic,
        .seed = capture->seed,
        .limits = options->limits,
        .cancel = options->cancel,
        .progress = options->progress,
        .progress_context = options->progress_context,
    };
    int r = weir_run(inputs, count, &run_options, &capture->run);
    if (r < 0 || !ceiling_reached(&capture->run, &options->limits))
        return r;
    weir_run_done(&capture->run);
    run_options.workers = 1;
    return weir_run(inputs, count, &run_options, &capture->run);
}

typedef struct row_key {
    int64_t first_ns;
    const weir_flow_record_t *record;
    record_ref_t ref;
} row_key_t;

static int record_compare(const weir_flow_record_t *a, const weir_flow_record_t *b)
{
    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    return memcmp(&a->key, &b->key, sizeof(a->key));
}

static int row_compare(const void *a, const void *b)
{
    const row_key_t *x = a, *y = b;
    if (x->first_ns != y->first_ns)
        return x->first_ns < y->first_ns ? -1 : 1;
    int order = record_compare(x->record, y->record);
    return order ? order : x->ref.unit < y->ref.unit ? -1 : x->ref.unit > y->ref.unit;
}

/** What was seen of the records while they were listed. */
typedef struct listing {
    int64_t last_ns; /* first time of the record before */
    bool any, unordered, ties;
} listing_t;

static void row_put(weir_capture_t *capture, const weir_flow_record_t *record, record_ref_t ref,
                    listing_t *listing)
{
    capture->rows[capture->row_count++] = ref;
    capture->totals.inner_flows += weir_record_depth(record) > 0;
    listing->unordered |= listing->any && record->first_ns < listing->last_ns;
    listing->ties |= listing->any && record->first_ns == listing->last_ns;
    listing->last_ns = record->first_ns;
    listing->any = true;
}

/* All records, in the order of the tables. */
static listing_t rows_list(weir_capture_t *capture)
{
    listing_t listing = {0};
    for (unsigned i = 0; i < capture->run.workers; i++) {
        const weir_flow_table_t *table = &capture->run.tables[i];
        const weir_flow_record_t *record = NULL;
        for (size_t unit = 0; (record = weir_flow_table_next(table, &unit));)
            row_put(capture, record, (record_ref_t){weir_flow_table_unit(unit, record), i},
                    &listing);
    }
    return listing;
}

/* One order for any number of workers: by first time, then by key. `keys` is room for the rows. */
static void rows_sort(weir_capture_t *capture, size_t from, size_t to, row_key_t *keys)
{
    for (size_t i = from; i < to; i++) {
        const weir_flow_record_t *record = weir_capture_record(capture, i);
        keys[i - from] = (row_key_t){record->first_ns, record, capture->rows[i]};
    }
    qsort(keys, to - from, sizeof(*keys), row_compare);
    for (size_t i = from; i < to; i++)
        capture->rows[i] = keys[i - from].ref;
}

/* Rows are in the order of their times: those of one time remain to be sorted. */
static void rows_sort_ties(weir_capture_t *capture, row_key_t *keys)
{
    for (size_t from = 0, to = 0; from < capture->row_count; from = to) {
        int64_t first_ns = weir_capture_record(capture, from)->first_ns;
        for (to = from + 1; to < capture->row_count; to++)
            if (weir_capture_record(capture, to)->first_ns != first_ns)
                break;
        if (to - from > 1)
            rows_sort(capture, from, to, keys);
    }
}

static int rows_make(weir_capture_t *capture)
{
    capture->rows = calloc(run_flows(&capture->run) + 1, sizeof(*capture->rows));
    if (!capture->rows)
        return -ENOMEM;
    listing_t listing = rows_list(capture);
    if (!listing.unordered && !listing.ties)
        return 0;
    row_key_t *keys = malloc((capture->row_count + 1) * sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    if (listing.unordered)
        rows_sort(capture, 0, capture->row_count, keys);
    else
        rows_sort_ties(capture, keys);
    free(keys);
    return 0;
}

static void sources_judge(weir_capture_t *capture)
{
    for (size_t i = 0; i < weir_feed_sources(capture->run.feed); i++) {
        weir_feed_source_t source = weir_feed_source(capture->run.feed, i);
        source.truncated &= !capture->run.cancelled; /* it was us who stopped */
        if (source.truncated)
            weir_decode_counts_skip(&capture->counts, WEIR_SKIP_TRUNCATED, 0, (weir_tally_t){1, 0});
        if (source.error < 0)
            weir_decode_counts_skip(&capture->counts, WEIR_SKIP_DAMAGED, 0, (weir_tally_t){1, 0});
        capture->totals.truncated |= source.truncated;
        capture->totals.damaged |= source.error < 0;
    }
}

static void peaks_find(weir_capture_t *capture)
{
    weir_capture_totals_t *totals = &capture->totals;
    for (size_t i = 0; i < capture->run.bins.count; i++) {
        const weir_bin_t *bin = &capture->run.bins.bins[i];
        if (bin->tally.packets > totals->peak_packets)
            totals->peak_packets = bin->tally.packets;
        if (bin->tally.bytes <= totals->peak_bytes)
            continue;
        totals->peak_bytes = bin->tally.bytes;
        totals->peak_bytes_second = bin->second;
    }
}

static void totals_make(weir_capture_t *capture)
{
    const weir_run_t *run = &capture->run;
    weir_capture_totals_t *totals = &capture->totals;
    totals->files = weir_feed_sources(run->feed);
    totals->packets = run->total.packets;
    totals->bytes = run->total.bytes;
    totals->first_ns = run->first_ns;
    totals->last_ns = run->last_ns;
    totals->timeless = run->timeless;
    totals->duration_ns = (uint64_t)run->last_ns - (uint64_t)run->first_ns;
    totals->cancelled = run->cancelled;
    totals->flows = capture->row_count - totals->inner_flows;
    for (unsigned i = 0; i < run->workers; i++) {
        totals->omitted.packets += run->tables[i].omitted.total.packets;
        totals->omitted.bytes += run->tables[i].omitted.total.bytes;
    }
    for (int i = WEIR_KIN_LINK_LAST + 1; i < WEIR_KIN_COUNT; i++) {
        totals->no_flow.packets += run->counts.kin[i].packets;
        totals->no_flow.bytes += run->counts.kin[i].bytes;
    }
    for (size_t i = 0; i < run->counts.skipped_count; i++) {
        totals->skipped.packets += run->counts.skipped[i].tally.packets;
        totals->skipped.bytes += run->counts.skipped[i].tally.bytes;
    }
    peaks_find(capture);
}

int weir_capture_run(const weir_input_t *inputs, size_t count,
                     const weir_capture_options_t *options, weir_capture_t **ret_capture)
{
    WEIR_CLEANUP(weir_capture_freep) weir_capture_t *capture = calloc(1, sizeof(*capture));
    if (!capture)
        return -ENOMEM;
    capture->options = *options;
    (void)weir_lookup_ref(options->lookup);
    capture->seed = seed_make();
    weir_flow_texts_make(&capture->texts);
    int r = capture_run(capture, inputs, count);
    if (r < 0)
        return r;
    capture->counts = capture->run.counts;
    r = rows_make(capture);
    if (r < 0)
        return r;
    totals_make(capture);
    sources_judge(capture);
    *ret_capture = WEIR_TAKE(capture);
    return 0;
}

void weir_capture_free(weir_capture_t *capture)
{
    if (!capture)
        return;
    weir_run_done(&capture->run);
    free(capture->rows);
    free(capture->hosts);
    free(capture->protocols);
    weir_texts_done(&capture->applications);
    free(capture->pairs);
    weir_neighbours_done(&capture->neighbours);
    weir_lookup_unref(capture->options.lookup);
    free(capture);
}

weir_capture_totals_t weir_capture_totals(const weir_capture_t *capture)
{
    return capture->totals;
}

bool weir_capture_knows_applications(const weir_capture_t *capture)
{
    const weir_inspector_t *inspector = capture->run.inspectors[0];
    return inspector && weir_inspector_knows_applications(inspector);
}

size_t weir_capture_sources(const weir_capture_t *capture)
{
    return weir_feed_sources(capture->run.feed);
}

weir_feed_source_t weir_capture_source(const weir_capture_t *capture, size_t i)
{
    return weir_feed_source(capture->run.feed, i);
}

const weir_bin_t *weir_capture_bins(const weir_capture_t *capture, size_t *ret_count)
{
    *ret_count = capture->run.bins.count;
    return capture->run.bins.bins;
}

weir_event_batch_t weir_capture_events(const weir_capture_t *capture)
{
    const weir_events_t *events = &capture->run.events;
    return (weir_event_batch_t){
        .events = events->events, .count = events->count, .lost = events->lost};
}

const weir_skipped_t *weir_capture_skipped(const weir_capture_t *capture, size_t *ret_count)
{
    *ret_count = capture->counts.skipped_count;
    return capture->counts.skipped;
}

void weir_capture_skipped_put(weir_buf_t *buf, const weir_skipped_t *skipped)
{
    if (skipped->detail == UINT32_MAX) {
        weir_buf_puts(buf, "other reasons");
        return;
    }
    weir_buf_puts(buf, weir_skip_name(skipped->reason));
    if (!weir_skip_has_detail(skipped->reason))
        return;
    const char *name =
        skipped->reason == WEIR_SKIP_LINK ? weir_link_name((uint16_t)skipped->detail) : NULL;
    if (skipped->reason == WEIR_SKIP_LINK)
        weir_buf_printf(buf, " %u%s%s%s", skipped->detail, name ? " (" : "", name ? name : "",
                        name ? ")" : "");
    else
        weir_buf_printf(buf, " 0x%04x", skipped->detail);
}

size_t weir_capture_flow_count(const weir_capture_t *capture)
{
    return capture->row_count;
}
