/*
 * The catalogue: every column of every table, described once as data. Views, exports, filters,
 * sorting and replay walk it; adding a column is one row in columns.c and one field in the record.
 */
#ifndef WEIR_MODEL_COLUMNS_H
#define WEIR_MODEL_COLUMNS_H

#include "model/value.h"

typedef enum weir_table_id {
    WEIR_TABLE_INTERFACES,
    WEIR_TABLE_APPS,
    WEIR_TABLE_HOSTS,
    WEIR_TABLE_FLOWS,
    WEIR_TABLE_PROTOCOLS,
    WEIR_TABLE_FINDINGS,
    WEIR_TABLE_COUNT,
    WEIR_TABLE_PACKETS = WEIR_TABLE_COUNT, /* of `weir capture`; snapshots have none */
} weir_table_id_t;

/** How a field is stored in its record. */
typedef enum weir_storage {
    WEIR_STORE_BOOL,      /* bool */
    WEIR_STORE_U8_WORD,   /* uint8_t, an index into the column's words */
    WEIR_STORE_U16,       /* uint16_t */
    WEIR_STORE_U32,       /* uint32_t */
    WEIR_STORE_U64,       /* uint64_t */
    WEIR_STORE_I64,       /* int64_t */
    WEIR_STORE_REAL,      /* double */
    WEIR_STORE_TEXT,      /* const char *, NULL unknown */
    WEIR_STORE_ADDRESS,   /* weir_address_t */
    WEIR_STORE_ADDRESSES, /* weir_address_list_t */
    WEIR_STORE_NUMBERS,   /* weir_number_list_t */
} weir_storage_t;

/** What a number means; decides how a view formats it. */
typedef enum weir_unit {
    WEIR_UNIT_NONE,
    WEIR_UNIT_COUNT, /* things: packets, errors, flows */
    WEIR_UNIT_COUNT_PER_SECOND,
    WEIR_UNIT_BYTES,            /* an amount of traffic */
    WEIR_UNIT_BYTES_PER_SECOND, /* a rate of traffic */
    WEIR_UNIT_BITS_PER_SECOND,  /* a link's speed */
    WEIR_UNIT_OCTETS,           /* a size that is always in bytes, such as an mtu */
    WEIR_UNIT_SHARE,            /* 0 .. 1 */
    WEIR_UNIT_MILLISECONDS,
    WEIR_UNIT_TIME, /* [ns] since 1970, an int64_t */
} weir_unit_t;

typedef struct weir_column {
    const char *id;           /* the contract's name, key in JSON, header in CSV */
    const char *title;        /* header in views */
    const char *help;         /* one sentence */
    const char *metric;       /* Prometheus base name, NULL when it is no metric */
    const char *const *words; /* for WEIR_STORE_U8_WORD */
    weir_storage_t storage;
    weir_unit_t unit;
    uint16_t offset; /* of the field in the record, or in what `apart` leads to */
    uint16_t apart;  /* offset of the record's pointer to what holds the field, which most records
                        do without (NULL: unknown); 0: the record holds it */
    uint8_t words_count;
    uint8_t width;   /* columns that a text wants in a view */
    uint8_t place;   /* default place in views, 1 first; 0 = on request only */
    bool any_case;   /* a text of fixed spelling: filters take it in upper and lower case */
    bool asked_only; /* no output has it unless its name is asked for (--columns, a view's choice):
                        JSON and CSV without --columns keep the columns that they have */
} weir_column_t;

typedef struct weir_table {
    const char *id;    /* "interfaces" */
    const char *title; /* "Interfaces" */
    const char *will;  /* what the table shows or will show, one sentence */
    const weir_column_t *columns;
    size_t column_count; /* 0: not measured by this version */
    size_t record_size;
    size_t apart_size;        /* of what the pointer of columns with `apart` leads to */
    ptrdiff_t present_offset; /* of the record's uint64_t of known columns, -1: all are known */
} weir_table_t;

const weir_table_t *weir_table(weir_table_id_t id);
/** Returns the id of a snapshot's table, or -ENOENT. */
int weir_table_find(const char *name);

/** Returns the column's position in the table, or -ENOENT. */
int weir_column_find(const weir_table_t *table, const char *id);
/** The id nearest to what was typed, or NULL. */
const char *weir_column_nearest(const weir_table_t *table, const char *typed);

/** Read column `position` of a record. What is not present, and a real that is not finite, is NULL.
 */
weir_value_t weir_column_read(const weir_table_t *table, size_t position, const void *record);
/**
 * The reverse, for replay: store `value` in the record and mark it known; what does not fit the
 * column's storage (its type, range, or a fraction) is left as it was, and so is what has no room
 * (weir_column_apart). Pointers in `value` must live as long as the record.
 */
void weir_column_write(const weir_table_t *table, size_t position, void *record,
                       const weir_value_t *value);

/** Where a record's pointer to what holds the field stands; NULL: the record holds it. */
void **weir_column_apart(const weir_column_t *column, void *record);

/** The bit of a column in `present`; the column must exist. */
uint64_t weir_column_bit(const weir_table_t *table, const char *id);

#endif
