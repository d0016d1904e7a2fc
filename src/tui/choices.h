/*
 * What the user chose, kept between runs in a small text file. A damaged file is as good as none:
 * each line that makes sense is used, the others are passed over.
 */
#ifndef WEIR_TUI_CHOICES_H
#define WEIR_TUI_CHOICES_H

#include "model/packet.h"
#include "model/select.h"
#include "tui/view.h"

typedef enum weir_since { WEIR_SINCE_BOOT, WEIR_SINCE_START, WEIR_SINCE_MARK } weir_since_t;

typedef struct weir_table_choices {
    uint8_t columns[WEIR_VIEW_COLUMNS_MAX];
    size_t column_count;
    int sort; /* a column's position, or WEIR_SORT_NONE */
    bool descending;
    bool unfolded;
} weir_table_choices_t;

typedef struct weir_choices {
    weir_origin_t origin; /* which decides what is usual; only what is not is written */
    weir_units_t units;
    uint64_t interval_ns;
    weir_since_t since;
    weir_table_choices_t tables[WEIR_TABLE_COUNT];
    uint32_t packet_columns; /* of the packet list: bits by weir_packet_column */
} weir_choices_t;

#define WEIR_CHOICES_INTERVAL_MIN_NS (WEIR_NS_PER_S / 10)
#define WEIR_CHOICES_INTERVAL_MAX_NS (WEIR_NS_PER_S * 3600)

/** Columns of the packet list that are shown unless the user chose. */
#define WEIR_PACKET_COLUMNS_USUAL                                                                  \
    (UINT32_C(1) << WEIR_PACKET_NUMBER | UINT32_C(1) << WEIR_PACKET_TIME |                         \
     UINT32_C(1) << WEIR_PACKET_SRC | UINT32_C(1) << WEIR_PACKET_DST |                             \
     UINT32_C(1) << WEIR_PACKET_PROTOCOL | UINT32_C(1) << WEIR_PACKET_LENGTH |                     \
     UINT32_C(1) << WEIR_PACKET_SUMMARY)

/** The usual choices for an origin. */
void weir_choices_init(weir_choices_t *choices, weir_origin_t origin);
/** Change what `text`, the content of a file, says. */
void weir_choices_parse(weir_choices_t *choices, const char *text);
void weir_choices_put(weir_buf_t *buf, const weir_choices_t *choices);

/** The same from and to a file; folders are made. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_choices_read(weir_choices_t *choices, const char *path);
WEIR_NODISCARD int weir_choices_write(const weir_choices_t *choices, const char *path);

#endif
