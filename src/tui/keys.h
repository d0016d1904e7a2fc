/*
 * Keys as what they ask for. Pure: terminals' codes are made to weir_key_t by term.c.
 */
#ifndef WEIR_TUI_KEYS_H
#define WEIR_TUI_KEYS_H

#include <stddef.h>
#include <stdint.h>

/** A character (its code point), or one of these. */
typedef enum weir_key {
    WEIR_KEY_NONE = 0,
    WEIR_KEY_TAB = 9,
    WEIR_KEY_ENTER = 13,
    WEIR_KEY_ESCAPE = 27,
    WEIR_KEY_SPECIAL = 0x110000, /* above all characters */
    WEIR_KEY_UP,
    WEIR_KEY_DOWN,
    WEIR_KEY_LEFT,
    WEIR_KEY_RIGHT,
    WEIR_KEY_PAGE_UP,
    WEIR_KEY_PAGE_DOWN,
    WEIR_KEY_HOME,
    WEIR_KEY_END,
    WEIR_KEY_BACKSPACE,
    WEIR_KEY_DELETE,
    WEIR_KEY_BACKTAB,
    WEIR_KEY_RESIZE,
    WEIR_KEY_CLICK, /* of the mouse, with its place */
    WEIR_KEY_WHEEL_UP,
    WEIR_KEY_WHEEL_DOWN,
} weir_key_t;

#define WEIR_KEY_CONTROL(letter) ((letter)-96)

typedef struct weir_input_event {
    uint32_t key; /* a code point or weir_key_t */
    int y, x;     /* of the mouse */
} weir_input_event_t;

typedef enum weir_action {
    WEIR_ACTION_NONE,
    WEIR_ACTION_UP,
    WEIR_ACTION_DOWN,
    WEIR_ACTION_PAGE_UP,
    WEIR_ACTION_PAGE_DOWN,
    WEIR_ACTION_FIRST,
    WEIR_ACTION_LAST,
    WEIR_ACTION_ENTER, /* follow the row, or open it */
    WEIR_ACTION_OPEN,  /* or close, or fold */
    WEIR_ACTION_CLOSE, /* the open row */
    WEIR_ACTION_BACK,  /* to where the row was followed from */
    WEIR_ACTION_CANCEL,
    WEIR_ACTION_FILTER,
    WEIR_ACTION_SORT_LEFT,
    WEIR_ACTION_SORT_RIGHT,
    WEIR_ACTION_REVERSE,
    WEIR_ACTION_FREEZE,
    WEIR_ACTION_UNITS,
    WEIR_ACTION_BASE,
    WEIR_ACTION_SLOWER,
    WEIR_ACTION_FASTER,
    WEIR_ACTION_TOTALS,
    WEIR_ACTION_MARK,
    WEIR_ACTION_SPAN_BEGIN_LATER, /* the span of a capture ... */
    WEIR_ACTION_SPAN_BEGIN_EARLIER,
    WEIR_ACTION_SPAN_END_EARLIER,
    WEIR_ACTION_SPAN_END_LATER,
    WEIR_ACTION_SPAN_EARLIER,
    WEIR_ACTION_SPAN_LATER,
    WEIR_ACTION_SPAN_CLEAR, /* ... till here */
    WEIR_ACTION_COLUMNS,
    WEIR_ACTION_EXPORT,
    WEIR_ACTION_COPY,
    WEIR_ACTION_END, /* the processes of an app */
    WEIR_ACTION_HELP,
    WEIR_ACTION_REDRAW,
    WEIR_ACTION_QUIT,
    WEIR_ACTION_TAB, /* the digit says which */
    WEIR_ACTION_COUNT
} weir_action_t;

/** What a key asks for in a table. */
weir_action_t weir_action_of(uint32_t key);

/** A line of the help: keys and what they do. */
typedef struct weir_key_help {
    const char *keys, *text;
} weir_key_help_t;
extern const weir_key_help_t WEIR_KEY_HELP[];
extern const size_t WEIR_KEY_HELP_COUNT;

#endif
