/*
 * Which rows stand where. The list keeps the order between snapshots, so that rows hold still; the
 * selection belongs to a record, not to a line. Lines are the rows, then the group's own line and,
 * unless it is folded, the rows of the group. Pure.
 *
 * The records of a capture never change: they are named by their places and nothing is remembered
 * of them, so that millions cost four bytes each.
 */
#ifndef WEIR_TUI_LIST_H
#define WEIR_TUI_LIST_H

#include "base/index.h"
#include "model/select.h"
#include "tui/view.h"

/** What is remembered of a record for as long as it is there. */
typedef struct weir_memory {
    uint64_t id;
    uint64_t active_ns;                   /* [ns] boot time of its last traffic, 0 never */
    weir_view_counters_t start, mark;     /* when first seen; when marked */
    weir_view_counters_t last;            /* in the last snapshot */
    uint64_t trouble_ns;                  /* when errors or drops grew last, 0 never */
    uint64_t errors_grown, dropped_grown; /* since they began to grow */
} weir_memory_t;

typedef struct weir_list {
    weir_table_id_t table;
    bool fixed;            /* of a capture */
    weir_memory_t *memory; /* owned; one for each record of the snapshot; NULL: fixed */
    size_t record_count;   /* of the snapshot */
    uint64_t snapshots;    /* that were taken in */
    uint64_t learned;      /* sequence of the last one */
    uint32_t *rows;        /* owned; records in their order, those of the group last */
    size_t count, main;    /* all; before the group */
    uint64_t *ids;         /* owned; of `rows`; NULL: fixed */
    size_t size;           /* of `rows` and `ids` */
    bool folded;
    bool touched;       /* the user moved the selection; before that it stays on the first line */
    uint64_t selected;  /* id; 0 before anything was selected */
    bool on_group;      /* the group's line is selected */
    size_t cursor, top; /* lines: of the selection, the first on the screen */
    uint64_t open;      /* id of the opened record, 0 none */
    char open_name[64];
    uint64_t ordered_ns; /* boot time of the last ordering */
} weir_list_t;

void weir_list_init(weir_list_t *list, weir_table_id_t table);
void weir_list_done(weir_list_t *list);

/**
 * Take in a new snapshot: remember its records. Rows still point into the old one until
 * weir_list_order() or weir_list_hold(). Returns 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_list_learn(weir_list_t *list, const weir_snapshot_t *snapshot);
/** Use this order, which it takes. grouped: the quiet ones stand at the end. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_list_place(weir_list_t *list, const weir_snapshot_t *snapshot,
                                   weir_selection_t *selection, bool grouped);
/** Order the rows anew: the same after weir_select(). Returns 0 or -ENOMEM. */
WEIR_NODISCARD int weir_list_order(weir_list_t *list, const weir_snapshot_t *snapshot,
                                   const weir_query_t *query, bool grouped);
/** Keep the order for a new snapshot; what is new stands at the end. Returns 0 or -ENOMEM. */
WEIR_NODISCARD int weir_list_hold(weir_list_t *list, const weir_snapshot_t *snapshot,
                                  const weir_filter_t *filter);

bool weir_list_has_group(const weir_list_t *list);
size_t weir_list_lines(const weir_list_t *list);
/** Names the record of a row. */
static inline uint64_t weir_list_id(const weir_list_t *list, uint32_t row)
{
    return list->fixed ? (uint64_t)row + 1 : list->memory[row].id;
}
/** The line of the opened row, or SIZE_MAX. */
size_t weir_list_open_line(const weir_list_t *list);
/** The record's row of a line, or WEIR_INDEX_NONE for the group's own line. */
uint32_t weir_list_row(const weir_list_t *list, size_t line);
/** Put the cursor where the selection is now; if it has gone, the selection follows the cursor. */
void weir_list_follow(weir_list_t *list);
/** Select a line (clamped). */
void weir_list_select(weir_list_t *list, size_t line);
/** Set the mark of all records to now. */
void weir_list_mark(weir_list_t *list);

#endif
