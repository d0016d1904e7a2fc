#include "tui/list.h"

#include <errno.h>
#include <string.h>

void weir_list_init(weir_list_t *list, weir_table_id_t table)
{
    *list = (weir_list_t){.table = table, .folded = true};
}

void weir_list_done(weir_list_t *list)
{
    free(list->memory);
    free(list->rows);
    free(list->ids);
    *list = (weir_list_t){0};
}

/* ---- What is remembered ---------------------------------------------------------------------- */

/* Where the old memory of `id` is: usually at the same place, else by the index, which is made when
 * it is first needed. */
static uint32_t memory_find(const weir_list_t *list, weir_index_t *index, uint64_t id, size_t guess)
{
    size_t count = list->memory ? list->record_count : 0;
    if (guess < count && list->memory[guess].id == id)
        return (uint32_t)guess;
    for (size_t i = 0; index->count == 0 && i < count; i++)
        if (weir_index_set(index, list->memory[i].id, (uint32_t)i) < 0)
            return WEIR_INDEX_NONE; /* short of memory: it is forgotten */
    return weir_index_get(index, id);
}

static void trouble_learn(weir_memory_t *memory, const weir_view_counters_t *now, uint64_t now_ns)
{
    uint64_t errors = now->errors > memory->last.errors ? now->errors - memory->last.errors : 0;
    uint64_t dropped =
        now->dropped > memory->last.dropped ? now->dropped - memory->last.dropped : 0;
    if (!errors && !dropped)
        return;
    if (now_ns - memory->trouble_ns > WEIR_VIEW_QUIET_NS)
        memory->errors_grown = memory->dropped_grown = 0;
    memory->errors_grown += errors;
    memory->dropped_grown += dropped;
    memory->trouble_ns = now_ns;
}

/* What came after the start began at 0 for us. */
static void record_learn(const weir_list_t *list, weir_memory_t *memory, const void *record,
                         const weir_snapshot_t *snapshot, bool known)
{
    const weir_view_t *view = weir_view(list->table);
    weir_view_counters_t counters = weir_view_counters(list->table, record);
    if (!known) {
        memory->last = counters;
        if (list->snapshots == 0)
            memory->start = memory->mark = counters;
    }
    trouble_learn(memory, &counters, snapshot->time.boot_ns);
    bool moved =
        counters.rx_bytes != memory->last.rx_bytes || counters.tx_bytes != memory->last.tx_bytes;
    memory->last = counters;
    if (moved || (list->snapshots == 0 && view->was_active && view->was_active(record)))
        memory->active_ns = snapshot->time.boot_ns;
}

int weir_list_learn(weir_list_t *list, const weir_snapshot_t *snapshot)
{
    size_t n = snapshot->rows[list->table].count;
    list->fixed = snapshot->origin == WEIR_ORIGIN_FILE;
    weir_memory_t *memory = list->fixed ? NULL : calloc(n + 1, sizeof(*memory));
    if (!memory && !list->fixed)
        return -ENOMEM;
    weir_index_t index = {0};
    weir_record_t scratch = {.wanted = UINT64_MAX};
    for (size_t i = 0; memory && i < n; i++) {
        const void *record = weir_snapshot_read(snapshot, list->table, i, &scratch);
        uint64_t id = weir_view_id(list->table, record);
        uint32_t old = memory_find(list, &index, id, i);
        if (old != WEIR_INDEX_NONE)
            memory[i] = list->memory[old];
        memory[i].id = id;
        record_learn(list, &memory[i], record, snapshot, old != WEIR_INDEX_NONE);
    }
    weir_index_done(&index);
    free(list->memory);
    list->memory = memory;
    list->record_count = n;
    list->snapshots++;
    list->learned = snapshot->sequence;
    return 0;
}

void weir_list_mark(weir_list_t *list)
{
    for (size_t i = 0; list->memory && i < list->record_count; i++)
        list->memory[i].mark = list->memory[i].last;
}

/* ---- Order ----------------------------------------------------------------------------------- */

static int rows_reserve(weir_list_t *list, size_t n)
{
    if (n <= list->size)
        return 0;
    uint32_t *rows = realloc(list->rows, n * sizeof(*rows));
    if (rows)
        list->rows = rows;
    uint64_t *ids = realloc(list->ids, n * sizeof(*ids));
    if (ids)
        list->ids = ids;
    if (!rows || !ids)
        return -ENOMEM;
    list->size = n;
    return 0;
}

static uint64_t id_at(const weir_list_t *list, size_t place)
{
    return list->fixed ? weir_list_id(list, list->rows[place]) : list->ids[place];
}

static void row_set(weir_list_t *list, size_t at, uint32_t row)
{
    list->rows[at] = row;
    list->ids[at] = list->memory[row].id;
}

/* Whether `id` stands before the group now. */
static bool is_before_group(const weir_list_t *list, uint64_t id)
{
    for (size_t i = 0; id && i < list->main; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

static bool row_is_quiet(const weir_list_t *list, const weir_snapshot_t *snapshot, uint32_t row,
                         const uint64_t pinned[2])
{
    const weir_view_t *view = weir_view(list->table);
    const weir_memory_t *memory = &list->memory[row];
    if (!view->is_quiet || memory->id == pinned[0] || memory->id == pinned[1])
        return false;
    bool active =
        memory->active_ns && snapshot->time.boot_ns - memory->active_ns < WEIR_VIEW_QUIET_NS;
    return view->is_quiet(weir_snapshot_record(snapshot, list->table, row), active);
}

/* The quiet rows follow the others, each part in its order. A group of one, or of everything, is
 * none. */
static void rows_part(weir_list_t *list, const weir_snapshot_t *snapshot,
                      const weir_selection_t *selection, bool grouped, bool quiet[])
{
    size_t hidden = 0;
    const uint64_t pinned[2] = {/* what the user looks at is not folded away */
                                is_before_group(list, list->selected) ? list->selected : 0,
                                is_before_group(list, list->open) ? list->open : 0};
    for (size_t i = 0; grouped && i < selection->count; i++) {
        quiet[i] = row_is_quiet(list, snapshot, selection->rows[i], pinned);
        hidden += quiet[i];
    }
    bool parted = hidden > 1 && hidden < selection->count;
    size_t n = 0;
    for (size_t i = 0; i < selection->count; i++)
        if (!parted || !quiet[i])
            row_set(list, n++, selection->rows[i]);
    list->main = n;
    for (size_t i = 0; parted && i < selection->count; i++)
        if (quiet[i])
            row_set(list, n++, selection->rows[i]);
    list->count = n;
}

/* Without memory there is nothing to group by: the rows are used as they are. */
static void rows_adopt(weir_list_t *list, weir_selection_t *selection)
{
    free(list->rows);
    free(list->ids);
    list->rows = selection->rows;
    list->ids = NULL;
    list->size = 0;
    list->count = list->main = selection->count;
    selection->rows = NULL;
}

static int rows_place(weir_list_t *list, const weir_snapshot_t *snapshot,
                      const weir_selection_t *selection, bool grouped)
{
    bool *quiet = calloc(selection->count + 1, sizeof(*quiet));
    int r = quiet ? rows_reserve(list, selection->count + 1) : -ENOMEM;
    if (r >= 0)
        rows_part(list, snapshot, selection, grouped, quiet);
    free(quiet);
    return r;
}

int weir_list_place(weir_list_t *list, const weir_snapshot_t *snapshot, weir_selection_t *selection,
                    bool grouped)
{
    int r = 0;
    if (list->fixed)
        rows_adopt(list, selection);
    else
        r = rows_place(list, snapshot, selection, grouped);
    if (r >= 0)
        list->ordered_ns = snapshot->time.boot_ns;
    weir_selection_done(selection);
    return r;
}

int weir_list_order(weir_list_t *list, const weir_snapshot_t *snapshot, const weir_query_t *query,
                    bool grouped)
{
    weir_selection_t selection;
    int r = weir_select(snapshot, query, &selection);
    return r < 0 ? r : weir_list_place(list, snapshot, &selection, grouped);
}

/* ---- Keeping the order ----------------------------------------------------------------------- */

static bool rows_are_same(const weir_list_t *list, size_t total)
{
    if (list->count != total)
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i] >= total || weir_list_id(list, list->rows[i]) != list->ids[i])
            return false;
    return true;
}

static bool row_matches(const weir_list_t *list, const weir_snapshot_t *snapshot,
                        const weir_filter_t *filter, uint32_t row)
{
    weir_record_t scratch = {.wanted = filter ? weir_filter_columns(filter) : 0};
    return !filter ||
           weir_filter_match(filter, weir_snapshot_read(snapshot, list->table, row, &scratch));
}

/* Rows that are still there move up; `placed` notes them. */
static void rows_keep(weir_list_t *list, const weir_snapshot_t *snapshot,
                      const weir_filter_t *filter, const weir_index_t *by_id, bool placed[])
{
    size_t kept = 0;
    size_t main = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t row = weir_index_get(by_id, list->ids[i]);
        if (row == WEIR_INDEX_NONE || !row_matches(list, snapshot, filter, row))
            continue;
        placed[row] = true;
        main += i < list->main;
        row_set(list, kept++, row);
    }
    list->count = kept;
    list->main = main;
}

static int rows_remap(weir_list_t *list, const weir_snapshot_t *snapshot,
                      const weir_filter_t *filter, weir_index_t *by_id, bool placed[])
{
    for (size_t i = 0; i < list->record_count; i++)
        if (weir_index_set(by_id, list->memory[i].id, (uint32_t)i) < 0)
            return -ENOMEM;
    rows_keep(list, snapshot, filter, by_id, placed);
    bool parted = list->main < list->count;
    for (uint32_t row = 0; row < list->record_count; row++)
        if (!placed[row] && row_matches(list, snapshot, filter, row))
            row_set(list, list->count++, row);
    if (!parted)
        list->main = list->count;
    return 0;
}

int weir_list_hold(weir_list_t *list, const weir_snapshot_t *snapshot, const weir_filter_t *filter)
{
    if (list->fixed || (!filter && rows_are_same(list, list->record_count)))
        return 0;
    weir_index_t by_id = {0};
    bool *placed = calloc(list->record_count + 1, sizeof(*placed));
    int r = placed ? rows_reserve(list, list->record_count + 1) : -ENOMEM;
    if (r >= 0)
        r = rows_remap(list, snapshot, filter, &by_id, placed);
    free(placed);
    weir_index_done(&by_id);
    return r;
}

/* ---- Lines and the selection ----------------------------------------------------------------- */

bool weir_list_has_group(const weir_list_t *list)
{
    return list->main < list->count;
}

size_t weir_list_lines(const weir_list_t *list)
{
    if (!weir_list_has_group(list))
        return list->count;
    return list->folded ? list->main + 1 : list->count + 1;
}

/* The place of a line in `rows`; the group's own line gives SIZE_MAX. */
static size_t line_place(const weir_list_t *list, size_t line)
{
    if (!weir_list_has_group(list) || line < list->main)
        return line;
    return line == list->main ? SIZE_MAX : line - 1;
}

uint32_t weir_list_row(const weir_list_t *list, size_t line)
{
    size_t place = line_place(list, line);
    return place < list->count ? list->rows[place] : WEIR_INDEX_NONE;
}

void weir_list_select(weir_list_t *list, size_t line)
{
    size_t lines = weir_list_lines(list);
    list->cursor = line < lines ? line : lines ? lines - 1 : 0;
    size_t place = line_place(list, list->cursor);
    list->on_group = lines && place == SIZE_MAX;
    list->selected = lines && place < list->count ? id_at(list, place) : 0;
}

static size_t line_of(const weir_list_t *list, uint64_t id)
{
    size_t lines = weir_list_lines(list);
    for (size_t line = 0; line < lines; line++) {
        size_t place = line_place(list, line);
        if (place < list->count && id_at(list, place) == id)
            return line;
    }
    return SIZE_MAX;
}

size_t weir_list_open_line(const weir_list_t *list)
{
    return list->open ? line_of(list, list->open) : SIZE_MAX;
}

void weir_list_follow(weir_list_t *list)
{
    size_t before = list->cursor;
    if (!list->touched) {
        list->cursor = 0;
        return;
    }
    if (list->on_group && weir_list_has_group(list)) {
        list->cursor = list->main;
    } else {
        size_t line = list->selected ? line_of(list, list->selected) : SIZE_MAX;
        if (line == SIZE_MAX)
            weir_list_select(list, before);
        else
            list->cursor = line;
    }
    if (list->cursor > before) /* the selection stays on its line of the screen */
        list->top += list->cursor - before;
    else
        list->top -= before - list->cursor < list->top ? before - list->cursor : list->top;
}
