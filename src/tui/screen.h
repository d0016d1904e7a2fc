/*
 * Everything that the terminal view holds while it runs, and what its parts do with it.
 */
#ifndef WEIR_TUI_SCREEN_H
#define WEIR_TUI_SCREEN_H

#include "tui/choices.h"
#include "tui/edit.h"
#include "tui/layout.h"
#include "tui/list.h"
#include "tui/order.h"
#include "tui/span.h"
#include "tui/term.h"

typedef enum weir_mode {
    WEIR_MODE_TABLE,
    WEIR_MODE_FILTER,  /* the filter is being typed */
    WEIR_MODE_EXPORT,  /* the format is asked for */
    WEIR_MODE_COLUMNS, /* the columns are being chosen */
    WEIR_MODE_HELP,
    WEIR_MODE_END, /* whether an app is to end is asked */
} weir_mode_t;

#define WEIR_SCREEN_TALL 500 /* lines whose place is remembered for the mouse */

#define WEIR_TRAIL_MAX 8
#define WEIR_QUERY_SIZE 512 /* a filter with its span, and the order */

/** Where Backspace goes: a table as it was left, and what was opened there. */
typedef struct weir_trail {
    weir_table_id_t table;
    char filter_text[WEIR_EDIT_SIZE];
    char label[64];                /* safe for a terminal */
    char followed[WEIR_EDIT_SIZE]; /* the filter that led on */
} weir_trail_t;

/** What was drawn where, for the mouse and for scrolling. */
typedef struct weir_places {
    weir_slot_t slots[WEIR_VIEW_COLUMNS_MAX]; /* of the shown columns */
    size_t slot_count;
    int header_y, table_y, table_lines;
    uint32_t line[WEIR_SCREEN_TALL]; /* of the list, at table_y + i; WEIR_INDEX_NONE: none */
    int tab_x[WEIR_TABLE_COUNT + 1];
    int trail_y, trail_x;            /* end of the trail, which a click goes back along */
    int graph_y, graph_lines;        /* of a capture */
    int graph_x, graph_cells;        /* of its cells */
    uint64_t graph_from_ns, cell_ns; /* [ns] of the first cell's begin; of each */
} weir_places_t;

/** An app whose end is asked for. */
typedef struct weir_ending {
    weir_snapshot_t *snapshot; /* a reference while it is asked, NULL: it is not */
    const weir_app_t *app;     /* of it */
    uint64_t asked;            /* id of the app that was asked to end last; 0: none was */
} weir_ending_t;

typedef struct weir_screen {
    weir_client_t *client;
    const weir_tui_options_t *options;
    weir_term_t *term;
    weir_paint_t paint;
    weir_choices_t choices;
    weir_mode_t mode;
    weir_table_id_t table;
    weir_list_t lists[WEIR_TABLE_COUNT];
    weir_snapshot_t *snapshot; /* shown; a reference, NULL before the first */
    weir_snapshot_t *newest;   /* a reference; another one while frozen */
    uint64_t taken;
    bool frozen, ended, leaving;
    uint64_t begun_ns;     /* boot time */
    bool cutting;          /* the reading of a capture is to end early */
    weir_order_t *order;   /* owned; NULL until a large table is ordered */
    uint64_t order_ticket; /* of the last question */
    bool ordering;         /* its answer is awaited */
    char ordered[WEIR_TABLE_COUNT][WEIR_QUERY_SIZE]; /* how a capture's rows stand */
    weir_span_t span;                                /* of a capture */
    weir_trail_t trail[WEIR_TRAIL_MAX];
    size_t trail_count;
    weir_filter_t *filter; /* of `table`, owned, with the span; NULL: none */
    char filter_text[WEIR_EDIT_SIZE];
    char filter_before[WEIR_EDIT_SIZE]; /* what Esc brings back */
    bool filter_wrong;                  /* what is typed is no filter */
    weir_filter_error_t filter_error;
    weir_edit_t edit;
    size_t overlay_cursor, overlay_top;
    uint64_t moved_ns; /* boot time of the last movement of the selection */
    weir_buf_t message;
    uint64_t message_until_ns; /* 0: none */
    weir_buf_t text;           /* scratch */
    weir_places_t places;
    weir_ending_t ending;
} weir_screen_t;

/* ---- screen.c -------------------------------------------------------------------------------- */

static inline weir_list_t *weir_screen_list(weir_screen_t *screen)
{
    return &screen->lists[screen->table];
}
/** Say something at the foot for a few seconds. */
__attribute__((format(printf, 2, 3))) void weir_screen_say(weir_screen_t *screen,
                                                           const char *format, ...);
/** Order the rows now, whatever the time: the user asked for another order. */
void weir_screen_reorder(weir_screen_t *screen);
/** Take the present snapshot into the list of the table that is shown. */
void weir_screen_learn(weir_screen_t *screen);
/** Use the order that was made beside, if there is one. */
void weir_screen_order_take(weir_screen_t *screen);
/** Stop or go on showing new snapshots. */
void weir_screen_freeze(weir_screen_t *screen, bool frozen);
/** Whether the table can be shown: 0, or why not. */
const char *weir_screen_emptiness(const weir_screen_t *screen);
/** The value of a counting total as the user wants it: since boot, start or the mark. */
double weir_screen_total(const weir_screen_t *screen, uint32_t row, bool tx);

/* ---- drill.c --------------------------------------------------------------------------------- */

/** Tell the client what is looked at: the table, and what the sentence is made of. */
void weir_drill_want(weir_screen_t *screen);
/** Show another table from its beginning; the trail ends. */
void weir_drill_switch(weir_screen_t *screen, weir_table_id_t table);
/** Follow the selected row to its flows; returns false when such rows have none. */
bool weir_drill_enter(weir_screen_t *screen);
/** Go back to where weir_drill_enter() came from; returns false when it came from nowhere. */
bool weir_drill_back(weir_screen_t *screen);

/* ---- act.c, filter_line.c -------------------------------------------------------------------- */

void weir_screen_act(weir_screen_t *screen, const weir_input_event_t *event);
void weir_filter_line_open(weir_screen_t *screen);
void weir_filter_line_key(weir_screen_t *screen, uint32_t key);
/** Use `text` as the filter; returns false and keeps the old one when it is none. */
bool weir_filter_line_apply(weir_screen_t *screen, const char *text);
/** The filter with the span, "" for none. */
void weir_filter_line_text(const weir_screen_t *screen, char text[static WEIR_QUERY_SIZE]);
/** Use the same filter with the present span. */
void weir_filter_line_renew(weir_screen_t *screen);

/* ---- save.c ---------------------------------------------------------------------------------- */

/** Write what is seen into a new file of the working folder, and say where. */
void weir_save_export(weir_screen_t *screen, weir_format_t format);
void weir_save_copy(weir_screen_t *screen);

/* ---- end.c ----------------------------------------------------------------------------------- */

/** Ask whether the selected app is to end, or say why it cannot. */
void weir_end_open(weir_screen_t *screen);
void weir_end_key(weir_screen_t *screen, uint32_t key);
/** Append the question, safe for a terminal. */
void weir_end_put(weir_screen_t *screen, weir_buf_t *buf);
void weir_end_done(weir_screen_t *screen);

/* ---- span_act.c ------------------------------------------------------------------------------ */

/** Change the span of a capture as a key asks. */
void weir_span_act(weir_screen_t *screen, weir_action_t action);
/** A click on the graph: the nearer end of the span goes there. Returns false beside the graph. */
bool weir_span_click(weir_screen_t *screen, int y, int x);

/* ---- draw.c, draw_table.c, draw_capture.c, draw_overlay.c ------------------------------------ */

void weir_draw(weir_screen_t *screen);
/** The table from line `y` on, `lines` high, with its titles. */
void weir_draw_table(weir_screen_t *screen, int y, int lines);
/** Append the text of a cell as it is drawn, without padding. */
void weir_draw_cell_text(weir_screen_t *screen, weir_buf_t *buf, uint8_t column, uint32_t row);
/** Headline of a capture in `lines` from `y` on: mean, peak, graph, axis with the span. */
void weir_draw_capture(weir_screen_t *screen, int y, int lines);
/** The same in one line without a graph. */
void weir_draw_capture_small(weir_screen_t *screen, int y);
/** How far the reading of a capture is, from `y` on. */
void weir_draw_reading(weir_screen_t *screen, int y);
/** A number right-aligned, then its unit; returns the column behind. */
int weir_draw_rate(weir_screen_t *screen, int y, int x, weir_style_t style, double rate);
int weir_draw_rate_width(const weir_screen_t *screen);
/** A time in a table: the clock, or for another day than the snapshot's its date, too. Local time.
 */
void weir_draw_time_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, int64_t wall_ns);
/** [column] How much of that a column of times needs; NULL: not known yet. */
int weir_draw_time_width(const weir_snapshot_t *snapshot);
void weir_draw_help(weir_screen_t *screen, int y, int lines);
void weir_draw_columns(weir_screen_t *screen, int y, int lines);

#endif
