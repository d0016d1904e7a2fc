#include "gui/row_key.h"

#include "base/index.h"

#include <string.h>

#define IDENTITY_COLUMNS 8

static const char *const IDENTITY[WEIR_TABLE_COUNT][IDENTITY_COLUMNS] = {
    [WEIR_TABLE_APPS] = {"app", "exe", "user", "unit", "container"},
    [WEIR_TABLE_HOSTS] = {"address"},
    [WEIR_TABLE_FLOWS] = {"protocol", "src", "src_port", "dst", "dst_port", "vlan", "first_seen"},
    [WEIR_TABLE_PROTOCOLS] = {"layer", "name"},
    [WEIR_TABLE_FINDINGS] = {"rule", "object", "since"},
};

static uint64_t bytes_mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return hash;
}

static uint64_t value_mix(uint64_t hash, const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_VALUE_TEXT:
        return bytes_mix(hash, value->text, strlen(value->text) + 1);
    case WEIR_VALUE_ADDRESS:
        return bytes_mix(hash, value->address.bytes, sizeof(value->address.bytes));
    case WEIR_VALUE_UINT:
        return bytes_mix(hash, &value->uint, sizeof(value->uint));
    case WEIR_VALUE_INT:
        return bytes_mix(hash, &value->sint, sizeof(value->sint));
    case WEIR_VALUE_BOOL:
        return bytes_mix(hash, &value->boolean, sizeof(value->boolean));
    case WEIR_VALUE_REAL: /* these identify nothing */
    case WEIR_VALUE_ADDRESSES:
    case WEIR_VALUE_NUMBERS:
    case WEIR_VALUE_NULL:
        break;
    }
    return hash * 31;
}

static uint64_t record_key(weir_table_id_t id, const void *record)
{
    const weir_table_t *table = weir_table(id);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < IDENTITY_COLUMNS && IDENTITY[id][i]; i++) {
        int position = weir_column_find(table, IDENTITY[id][i]);
        if (position < 0)
            continue;
        weir_value_t value = weir_column_read(table, (size_t)position, record);
        hash = value_mix(hash, &value);
    }
    hash = weir_hash_u64(hash);
    return hash ? hash : 1;
}

uint64_t weir_row_key(const weir_snapshot_t *snapshot, weir_table_id_t table, size_t i)
{
    if (snapshot->rows[table].fetch)
        return i + 1;
    if (table == WEIR_TABLE_INTERFACES)
        return weir_snapshot_iface(snapshot, i)->id;
    return record_key(table, weir_snapshot_record(snapshot, table, i));
}

int64_t weir_row_find(const weir_snapshot_t *snapshot, weir_table_id_t table, uint64_t key,
                      size_t likely)
{
    const weir_rows_t *rows = &snapshot->rows[table];
    if (rows->fetch)
        return key && key <= rows->count ? (int64_t)key - 1 : -1;
    if (likely < rows->count && weir_row_key(snapshot, table, likely) == key)
        return (int64_t)likely;
    for (size_t i = 0; i < rows->count; i++)
        if (weir_row_key(snapshot, table, i) == key)
            return (int64_t)i;
    return -1;
}
