#include "model/columns.h"

#include "base/clock.h"

#include "base/text.h"
#include "model/catalogue.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

const weir_table_t *weir_table(weir_table_id_t id)
{
    return id == WEIR_TABLE_PACKETS ? &WEIR_PACKET_TABLE : &WEIR_TABLES[id];
}

int weir_table_find(const char *name)
{
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        if (strcmp(WEIR_TABLES[i].id, name) == 0)
            return i;
    return -ENOENT;
}

int weir_column_find(const weir_table_t *table, const char *id)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].id, id) == 0)
            return (int)i;
    return -ENOENT;
}

const char *weir_column_nearest(const weir_table_t *table, const char *typed)
{
    const char *ids[64];
    size_t n = 0;
    for (; n < table->column_count && n < WEIR_COUNT(ids); n++)
        ids[n] = table->columns[n].id;
    return weir_text_nearest(typed, ids, n);
}

uint64_t weir_column_bit(const weir_table_t *table, const char *id)
{
    int position = weir_column_find(table, id);
    assert(position >= 0);
    return UINT64_C(1) << position;
}

static bool column_is_known(const weir_table_t *table, size_t position, const void *record)
{
    if (table->present_offset < 0)
        return true;
    uint64_t present = 0;
    memcpy(&present, (const char *)record + table->present_offset, sizeof(present));
    return present >> position & 1;
}

static weir_value_t value_unsigned(uint64_t value)
{
    return (weir_value_t){.type = WEIR_VALUE_UINT, .uint = value};
}

static weir_value_t value_real(double value)
{
    if (!isfinite(value))
        return (weir_value_t){0};
    return (weir_value_t){.type = WEIR_VALUE_REAL, .real = value};
}

static weir_value_t value_word(const weir_column_t *column, uint8_t word)
{
    if (word >= column->words_count)
        return (weir_value_t){0};
    return (weir_value_t){.type = WEIR_VALUE_TEXT, .text = column->words[word]};
}

static weir_value_t value_text(const char *text)
{
    if (!text)
        return (weir_value_t){0};
    return (weir_value_t){.type = WEIR_VALUE_TEXT, .text = text};
}

weir_value_t weir_column_read(const weir_table_t *table, size_t position, const void *record)
{
    const weir_column_t *column = &table->columns[position];
    const void *holder = record;
    if (column->apart)
        holder = *(const void *const *)(const void *)((const char *)record + column->apart);
    if (!holder)
        return (weir_value_t){0};
    const void *field = (const char *)holder + column->offset;
    if (!column_is_known(table, position, record))
        return (weir_value_t){0};
    switch (column->storage) {
    case WEIR_STORE_BOOL:
        return (weir_value_t){.type = WEIR_VALUE_BOOL, .boolean = *(const bool *)field};
    case WEIR_STORE_U8_WORD:
        return value_word(column, *(const uint8_t *)field);
    case WEIR_STORE_U16:
        return value_unsigned(*(const uint16_t *)field);
    case WEIR_STORE_U32:
        return value_unsigned(*(const uint32_t *)field);
    case WEIR_STORE_U64:
        return value_unsigned(*(const uint64_t *)field);
    case WEIR_STORE_I64:
        return (weir_value_t){.type = WEIR_VALUE_INT, .sint = *(const int64_t *)field};
    case WEIR_STORE_REAL:
        return value_real(*(const double *)field);
    case WEIR_STORE_TEXT:
        return value_text(*(const char *const *)field);
    case WEIR_STORE_ADDRESS:
        return (weir_value_t){.type = WEIR_VALUE_ADDRESS,
                              .address = *(const weir_address_t *)field};
    case WEIR_STORE_ADDRESSES:
        return (weir_value_t){.type = WEIR_VALUE_ADDRESSES,
                              .addresses = *(const weir_address_list_t *)field};
    case WEIR_STORE_NUMBERS:
        return (weir_value_t){.type = WEIR_VALUE_NUMBERS,
                              .numbers = *(const weir_number_list_t *)field};
    }
    return (weir_value_t){0};
}

static bool word_store(const weir_column_t *column, uint8_t *field, const weir_value_t *value)
{
    for (uint8_t i = 0; value->type == WEIR_VALUE_TEXT && i < column->words_count; i++) {
        if (strcmp(column->words[i], value->text) == 0) {
            *field = i;
            return true;
        }
    }
    return false;
}

/* A value that is a whole number of at most 64 bits, as its size and sign. */
static bool whole_split(const weir_value_t *value, uint64_t *ret_size, bool *ret_negative)
{
    if (value->type == WEIR_VALUE_UINT) {
        *ret_size = value->uint;
        *ret_negative = false;
        return true;
    }
    if (value->type == WEIR_VALUE_INT) {
        *ret_negative = value->sint < 0;
        *ret_size = *ret_negative ? -(uint64_t)value->sint : (uint64_t)value->sint;
        return true;
    }
    double size = value->type == WEIR_VALUE_REAL ? fabs(value->real) : (double)NAN;
    if (!(size < 0x1p64) || size > floor(size))
        return false;
    *ret_negative = value->real < 0;
    *ret_size = (uint64_t)size;
    return true;
}

static bool unsigned_store(const weir_column_t *column, void *field, const weir_value_t *value)
{
    uint64_t size = 0;
    bool negative = false;
    if (!whole_split(value, &size, &negative) || negative)
        return false;
    if (column->storage == WEIR_STORE_U64)
        *(uint64_t *)field = size;
    else if (column->storage == WEIR_STORE_U32 && size <= UINT32_MAX)
        *(uint32_t *)field = (uint32_t)size;
    else if (column->storage == WEIR_STORE_U16 && size <= UINT16_MAX)
        *(uint16_t *)field = (uint16_t)size;
    else
        return false;
    return true;
}

/* Times are told as texts in JSON. */
static bool signed_store(const weir_column_t *column, int64_t *field, const weir_value_t *value)
{
    if (column->unit == WEIR_UNIT_TIME && value->type == WEIR_VALUE_TEXT)
        return weir_time_parse(value->text, field) == 0;
    uint64_t size = 0;
    bool negative = false;
    if (!whole_split(value, &size, &negative) || size > (uint64_t)INT64_MAX + negative)
        return false;
    *field = (int64_t)(negative ? -size : size);
    return true;
}

static bool real_store(double *field, const weir_value_t *value)
{
    double number = 0;
    if (!weir_value_number(value, &number) || !isfinite(number))
        return false;
    *field = number;
    return true;
}

static bool bool_store(bool *field, const weir_value_t *value)
{
    if (value->type != WEIR_VALUE_BOOL)
        return false;
    *field = value->boolean;
    return true;
}

static bool text_store(const char **field, const weir_value_t *value)
{
    if (value->type != WEIR_VALUE_TEXT)
        return false;
    *field = value->text;
    return true;
}

static bool lists_store(const weir_column_t *column, void *field, const weir_value_t *value)
{
    if (column->storage == WEIR_STORE_ADDRESS && value->type == WEIR_VALUE_ADDRESS)
        *(weir_address_t *)field = value->address;
    else if (column->storage == WEIR_STORE_ADDRESSES && value->type == WEIR_VALUE_ADDRESSES)
        *(weir_address_list_t *)field = value->addresses;
    else if (column->storage == WEIR_STORE_NUMBERS && value->type == WEIR_VALUE_NUMBERS)
        *(weir_number_list_t *)field = value->numbers;
    else
        return false;
    return true;
}

static bool field_store(const weir_column_t *column, void *field, const weir_value_t *value)
{
    switch (column->storage) {
    case WEIR_STORE_BOOL:
        return bool_store(field, value);
    case WEIR_STORE_U8_WORD:
        return word_store(column, field, value);
    case WEIR_STORE_U16:
    case WEIR_STORE_U32:
    case WEIR_STORE_U64:
        return unsigned_store(column, field, value);
    case WEIR_STORE_I64:
        return signed_store(column, field, value);
    case WEIR_STORE_REAL:
        return real_store(field, value);
    case WEIR_STORE_TEXT:
        return text_store(field, value);
    case WEIR_STORE_ADDRESS:
    case WEIR_STORE_ADDRESSES:
    case WEIR_STORE_NUMBERS:
        return lists_store(column, field, value);
    }
    return false;
}

void **weir_column_apart(const weir_column_t *column, void *record)
{
    return column->apart ? (void **)(void *)((char *)record + column->apart) : NULL;
}

void weir_column_write(const weir_table_t *table, size_t position, void *record,
                       const weir_value_t *value)
{
    const weir_column_t *column = &table->columns[position];
    void **apart = weir_column_apart(column, record);
    char *holder = apart ? *apart : record;
    if (!holder || !field_store(column, holder + column->offset, value) ||
        table->present_offset < 0)
        return;
    uint64_t *present = (uint64_t *)(void *)((char *)record + table->present_offset);
    *present |= UINT64_C(1) << position;
}
