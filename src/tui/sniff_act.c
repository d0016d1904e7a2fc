/*
 * What keys and the mouse do in the packet list, apart from lines that are typed.
 */
#include "tui/sniff_private.h"

#include <stdio.h>
#include <string.h>

/* ---- Moving ---------------------------------------------------------------------------------- */

static int page_of(const weir_sniff_t *sniff)
{
    int lines = sniff->boxes[sniff->pane].lines;
    return lines > 1 ? lines - 1 : 1;
}

/* How far an action moves the cursor of a pane, in lines. */
static long lines_of(const weir_sniff_t *sniff, weir_action_t action)
{
    switch (action) {
    case WEIR_ACTION_UP:
        return -1;
    case WEIR_ACTION_DOWN:
        return 1;
    case WEIR_ACTION_PAGE_UP:
        return -page_of(sniff);
    case WEIR_ACTION_PAGE_DOWN:
        return page_of(sniff);
    case WEIR_ACTION_FIRST:
        return -INT32_MAX;
    default:
        return INT32_MAX;
    }
}

static size_t moved(size_t at, long by)
{
    if (by < 0)
        return at > (size_t)-by ? at - (size_t)-by : 0;
    return at + (size_t)by;
}

static void list_move(weir_sniff_t *sniff, weir_action_t action)
{
    size_t count = weir_packet_sift_count(&sniff->sift);
    if (action == WEIR_ACTION_LAST) { /* where new ones come, one stays with them */
        weir_sniff_follow(sniff, !sniff->state.ended && !sniff->paused_last);
        weir_sniff_select(sniff, SIZE_MAX);
        return;
    }
    sniff->follow = false;
    if (count)
        weir_sniff_select(sniff, action == WEIR_ACTION_FIRST
                                     ? 0
                                     : moved(weir_sniff_place(sniff), lines_of(sniff, action)));
}

static void bytes_select(weir_sniff_t *sniff, size_t byte)
{
    weir_packet_view_t view;
    if (weir_packets_read(sniff->packets, sniff->selected, false, &view) < 0 || !view.frame.caplen)
        return;
    sniff->byte = byte < view.frame.caplen ? (uint32_t)byte : view.frame.caplen - 1;
    weir_tree_seek(&sniff->tree, sniff->byte);
}

static void bytes_move(weir_sniff_t *sniff, weir_action_t action)
{
    long wide = (long)weir_sniff_bytes_of_line(sniff);
    long by = lines_of(sniff, action);
    if (by > -INT32_MAX && by < INT32_MAX)
        by *= wide;
    bytes_select(sniff, moved(sniff->byte, by));
}

/* The bytes' cursor goes with what is selected of the layers. */
static void layers_select(weir_sniff_t *sniff, size_t place)
{
    weir_tree_select(&sniff->tree, place);
    const weir_tree_item_t *item = weir_tree_selected(&sniff->tree);
    if (item && item->length)
        sniff->byte = item->at;
}

static void pane_move(weir_sniff_t *sniff, weir_action_t action)
{
    if (sniff->pane == WEIR_SNIFF_LIST)
        list_move(sniff, action);
    else if (sniff->pane == WEIR_SNIFF_BYTES)
        bytes_move(sniff, action);
    else
        layers_select(sniff, moved(sniff->tree.cursor, lines_of(sniff, action)));
}

static void pane_go(weir_sniff_t *sniff, int by)
{
    sniff->pane =
        (weir_sniff_pane_t)(((int)sniff->pane + by + WEIR_SNIFF_PANES) % WEIR_SNIFF_PANES);
}

/* Right and left: open and close layers, go along bytes, and from the list into the layers. */
static void sideways(weir_sniff_t *sniff, bool right)
{
    if (sniff->pane == WEIR_SNIFF_BYTES)
        bytes_select(sniff, moved(sniff->byte, right ? 1 : -1));
    else if (sniff->pane == WEIR_SNIFF_LAYERS)
        weir_tree_open(&sniff->tree, right);
    else if (right)
        sniff->pane = WEIR_SNIFF_LAYERS;
}

static void enter(weir_sniff_t *sniff)
{
    const weir_tree_item_t *item = weir_tree_selected(&sniff->tree);
    if (sniff->pane == WEIR_SNIFF_LAYERS && item)
        weir_tree_open(&sniff->tree, !(item->parent && item->open));
    else
        sniff->pane = WEIR_SNIFF_LAYERS;
}

/* The most recent thing goes first. */
static void cancel(weir_sniff_t *sniff)
{
    if (sniff->message_until_ns)
        sniff->message_until_ns = 0;
    if (sniff->search.running)
        sniff->search.running = false;
    else if (sniff->saving.save)
        weir_sniff_save_stop(sniff);
    else if (sniff->pane != WEIR_SNIFF_LIST)
        sniff->pane = WEIR_SNIFF_LIST;
    else if (sniff->filter_text[0])
        (void)weir_sniff_filter(sniff, ""); /* an empty filter is valid */
}

/* ---- Settings -------------------------------------------------------------------------------- */

static void pause_switch(weir_sniff_t *sniff)
{
    if (sniff->state.ended) {
        weir_sniff_say(sniff, "nothing comes any more: there is nothing to pause");
        return;
    }
    weir_sniff_pause(sniff, !sniff->paused_last);
}

static void follow_switch(weir_sniff_t *sniff)
{
    if (!sniff->follow && sniff->paused_last)
        weir_sniff_pause(sniff, false);
    weir_sniff_follow(sniff, !sniff->follow);
    weir_sniff_say(sniff, sniff->follow ? "the newest packet stays selected"
                                        : "the selection stays where it is");
}

static void time_switch(weir_sniff_t *sniff)
{
    static const char *const words[] = {"of day", "since the first packet",
                                        "since the shown packet before"};
    sniff->time = (weir_sniff_time_t)((sniff->time + 1) % WEIR_SNIFF_TIMES);
    weir_sniff_say(sniff, "time %s", words[sniff->time]);
}

static void names_switch(weir_sniff_t *sniff)
{
    sniff->names = !sniff->names;
    weir_sniff_say(sniff, sniff->names ? "names where the packets told them" : "addresses only");
}

/* Only packets between the two ends of the selected one; again: everything. */
static void conversation_filter(weir_sniff_t *sniff)
{
    weir_packet_view_t view;
    char text[WEIR_EDIT_SIZE];
    if (weir_packets_read(sniff->packets, sniff->selected, false, &view) < 0 ||
        !(view.row.present >> WEIR_PACKET_SRC & 1)) {
        weir_sniff_say(sniff, "this packet has no addresses to tell its conversation by");
        return;
    }
    weir_buf_clear(&sniff->text);
    weir_buf_puts(&sniff->text, "host=");
    weir_address_put(&sniff->text, &view.row.src, false);
    weir_buf_puts(&sniff->text, " and host=");
    weir_address_put(&sniff->text, &view.row.dst, false);
    if (view.row.present >> WEIR_PACKET_SRC_PORT & 1)
        weir_buf_printf(&sniff->text, " and port=%u and port=%u", view.row.src_port,
                        view.row.dst_port);
    (void)snprintf(text, sizeof(text), "%s", weir_buf_text(&sniff->text));
    (void)weir_sniff_filter(sniff, strcmp(text, sniff->filter_text) == 0 ? "" : text);
}

/* ---- Keys ------------------------------------------------------------------------------------ */

/* Keys that only the packet list has, or that mean something else here. */
static bool own_key(weir_sniff_t *sniff, uint32_t key)
{
    switch (key) {
    case WEIR_KEY_TAB:
        pane_go(sniff, 1);
        return true;
    case WEIR_KEY_BACKTAB:
        pane_go(sniff, -1);
        return true;
    case 'f':
        follow_switch(sniff);
        return true;
    case ':':
        weir_sniff_ask(sniff, WEIR_SNIFF_JUMP);
        return true;
    case 's':
        weir_sniff_ask(sniff, WEIR_SNIFF_SEARCH);
        return true;
    case 'n':
    case 'N':
        weir_sniff_search_begin(sniff, key == 'N');
        return true;
    case 'm':
        weir_sniff_mark(sniff);
        return true;
    case '.':
    case ',':
        weir_sniff_mark_seek(sniff, key == ',');
        return true;
    case 'a':
        names_switch(sniff);
        return true;
    case 'o':
        conversation_filter(sniff);
        return true;
    case '+':
    case '-':
        weir_tree_open_all(&sniff->tree, key == '+');
        return true;
    default:
        return false;
    }
}

/* A file that is being written is told once: it would end with what is in it. */
static void leave(weir_sniff_t *sniff)
{
    sniff->leaving = !sniff->saving.save || sniff->saving.asked;
    sniff->saving.asked = true;
}

static void look_key(weir_sniff_t *sniff, uint32_t key)
{
    weir_action_t action = weir_action_of(key);
    if (own_key(sniff, key))
        return;
    if (action >= WEIR_ACTION_UP && action <= WEIR_ACTION_LAST)
        pane_move(sniff, action);
    else if (action == WEIR_ACTION_OPEN || action == WEIR_ACTION_CLOSE)
        sideways(sniff, action == WEIR_ACTION_OPEN);
    else if (action == WEIR_ACTION_ENTER)
        enter(sniff);
    else if (action == WEIR_ACTION_CANCEL)
        cancel(sniff);
    else if (action == WEIR_ACTION_FILTER)
        weir_sniff_ask(sniff, WEIR_SNIFF_FILTER);
    else if (action == WEIR_ACTION_FREEZE)
        pause_switch(sniff);
    else if (action == WEIR_ACTION_TOTALS)
        time_switch(sniff);
    else if (action == WEIR_ACTION_EXPORT)
        sniff->mode = WEIR_SNIFF_SAVE;
    else if (action == WEIR_ACTION_COLUMNS)
        sniff->mode = WEIR_SNIFF_CHOOSE;
    else if (action == WEIR_ACTION_COPY)
        weir_sniff_copy(sniff);
    else if (action == WEIR_ACTION_HELP)
        sniff->mode = WEIR_SNIFF_HELP;
    else if (action == WEIR_ACTION_REDRAW)
        weir_term_redraw(sniff->term);
    else if (action == WEIR_ACTION_QUIT)
        leave(sniff);
}

static void help_key(weir_sniff_t *sniff, uint32_t key)
{
    weir_action_t action = weir_action_of(key);
    if (action == WEIR_ACTION_DOWN || action == WEIR_ACTION_PAGE_DOWN)
        sniff->help_top += action == WEIR_ACTION_DOWN ? 1 : 5; /* drawing keeps it in the text */
    else if (action == WEIR_ACTION_UP || action == WEIR_ACTION_PAGE_UP)
        sniff->help_top = moved(sniff->help_top, action == WEIR_ACTION_UP ? -1 : -5);
    else
        sniff->mode = WEIR_SNIFF_LOOK;
}

/* ---- Mouse ----------------------------------------------------------------------------------- */

static weir_sniff_pane_t pane_at(const weir_sniff_t *sniff, int y, int x)
{
    for (int i = 0; i < WEIR_SNIFF_PANES; i++) {
        const weir_sniff_box_t *box = &sniff->boxes[i];
        if (y >= box->y && y < box->y + box->lines && x >= box->x && x < box->x + box->columns)
            return (weir_sniff_pane_t)i;
    }
    return WEIR_SNIFF_PANES;
}

static void click(weir_sniff_t *sniff, int y, int x)
{
    weir_sniff_pane_t pane = pane_at(sniff, y, x);
    if (pane == WEIR_SNIFF_PANES)
        return;
    size_t line = (size_t)(y - sniff->boxes[pane].y);
    bool again = pane == sniff->pane && sniff->layers_top + line == sniff->tree.cursor;
    sniff->pane = pane;
    if (pane == WEIR_SNIFF_LIST) {
        sniff->follow = false;
        weir_sniff_select(sniff, weir_packet_sift_place(&sniff->sift, sniff->top) + line);
    } else if (pane == WEIR_SNIFF_BYTES) {
        bytes_select(sniff, (sniff->bytes_top + line) * weir_sniff_bytes_of_line(sniff));
    } else {
        layers_select(sniff, sniff->layers_top + line);
        if (again)
            enter(sniff);
    }
}

static void wheel(weir_sniff_t *sniff, const weir_input_event_t *event)
{
    weir_sniff_pane_t pane = pane_at(sniff, event->y, event->x);
    weir_sniff_pane_t before = sniff->pane;
    bool up = event->key == WEIR_KEY_WHEEL_UP;
    sniff->pane = pane == WEIR_SNIFF_PANES ? before : pane;
    for (int i = 0; i < 3; i++)
        pane_move(sniff, up ? WEIR_ACTION_UP : WEIR_ACTION_DOWN);
    sniff->pane = before;
}

void weir_sniff_act(weir_sniff_t *sniff, const weir_input_event_t *event)
{
    if (sniff->mode == WEIR_SNIFF_HELP)
        help_key(sniff, event->key);
    else if (sniff->mode == WEIR_SNIFF_SAVE)
        weir_sniff_save_key(sniff, event->key);
    else if (sniff->mode == WEIR_SNIFF_CHOOSE)
        weir_sniff_columns_key(sniff, event->key);
    else if (sniff->mode != WEIR_SNIFF_LOOK)
        weir_sniff_ask_key(sniff, event->key);
    else if (event->key == WEIR_KEY_CLICK)
        click(sniff, event->y, event->x);
    else if (event->key == WEIR_KEY_WHEEL_UP || event->key == WEIR_KEY_WHEEL_DOWN)
        wheel(sniff, event);
    else
        look_key(sniff, event->key);
}
