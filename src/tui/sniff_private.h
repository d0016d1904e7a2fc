/*
 * What the parts of the packet list share.
 */
#ifndef WEIR_TUI_SNIFF_PRIVATE_H
#define WEIR_TUI_SNIFF_PRIVATE_H

#include "client/packet_sift.h"
#include "tui/edit.h"
#include "tui/new_file.h"
#include "tui/sniff.h"
#include "tui/term.h"
#include "tui/tree.h"

#define WEIR_SNIFF_MARKS_MOST ((size_t)100000)

typedef enum weir_sniff_pane {
    WEIR_SNIFF_LIST,
    WEIR_SNIFF_LAYERS,
    WEIR_SNIFF_BYTES,
    WEIR_SNIFF_PANES
} weir_sniff_pane_t;

typedef enum weir_sniff_mode {
    WEIR_SNIFF_LOOK,
    WEIR_SNIFF_FILTER, /* typed, as these: */
    WEIR_SNIFF_JUMP,
    WEIR_SNIFF_SEARCH,
    WEIR_SNIFF_SAVE,   /* what to save is asked for */
    WEIR_SNIFF_CHOOSE, /* which columns are shown */
    WEIR_SNIFF_HELP,
} weir_sniff_mode_t;

typedef enum weir_sniff_time {
    WEIR_SNIFF_CLOCK,
    WEIR_SNIFF_SINCE_FIRST,
    WEIR_SNIFF_SINCE_SHOWN, /* the packet above */
    WEIR_SNIFF_TIMES
} weir_sniff_time_t;

/** From left to right. */
enum weir_sniff_column {
    WEIR_SNIFF_NUMBER,
    WEIR_SNIFF_TIME,
    WEIR_SNIFF_INTERFACE,
    WEIR_SNIFF_SOURCE,
    WEIR_SNIFF_SOURCE_PORT,
    WEIR_SNIFF_SOURCE_MAC,
    WEIR_SNIFF_DESTINATION,
    WEIR_SNIFF_DESTINATION_PORT,
    WEIR_SNIFF_DESTINATION_MAC,
    WEIR_SNIFF_VLAN,
    WEIR_SNIFF_PROTOCOL,
    WEIR_SNIFF_LENGTH,
    WEIR_SNIFF_CAPTURED,
    WEIR_SNIFF_APPLICATION,
    WEIR_SNIFF_NAME,
    WEIR_SNIFF_SUMMARY,
    WEIR_SNIFF_COLUMNS
};

/** What is said of a column. */
typedef struct weir_sniff_column_facts {
    const char *title; /* of the list */
    const char *help;  /* NULL: the catalogue's */
    int width;         /* 0: by the width of the screen, and usual */
    uint8_t position;  /* in the catalogue of packets */
} weir_sniff_column_facts_t;

/** Where a column stands; width 0: there is no room for it. */
typedef struct weir_sniff_slot {
    int x, width;
} weir_sniff_slot_t;

/** Lines and columns of a pane without its title; lines 0: it is not seen. */
typedef struct weir_sniff_box {
    int y, x, lines, columns;
} weir_sniff_box_t;

/** A search that goes on in steps. */
typedef struct weir_sniff_search {
    char text[WEIR_EDIT_SIZE];
    bool running, back;
    size_t place; /* of the shown packets: looked at next */
} weir_sniff_search_t;

/** A file that is being written in steps. */
typedef struct weir_sniff_saving {
    weir_packets_save_t *save; /* owned; NULL: none is */
    weir_new_file_t file;
    bool asked; /* whether to leave before it is whole */
} weir_sniff_saving_t;

typedef struct weir_sniff {
    weir_packets_t *packets;
    const weir_tui_options_t *options;
    weir_term_t *term;
    weir_paint_t paint;
    weir_packets_state_t state;
    weir_packet_sift_t sift;
    uint64_t paused_last;           /* while paused the newest that is shown; 0: it is not paused */
    uint64_t selected;              /* number of the packet; 0: none yet */
    uint64_t top;                   /* number of the first line's packet */
    uint32_t columns, columns_kept; /* that are shown, by weir_sniff_column; as in the file */
    int chooser_cursor, chooser_top;
    bool follow, names, leaving;
    weir_sniff_time_t time;
    weir_sniff_pane_t pane;
    weir_sniff_mode_t mode;
    weir_tree_t tree;
    uint64_t tree_of;   /* number of the packet in `tree`; 0: none */
    size_t layers_top;  /* first line of the layers that is seen */
    uint32_t byte;      /* under the cursor of the bytes */
    uint32_t bytes_top; /* line */
    uint64_t *marks;    /* owned, ascending */
    size_t mark_count, mark_room;
    char filter_text[WEIR_EDIT_SIZE], filter_before[WEIR_EDIT_SIZE];
    bool wrong; /* what is typed is none */
    weir_filter_error_t error;
    weir_edit_t edit;
    weir_sniff_search_t search;
    weir_sniff_saving_t saving;
    size_t help_top;
    weir_buf_t message, text; /* text: scratch */
    uint64_t message_until_ns, drawn_ns;
    weir_sniff_box_t boxes[WEIR_SNIFF_PANES]; /* as drawn, for pages and the mouse */
} weir_sniff_t;

/* ---- sniff.c --------------------------------------------------------------------------------- */

/** Select the shown packet at a place, or the nearest that there is. */
void weir_sniff_select(weir_sniff_t *sniff, size_t place);
/** Place of the selected packet; the count of shown ones when there is none. */
size_t weir_sniff_place(const weir_sniff_t *sniff);
/** Follow the newest, or stop that. */
void weir_sniff_follow(weir_sniff_t *sniff, bool follow);
void weir_sniff_pause(weir_sniff_t *sniff, bool paused);
/** Why no packet is shown, or NULL. */
const char *weir_sniff_emptiness(weir_sniff_t *sniff);

/* ---- sniff_columns.c ------------------------------------------------------------------------- */

const weir_sniff_column_facts_t *weir_sniff_column_facts(enum weir_sniff_column column);
/** Those that the user chose before, else the usual ones. */
void weir_sniff_columns_read(weir_sniff_t *sniff);
void weir_sniff_columns_key(weir_sniff_t *sniff, uint32_t key);
void weir_sniff_columns_draw(weir_sniff_t *sniff, int y, int lines);

/* ---- sniff_act.c, sniff_ask.c, sniff_keep.c -------------------------------------------------- */

void weir_sniff_act(weir_sniff_t *sniff, const weir_input_event_t *event);
/** Begin to type into a line. */
void weir_sniff_ask(weir_sniff_t *sniff, weir_sniff_mode_t mode);
void weir_sniff_ask_key(weir_sniff_t *sniff, uint32_t key);
/** Use `text` as the filter; returns false and keeps the old one when it is none. */
bool weir_sniff_filter(weir_sniff_t *sniff, const char *text);
/** Look for the searched text from the selected packet on, or back. */
void weir_sniff_search_begin(weir_sniff_t *sniff, bool back);
void weir_sniff_search_step(weir_sniff_t *sniff);
bool weir_sniff_is_marked(const weir_sniff_t *sniff, uint64_t number);
void weir_sniff_mark(weir_sniff_t *sniff);
/** Go to the next marked packet, or the one before. */
void weir_sniff_mark_seek(weir_sniff_t *sniff, bool back);
void weir_sniff_save_key(weir_sniff_t *sniff, uint32_t key);
/** Write some more of what is being saved. */
void weir_sniff_save_step(weir_sniff_t *sniff);
/** End the file with what is in it, and say so. */
void weir_sniff_save_stop(weir_sniff_t *sniff);
void weir_sniff_copy(weir_sniff_t *sniff);

/* ---- sniff_draw.c, sniff_rows.c, sniff_panes.c ----------------------------------------------- */

void weir_sniff_draw(weir_sniff_t *sniff);
/** Say something at the foot for a few seconds. */
__attribute__((format(printf, 2, 3))) void weir_sniff_say(weir_sniff_t *sniff, const char *format,
                                                          ...);
/** What the places of the columns depend on. */
typedef struct weir_sniff_room {
    int columns, digits; /* of the screen; of the largest number */
    weir_sniff_time_t time;
    uint32_t shown; /* bits by weir_sniff_column */
} weir_sniff_room_t;

/** Places of the columns. Those that are not usual have one only where the summary keeps enough. */
void weir_sniff_layout(const weir_sniff_room_t *room,
                       weir_sniff_slot_t slots[static WEIR_SNIFF_COLUMNS]);
/** The panes of a screen: below `y`, above the foot. */
void weir_sniff_boxes(int y, int lines, int columns, weir_sniff_pane_t pane,
                      weir_sniff_box_t boxes[static WEIR_SNIFF_PANES]);
void weir_sniff_draw_rows(weir_sniff_t *sniff);
/** Append a cell as it is drawn, safe for a terminal. */
void weir_sniff_cell_put(weir_sniff_t *sniff, weir_buf_t *buf, const weir_packet_t *row,
                         enum weir_sniff_column column);
void weir_sniff_draw_layers(weir_sniff_t *sniff);
void weir_sniff_draw_bytes(weir_sniff_t *sniff);
/** Bytes in a line of the bytes' pane. */
uint32_t weir_sniff_bytes_of_line(const weir_sniff_t *sniff);

#endif
