/*
 * A cell: what a column reads from a record, typed, so that sorting, filtering and every output
 * agree about it.
 */
#ifndef WEIR_MODEL_VALUE_H
#define WEIR_MODEL_VALUE_H

#include "model/iface.h"

typedef enum weir_value_type {
    WEIR_VALUE_NULL, /* unknown */
    WEIR_VALUE_BOOL,
    WEIR_VALUE_UINT,
    WEIR_VALUE_INT,
    WEIR_VALUE_REAL,
    WEIR_VALUE_TEXT,
    WEIR_VALUE_ADDRESS,
    WEIR_VALUE_ADDRESSES,
    WEIR_VALUE_NUMBERS,
} weir_value_type_t;

/** Whole numbers, such as process ids. */
typedef struct weir_number_list {
    const uint32_t *items;
    size_t count;
} weir_number_list_t;

/** Pointers are borrowed from the record. */
typedef struct weir_value {
    weir_value_type_t type;
    union {
        bool boolean;
        uint64_t uint;
        int64_t sint;
        double real;
        const char *text;
        weir_address_t address;
        weir_address_list_t addresses;
        weir_number_list_t numbers;
    };
} weir_value_t;

/** Whether the value is a number, and which. */
bool weir_value_number(const weir_value_t *value, double *ret_number);

/** Append the value as plain text (numbers raw, lists joined by spaces, nothing for unknown). */
void weir_value_put_text(weir_buf_t *buf, const weir_value_t *value);

/** < 0, 0, > 0. Unknown comes before everything else; texts are compared byte by byte. */
int weir_value_compare(const weir_value_t *a, const weir_value_t *b);

#endif
