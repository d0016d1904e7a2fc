/*
 * A snapshot's table as JSON, CSV or a plain table, into a buffer.
 */
#ifndef WEIR_EXPORT_EXPORT_H
#define WEIR_EXPORT_EXPORT_H

#include "model/select.h"
#include "model/units.h"

#define WEIR_COLUMNS_MAX 64

typedef enum weir_format {
    WEIR_FORMAT_TABLE,
    WEIR_FORMAT_JSON,
    WEIR_FORMAT_CSV,
    WEIR_FORMAT_HTML /* of reports only */
} weir_format_t;

typedef struct weir_export {
    weir_table_id_t table;
    uint8_t columns[WEIR_COLUMNS_MAX]; /* positions in the catalogue, in order */
    size_t column_count;
    bool chosen;        /* the user chose the columns: none is left out for lack of width */
    weir_units_t units; /* plain table only */
    bool utf8;          /* whether what reads the plain table shows UTF-8 */
    size_t width;       /* columns of the terminal, 0 = no limit; plain table only */
    void (*flush)(void *context, weir_buf_t *buf); /* writes buf out and clears it; NULL: never */
    void *flush_context;
    const char *more_hint; /* what to do about rows that are not shown, or NULL; plain table only */
} weir_export_t;

/** The columns that a format has unless asked otherwise: all of them, in the plain table those with
 * a place. */
void weir_export_default_columns(weir_export_t *export, weir_format_t format);

/** The bits of the columns that are shown. */
uint64_t weir_export_wanted(const weir_export_t *export);

#define WEIR_EXPORT_FLUSH ((size_t)1 << 20) /* [byte] */
/** Between rows: write out what has gathered, so that millions of rows need no room for all. */
static inline void weir_export_flush(const weir_export_t *export, weir_buf_t *buf)
{
    if (export->flush && buf->len >= WEIR_EXPORT_FLUSH)
        export->flush(export->flush_context, buf);
}

/** One document on one line, as the command line's contract describes. */
void weir_export_json(weir_buf_t *buf, const weir_export_t *export, const weir_snapshot_t *snapshot,
                      const weir_selection_t *selection);

/** Records of export->table as an array, inside of another document. */
void weir_export_json_rows(weir_buf_t *buf, const weir_export_t *export, const void *records,
                           size_t count);

/** One record as an object, without a line's end. */
void weir_export_json_row(weir_buf_t *buf, const weir_export_t *export, const void *record);
/** One value, quoted if it needs to be; nothing for what is not known. */
void weir_export_csv_value(weir_buf_t *buf, const weir_column_t *column, const weir_value_t *value);
/** One record as a line. */
void weir_export_csv_row(weir_buf_t *buf, const weir_export_t *export, const void *record);

/** The rows, one line each; the header line with the column ids is apart, as it is written once. */
void weir_export_csv_header(weir_buf_t *buf, const weir_export_t *export);
void weir_export_csv(weir_buf_t *buf, const weir_export_t *export, const weir_snapshot_t *snapshot,
                     const weir_selection_t *selection);

/** Headline, sentence, header and rows, aligned. */
void weir_export_table(weir_buf_t *buf, const weir_export_t *export,
                       const weir_snapshot_t *snapshot, const weir_selection_t *selection);

#endif
