#include "model/select.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define CANCEL_ROWS 4096 /* between looks at the wish to end */

typedef struct sort_key {
    uint64_t order; /* values with a smaller one come first; equal ones are compared in full */
    weir_value_t value;
    uint32_t row;
    uint32_t rank; /* the table's own order */
} sort_key_t;

/* The first `n` <= 8 bytes as a number that sorts like them. */
static uint64_t bytes_order(const void *bytes, size_t n)
{
    uint64_t order = 0;
    for (size_t i = 0; i < n; i++)
        order |= (uint64_t)((const uint8_t *)bytes)[i] << (56 - 8 * i);
    return order;
}

/* What is no number comes first, then negative ones. */
static uint64_t real_order(double real)
{
    uint64_t bits = 0;
    if (isnan(real))
        return 0;
    real += 0.0; /* there is one zero */
    memcpy(&bits, &real, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* One comparison of integers in place of a walk through the types, wherever that decides. */
static uint64_t value_order(const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_VALUE_BOOL:
        return value->boolean;
    case WEIR_VALUE_UINT:
        return value->uint;
    case WEIR_VALUE_INT:
        return (uint64_t)value->sint ^ UINT64_C(1) << 63;
    case WEIR_VALUE_REAL:
        return real_order(value->real);
    case WEIR_VALUE_TEXT:
        return bytes_order(value->text, strnlen(value->text, 8));
    case WEIR_VALUE_ADDRESS:
        return (uint64_t)value->address.family << 56 | bytes_order(value->address.bytes, 7) >> 8;
    case WEIR_VALUE_ADDRESSES:
    case WEIR_VALUE_NUMBERS:
    case WEIR_VALUE_NULL:
        break;
    }
    return 0;
}

static int rank_compare(const sort_key_t *a, const sort_key_t *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int key_compare(const void *left, const void *right, void *context)
{
    const sort_key_t *a = left;
    const sort_key_t *b = right;
    const bool *descending = context;
    bool a_null = a->value.type == WEIR_VALUE_NULL;
    bool b_null = b->value.type == WEIR_VALUE_NULL;
    if (a_null != b_null)
        return a_null ? 1 : -1;
    int r = (a->order > b->order) - (a->order < b->order);
    if (r == 0 && a->value.type >= WEIR_VALUE_TEXT)
        r = weir_value_compare(&a->value, &b->value);
    if (r)
        return *descending ? -r : r;
    return rank_compare(a, b);
}

/* 0 default route, 1 counted, 2 up, 3 the rest: what a person looks for first. */
static uint32_t iface_rank(const weir_iface_t *iface)
{
    if (iface->default_route)
        return 0;
    if (iface->counted)
        return 1;
    return iface->state == WEIR_LINK_UP ? 2 : 3;
}

static uint32_t row_rank(weir_table_id_t table, const void *record)
{
    return table == WEIR_TABLE_INTERFACES ? iface_rank(record) : 0;
}

/* The keys of the rows that match: all, or the `most` that come first, as a heap whose root is the
 * last of them. So a few of millions need no room for millions. */
typedef struct keys {
    sort_key_t *items; /* owned */
    size_t count, room, most;
    uint64_t matched;
    bool descending;
    weir_pool_t *texts; /* owned; texts of records that are made on demand */
} keys_t;

static bool key_before(const keys_t *keys, const sort_key_t *a, const sort_key_t *b)
{
    bool descending = keys->descending;
    return key_compare(a, b, &descending) < 0;
}

static void heap_sink(keys_t *keys, size_t at)
{
    for (size_t child = 2 * at + 1; child < keys->count; child = 2 * at + 1) {
        if (child + 1 < keys->count &&
            key_before(keys, &keys->items[child], &keys->items[child + 1]))
            child++;
        if (!key_before(keys, &keys->items[at], &keys->items[child]))
            return;
        sort_key_t swapped = keys->items[at];
        keys->items[at] = keys->items[child];
        keys->items[child] = swapped;
        at = child;
    }
}

static int keys_grow(keys_t *keys)
{
    if (keys->count < keys->room)
        return 0;
    size_t room = keys->room ? keys->room * 2 : 256;
    sort_key_t *items = realloc(keys->items, room * sizeof(*items));
    if (!items)
        return -ENOMEM;
    keys->items = items;
    keys->room = room;
    return 0;
}

/* A text that lies in the scratch record does not outlive it. */
static int text_keep(keys_t *keys, const weir_record_t *scratch, weir_value_t *value)
{
    if (value->type != WEIR_VALUE_TEXT || value->text != scratch->text)
        return 0;
    if (!keys->texts)
        keys->texts = weir_pool_new(SIZE_MAX);
    value->text = keys->texts ? weir_pool_text(keys->texts, value->text) : NULL;
    return value->text ? 0 : -ENOMEM;
}

static int keys_add(keys_t *keys, sort_key_t *key, const weir_record_t *scratch)
{
    bool full = keys->most && keys->count == keys->most;
    keys->matched++;
    if (full && !key_before(keys, key, &keys->items[0]))
        return 0;
    int r = text_keep(keys, scratch, &key->value);
    if (r == 0 && !full)
        r = keys_grow(keys);
    if (r < 0)
        return r;
    if (full) {
        keys->items[0] = *key;
        heap_sink(keys, 0);
        return 0;
    }
    keys->items[keys->count++] = *key;
    for (size_t i = keys->count / 2; keys->count == keys->most && i-- > 0;)
        heap_sink(keys, i);
    return 0;
}

static void key_read(sort_key_t *key, const weir_table_t *table, size_t column, const void *record)
{
    key->value = weir_column_read(table, column, record);
    key->order = value_order(&key->value);
}

static int keys_fill(const weir_snapshot_t *snapshot, const weir_query_t *query, keys_t *keys)
{
    const weir_table_t *table = weir_table(query->table);
    weir_record_t scratch = {.wanted = query->filter ? weir_filter_columns(query->filter) : 0};
    if (query->sort >= 0)
        scratch.wanted |= UINT64_C(1) << query->sort;
    int r = 0;
    for (size_t i = 0; r == 0 && i < snapshot->rows[query->table].count; i++) {
        if (query->cancel && i % CANCEL_ROWS == 0 && atomic_load(query->cancel))
            return -ECANCELED;
        const void *record = weir_snapshot_read(snapshot, query->table, i, &scratch);
        if (query->filter && !weir_filter_match(query->filter, record))
            continue;
        sort_key_t key = {.row = (uint32_t)i, .rank = row_rank(query->table, record)};
        if (query->sort >= 0)
            key_read(&key, table, (size_t)query->sort, record);
        r = keys_add(keys, &key, &scratch);
    }
    return r;
}

static int keys_list(keys_t *keys, weir_selection_t *ret_selection)
{
    weir_selection_t selection = {.count = keys->count, .matched = keys->matched};
    selection.rows = malloc((keys->count + 1) * sizeof(*selection.rows));
    if (!selection.rows)
        return -ENOMEM;
    if (keys->count)
        qsort_r(keys->items, keys->count, sizeof(*keys->items), key_compare, &keys->descending);
    for (size_t i = 0; i < keys->count; i++)
        selection.rows[i] = keys->items[i].row;
    *ret_selection = selection;
    return 0;
}

int weir_select(const weir_snapshot_t *snapshot, const weir_query_t *query,
                weir_selection_t *ret_selection)
{
    keys_t keys = {.most = query->limit, .descending = query->descending};
    int r = keys_fill(snapshot, query, &keys);
    if (r == 0)
        r = keys_list(&keys, ret_selection);
    free(keys.items);
    weir_pool_unref(keys.texts);
    return r;
}

int weir_sort_parse(const weir_table_t *table, const char *text, int *ret_sort,
                    bool *ret_descending)
{
    bool descending = text[0] == '-';
    int column = weir_column_find(table, text + descending);
    if (column < 0)
        return column;
    *ret_sort = column;
    *ret_descending = descending;
    return 0;
}
