/*
 * The filter language, the same in every view:
 *
 *     name=eth0    name~"^veth"    rx_bytes_per_s>1M    state=up and not (kind=veth or alias=null)
 *
 * Operators = != > >= < <= ~ (extended regular expression) !~, `and`, `or`, `not`, parentheses.
 * Numbers are in the column's raw unit and take K M G (decimal) or Ki Mi Gi (binary). An unknown
 * value matches nothing but `=null`. Addresses take a network: `addresses=10.0.0.0/8`. `host`,
 * `net` and `port` mean either side. A value with other characters than [A-Za-z0-9_.:/-] is quoted.
 * Texts are compared byte by byte, but for columns of fixed spelling (protocols of packets).
 */
#ifndef WEIR_MODEL_FILTER_H
#define WEIR_MODEL_FILTER_H

#include "model/columns.h"

typedef struct weir_filter weir_filter_t;

typedef struct weir_filter_error {
    size_t at;         /* byte of the text where it went wrong, from 0 */
    char message[192]; /* what and, where there is one, the nearest right word */
} weir_filter_error_t;

/**
 * Compile `text` for `table`. An empty text matches everything. Returns 0, -EINVAL with *ret_error
 * set, or -ENOMEM.
 */
WEIR_NODISCARD int weir_filter_parse(const weir_table_t *table, const char *text,
                                     weir_filter_t **ret_filter, weir_filter_error_t *ret_error);
void weir_filter_free(weir_filter_t *filter);
static inline void weir_filter_freep(weir_filter_t **filter)
{
    weir_filter_free(*filter);
}

/** The bits of the columns that the filter reads. */
uint64_t weir_filter_columns(const weir_filter_t *filter);

/** Whether a record of the filter's table matches. Any thread. */
bool weir_filter_match(const weir_filter_t *filter, const void *record);

#endif
