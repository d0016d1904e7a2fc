/*
 * A step is addressed by its number (time / step), so a ring needs no head: the step's slot is its
 * number modulo the ring's size, and a slot remembers which step it holds. Slots that were skipped
 * (a stopped process, a sleeping machine) therefore read as unknown.
 */
#include "engine/rings.h"

#include "base/index.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define LEVELS 2
#define OTHERS_MAX 256U /* with the fine ring: 19 KB each after ten minutes */
#define APPS_MAX 192U   /* likewise: there may be thousands that live for a moment */
#define OBJECTS_MAX (OTHERS_MAX + APPS_MAX)
#define COARSE_MAX 16U   /* with the coarse ring: 276 KB each after a day */
#define CHUNK_STEPS 120U /* rings grow in chunks as time goes by */
#define ASLEEP_NS                                                                                  \
    (2 * WEIR_NS_PER_S) /* a window in which the machine slept for longer is a gap                 \
                         */

static const struct {
    uint64_t step_ns;
    uint32_t steps;
} LEVEL[LEVELS] = {{WEIR_NS_PER_S, 600}, {10 * WEIR_NS_PER_S, 8640}};

typedef struct ring_step {
    uint32_t number; /* of the step, 0 none: time / step, which fits for 136 years of seconds */
    float covered;   /* [s] of the step that was measured */
    float sum[WEIR_SERIES_COLUMNS]; /* rate times seconds */
    float min[WEIR_SERIES_COLUMNS], max[WEIR_SERIES_COLUMNS];
} ring_step_t;

typedef struct ring {
    ring_step_t **chunks; /* of CHUNK_STEPS steps, NULL until used */
} ring_t;

typedef struct ring_object {
    uint64_t id;
    uint64_t first_ns; /* since when the rings are written; before that it was idle */
    uint64_t seen_ns;  /* newest window */
    ring_t rings[LEVELS];
} ring_object_t;

struct weir_rings {
    pthread_mutex_t mutex;
    ring_object_t objects[OBJECTS_MAX]; /* `count` in use */
    uint32_t count, coarse;
    uint32_t apps; /* objects that are one */
    weir_index_t by_id;
    uint64_t begun_ns;                   /* when the first window began */
    uint64_t latest_ns, latest_awake_ns; /* boot and awake time of the newest snapshot */
    uint64_t refused;
};

static uint32_t chunks_of(size_t level)
{
    return (LEVEL[level].steps + CHUNK_STEPS - 1) / CHUNK_STEPS;
}

static void ring_free(ring_t *ring, size_t level)
{
    for (uint32_t i = 0; ring->chunks && i < chunks_of(level); i++)
        free(ring->chunks[i]);
    free(ring->chunks);
    ring->chunks = NULL;
}

int weir_rings_new(weir_rings_t **ret_rings)
{
    weir_rings_t *rings = calloc(1, sizeof(*rings));
    if (!rings)
        return -ENOMEM;
    if (pthread_mutex_init(&rings->mutex, NULL) != 0) {
        free(rings);
        return -ENOMEM;
    }
    *ret_rings = rings;
    return 0;
}

static void object_release(weir_rings_t *rings, ring_object_t *object)
{
    rings->coarse -= object->rings[1].chunks != NULL;
    for (size_t level = 0; level < LEVELS; level++)
        ring_free(&object->rings[level], level);
}

void weir_rings_free(weir_rings_t *rings)
{
    if (!rings)
        return;
    for (uint32_t i = 0; i < rings->count; i++)
        object_release(rings, &rings->objects[i]);
    weir_index_done(&rings->by_id);
    (void)pthread_mutex_destroy(&rings->mutex); /* nobody else holds it any more */
    free(rings);
}

/* The slot of step `number`; NULL when its chunk was never written (or, with `make`, no memory). */
static ring_step_t *step_slot(const ring_t *ring, size_t level, uint64_t number, bool make)
{
    if (!ring->chunks)
        return NULL;
    uint32_t slot = (uint32_t)(number % LEVEL[level].steps);
    ring_step_t **chunk = &ring->chunks[slot / CHUNK_STEPS];
    if (!*chunk && make)
        *chunk = calloc(CHUNK_STEPS, sizeof(**chunk));
    return *chunk ? &(*chunk)[slot % CHUNK_STEPS] : NULL;
}

static void step_add(ring_step_t *step, uint32_t number, const double rates[], double seconds)
{
    bool fresh = step->number != number;
    if (fresh)
        *step = (ring_step_t){.number = number};
    for (size_t c = 0; c < WEIR_SERIES_COLUMNS; c++) {
        float rate = (float)rates[c];
        step->sum[c] += (float)(rates[c] * seconds);
        step->min[c] = fresh || rate < step->min[c] ? rate : step->min[c];
        step->max[c] = fresh || rate > step->max[c] ? rate : step->max[c];
    }
    step->covered += (float)seconds;
}

/* A window from..to covers several steps, the first and the last of them in part. */
static void ring_add(const ring_t *ring, size_t level, uint64_t from_ns, uint64_t to_ns,
                     const double rates[])
{
    const uint64_t step_ns = LEVEL[level].step_ns;
    for (uint64_t at = from_ns; at < to_ns;) {
        uint64_t number = at / step_ns;
        uint64_t end = (number + 1) * step_ns;
        end = end < to_ns ? end : to_ns;
        ring_step_t *step = step_slot(ring, level, number, true);
        if (step)
            step_add(step, (uint32_t)number, rates, (double)(end - at) / (double)WEIR_NS_PER_S);
        at = end;
    }
}

#define APP_BIT (UINT64_C(1) << 63)

/* What an object of a table is known by: rows of different tables may have the same number. */
static uint64_t object_key(weir_table_id_t table, uint64_t object)
{
    return table == WEIR_TABLE_APPS ? object | APP_BIT : object;
}

static bool key_is_app(uint64_t key)
{
    return key & APP_BIT;
}

/* Make room by dropping an app, or another object, that is gone for longer than the fine ring
 * lasts.
 */
static ring_object_t *object_recycle(weir_rings_t *rings, bool app)
{
    const uint64_t keep_ns = LEVEL[0].step_ns * LEVEL[0].steps;
    for (uint32_t i = 0; i < rings->count; i++) {
        ring_object_t *object = &rings->objects[i];
        if (object->seen_ns + keep_ns > rings->latest_ns || app != key_is_app(object->id))
            continue;
        rings->apps -= key_is_app(object->id);
        weir_index_remove(&rings->by_id, object->id);
        object_release(rings, object);
        return object;
    }
    return NULL;
}

static ring_object_t *object_make(weir_rings_t *rings, uint64_t id)
{
    bool app = key_is_app(id);
    bool room = app ? rings->apps < APPS_MAX : rings->count - rings->apps < OTHERS_MAX;
    ring_object_t *object = room ? &rings->objects[rings->count] : object_recycle(rings, app);
    if (!object || weir_index_set(&rings->by_id, id, (uint32_t)(object - rings->objects)) < 0)
        return NULL;
    rings->count += object == &rings->objects[rings->count];
    rings->apps += app;
    *object = (ring_object_t){.id = id};
    bool coarse = rings->coarse < COARSE_MAX && !app;
    for (size_t level = 0; level < (coarse ? LEVELS : 1); level++)
        object->rings[level].chunks = calloc(chunks_of(level), sizeof(ring_step_t *));
    rings->coarse += object->rings[1].chunks != NULL;
    return object;
}

static ring_object_t *object_find(weir_rings_t *rings, uint64_t id)
{
    uint32_t at = weir_index_get(&rings->by_id, id);
    return at == WEIR_INDEX_NONE ? NULL : &rings->objects[at];
}

static void object_push(weir_rings_t *rings, uint64_t id, const weir_snapshot_t *snapshot,
                        const weir_meter_t *rx, const weir_meter_t *tx)
{
    const double rates[WEIR_SERIES_COLUMNS] = {rx->byte_rate, tx->byte_rate};
    uint64_t to_ns = snapshot->time.boot_ns;
    ring_object_t *object = object_find(rings, id);
    bool traffic = rx->byte_rate > 0 || tx->byte_rate > 0 || id == WEIR_SERIES_HEADLINE;
    if (!object && traffic) {
        object = object_make(rings, id);
        if (!object) {
            rings->refused++;
            return;
        }
        object->first_ns = to_ns - snapshot->window_ns;
    }
    if (!object)
        return;
    if (traffic || !key_is_app(id)) /* a silent app is as good as gone */
        object->seen_ns = to_ns;
    if (!weir_rate_is_known(rx->state) || !weir_rate_is_known(tx->state))
        return;
    for (size_t level = 0; level < LEVELS; level++)
        if (object->rings[level].chunks)
            ring_add(&object->rings[level], level, to_ns - snapshot->window_ns, to_ns, rates);
}

/* The rate of a window in which the machine slept says nothing of its single seconds. */
static bool window_is_gap(const weir_rings_t *rings, const weir_instant_t *time)
{
    uint64_t boot_ns = time->boot_ns - rings->latest_ns;
    uint64_t awake_ns = time->awake_ns - rings->latest_awake_ns;
    return rings->latest_ns && boot_ns > awake_ns && boot_ns - awake_ns > ASLEEP_NS;
}

static void snapshot_push(weir_rings_t *rings, const weir_snapshot_t *snapshot)
{
    if (!rings->begun_ns)
        rings->begun_ns = snapshot->time.boot_ns - snapshot->window_ns;
    object_push(rings, WEIR_SERIES_HEADLINE, snapshot, &snapshot->headline.rx,
                &snapshot->headline.tx);
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        object_push(rings, iface->id, snapshot, &iface->rx, &iface->tx);
    }
    const weir_app_t *apps = snapshot->rows[WEIR_TABLE_APPS].records;
    for (size_t i = 0; apps && i < snapshot->rows[WEIR_TABLE_APPS].count; i++)
        object_push(rings, object_key(WEIR_TABLE_APPS, apps[i].id), snapshot, &apps[i].rx,
                    &apps[i].tx);
}

void weir_rings_push(weir_rings_t *rings, const weir_snapshot_t *snapshot)
{
    bool usable = snapshot->window_ns && snapshot->window_ns <= snapshot->time.boot_ns;
    (void)pthread_mutex_lock(&rings->mutex); /* a plain mutex: cannot fail */
    bool gap = window_is_gap(rings, &snapshot->time);
    rings->latest_ns = snapshot->time.boot_ns;
    rings->latest_awake_ns = snapshot->time.awake_ns;
    if (usable && !gap)
        snapshot_push(rings, snapshot);
    (void)pthread_mutex_unlock(&rings->mutex);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

typedef struct fold {
    double sum, covered;
    float min, max;
} fold_t;

static void fold_step(fold_t *fold, const ring_step_t *step, weir_series_column_t column)
{
    bool fresh = fold->covered <= 0;
    fold->min = fresh || step->min[column] < fold->min ? step->min[column] : fold->min;
    fold->max = fresh || step->max[column] > fold->max ? step->max[column] : fold->max;
    fold->sum += (double)step->sum[column];
    fold->covered += (double)step->covered;
}

static void steps_fold(const ring_object_t *object, size_t level, uint64_t from_ns, uint64_t to_ns,
                       weir_series_column_t column, fold_t *fold)
{
    const uint64_t step_ns = LEVEL[level].step_ns;
    for (uint64_t number = from_ns / step_ns; number < to_ns / step_ns; number++) {
        const ring_step_t *step = step_slot(&object->rings[level], level, number, false);
        if (step && step->number == (uint32_t)number && step->covered > 0)
            fold_step(fold, step, column);
    }
}

/* The fine ring as far as it reaches, the coarse one before that. */
static size_t level_for(const weir_rings_t *rings, const ring_object_t *object,
                        const weir_series_query_t *query, uint64_t from_ns)
{
    uint64_t reach_ns = LEVEL[0].step_ns * (LEVEL[0].steps - 1);
    bool fine = from_ns + reach_ns >= rings->latest_ns;
    bool coarse = object && object->rings[1].chunks && query->step_ns % LEVEL[1].step_ns == 0;
    return !fine && coarse ? 1 : 0;
}

/* An object without rings, or before its first traffic, was idle for as long as it was watched. */
static bool point_is_idle(const weir_rings_t *rings, const ring_object_t *object, uint64_t from_ns,
                          uint64_t to_ns)
{
    if (!rings->begun_ns || to_ns <= rings->begun_ns || from_ns >= rings->latest_ns)
        return false;
    return !object || to_ns <= object->first_ns;
}

static void points_fill(weir_rings_t *rings, const weir_series_query_t *query,
                        weir_series_t *series)
{
    const ring_object_t *object = object_find(rings, object_key(query->table, query->object));
    size_t level = level_for(rings, object, query, series->from_ns);
    for (size_t i = 0; i < series->count; i++) {
        uint64_t from_ns = series->from_ns + i * series->step_ns;
        fold_t fold = {0};
        if (object)
            steps_fold(object, level, from_ns, from_ns + series->step_ns, query->column, &fold);
        weir_point_t *point = &series->points[i];
        if (fold.covered > 0)
            *point = (weir_point_t){fold.min, (float)(fold.sum / fold.covered), fold.max, true};
        else
            point->known = point_is_idle(rings, object, from_ns, from_ns + series->step_ns);
    }
}

int weir_rings_query(weir_rings_t *rings, const weir_series_query_t *query,
                     weir_series_t *ret_series)
{
    if (query->step_ns == 0 || query->step_ns % LEVEL[0].step_ns != 0 ||
        query->column >= WEIR_SERIES_COLUMNS || query->count > WEIR_SERIES_POINTS_MAX)
        return -EINVAL;
    weir_series_t series = {.step_ns = query->step_ns, .count = query->count};
    series.points = calloc(query->count + 1, sizeof(*series.points));
    if (!series.points)
        return -ENOMEM;
    (void)pthread_mutex_lock(&rings->mutex);
    uint64_t to_ns = query->to_ns ? query->to_ns : rings->latest_ns;
    uint64_t end = to_ns ? (to_ns - 1) / query->step_ns + 1 : 0; /* the step that contains to_ns */
    uint64_t first = end > query->count ? end - query->count : 0;
    series.from_ns = first * query->step_ns;
    points_fill(rings, query, &series);
    (void)pthread_mutex_unlock(&rings->mutex);
    *ret_series = series;
    return 0;
}

uint64_t weir_rings_refused(weir_rings_t *rings)
{
    (void)pthread_mutex_lock(&rings->mutex);
    uint64_t refused = rings->refused;
    (void)pthread_mutex_unlock(&rings->mutex);
    return refused;
}
