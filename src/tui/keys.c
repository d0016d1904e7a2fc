#include "tui/keys.h"

#include "base/cleanup.h"

static const struct {
    uint32_t key;
    weir_action_t action;
} KEYS[] = {
    {WEIR_KEY_UP, WEIR_ACTION_UP},
    {'k', WEIR_ACTION_UP},
    {WEIR_KEY_DOWN, WEIR_ACTION_DOWN},
    {'j', WEIR_ACTION_DOWN},
    {WEIR_KEY_PAGE_UP, WEIR_ACTION_PAGE_UP},
    {WEIR_KEY_CONTROL('b'), WEIR_ACTION_PAGE_UP},
    {WEIR_KEY_CONTROL('u'), WEIR_ACTION_PAGE_UP},
    {WEIR_KEY_PAGE_DOWN, WEIR_ACTION_PAGE_DOWN},
    {WEIR_KEY_CONTROL('f'), WEIR_ACTION_PAGE_DOWN},
    {WEIR_KEY_CONTROL('d'), WEIR_ACTION_PAGE_DOWN},
    {WEIR_KEY_HOME, WEIR_ACTION_FIRST},
    {'g', WEIR_ACTION_FIRST},
    {WEIR_KEY_END, WEIR_ACTION_LAST},
    {'G', WEIR_ACTION_LAST},
    {WEIR_KEY_ENTER, WEIR_ACTION_ENTER},
    {WEIR_KEY_RIGHT, WEIR_ACTION_OPEN},
    {'l', WEIR_ACTION_OPEN},
    {WEIR_KEY_LEFT, WEIR_ACTION_CLOSE},
    {'h', WEIR_ACTION_CLOSE},
    {WEIR_KEY_BACKSPACE, WEIR_ACTION_BACK},
    {WEIR_KEY_ESCAPE, WEIR_ACTION_CANCEL},
    {'/', WEIR_ACTION_FILTER},
    {'<', WEIR_ACTION_SORT_LEFT},
    {'>', WEIR_ACTION_SORT_RIGHT},
    {'s', WEIR_ACTION_SORT_RIGHT},
    {'r', WEIR_ACTION_REVERSE},
    {' ', WEIR_ACTION_FREEZE},
    {'u', WEIR_ACTION_UNITS},
    {'i', WEIR_ACTION_BASE},
    {'+', WEIR_ACTION_SLOWER},
    {'=', WEIR_ACTION_SLOWER},
    {'-', WEIR_ACTION_FASTER},
    {'t', WEIR_ACTION_TOTALS},
    {'m', WEIR_ACTION_MARK},
    {'[', WEIR_ACTION_SPAN_BEGIN_LATER},
    {'{', WEIR_ACTION_SPAN_BEGIN_EARLIER},
    {']', WEIR_ACTION_SPAN_END_EARLIER},
    {'}', WEIR_ACTION_SPAN_END_LATER},
    {',', WEIR_ACTION_SPAN_EARLIER},
    {'.', WEIR_ACTION_SPAN_LATER},
    {'\\', WEIR_ACTION_SPAN_CLEAR},
    {'c', WEIR_ACTION_COLUMNS},
    {'e', WEIR_ACTION_EXPORT},
    {'y', WEIR_ACTION_COPY},
    {'x', WEIR_ACTION_END},
    {'?', WEIR_ACTION_HELP},
    {WEIR_KEY_CONTROL('l'), WEIR_ACTION_REDRAW},
    {'q', WEIR_ACTION_QUIT},
    {WEIR_KEY_CONTROL('c'), WEIR_ACTION_QUIT},
};

weir_action_t weir_action_of(uint32_t key)
{
    if (key >= '1' && key <= '6')
        return WEIR_ACTION_TAB;
    for (size_t i = 0; i < WEIR_COUNT(KEYS); i++)
        if (KEYS[i].key == key)
            return KEYS[i].action;
    return WEIR_ACTION_NONE;
}

const weir_key_help_t WEIR_KEY_HELP[] = {
    {"1 ... 6", "open a table"},
    {"arrows, j k", "select a row; PgUp PgDn, Home End (g G)"},
    {"Enter", "flows of a host, protocol or app; opens other rows in place"},
    {"Backspace", "back to where the flows were opened from"},
    {"right, l", "open the row in place, or the group; again or h closes it"},
    {"/", "filter: state=up and rx_bytes_per_s>1M (Tab completes)"},
    {"Esc", "close what is open, then clear the filter"},
    {"< >  s", "sort by another column; a click on a title does, too"},
    {"r", "reverse the order"},
    {"[ ]  { }", "a capture's span of time: cut its begin or end; { } widen it"},
    {", .  \\", "move the span; \\ shows the whole; a click moves an end"},
    {"space", "freeze the picture; the engine goes on"},
    {"u  i", "bits or bytes; factor 1000 or 1024"},
    {"+ -", "longer or shorter interval"},
    {"t  m", "totals since boot, start or mark; m sets the mark to now"},
    {"c", "choose columns"},
    {"e  y", "export what is seen to a file; copy the row"},
    {"x", "end an app after a question; again: kill what stays"},
    {"q, Ctrl-C", "quit"},
};
const size_t WEIR_KEY_HELP_COUNT = WEIR_COUNT(WEIR_KEY_HELP);
