/*
 * The loop: wait for a key or a snapshot, let it change the screen's state, draw. Nothing happens
 * between two of them: there is a time to wait for only while a message stands at the foot.
 */
#include "tui/screen.h"

#include "base/text.h"
#include "tui/message.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define FIRST_NS                                                                                   \
    (30 * WEIR_NS_PER_MS)               /* the first picture waits so long for the first snapshot  \
                                         */
#define ORDER_NS (950 * WEIR_NS_PER_MS) /* once a second, seen from snapshots that jitter */
#define READ_NS (100 * WEIR_NS_PER_MS)  /* between two pictures of the progress of reading */
#define LARGE 20000                     /* rows of a capture that are ordered beside */
#define MOVED_NS (3 * WEIR_NS_PER_S)    /* the order is kept for so long after a movement */

static uint64_t now_ns(void)
{
    weir_clock_t clock = weir_clock_system();
    return weir_clock_now(&clock).boot_ns;
}

void weir_screen_say(weir_screen_t *screen, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    screen->message_until_ns = weir_message_put(&screen->message, screen->paint.utf8, format, args);
    va_end(args);
}

double weir_screen_total(const weir_screen_t *screen, uint32_t row, bool tx)
{
    const weir_memory_t *memory = &screen->lists[screen->table].memory[row];
    uint64_t bytes = tx ? memory->last.tx_bytes : memory->last.rx_bytes;
    const weir_view_counters_t *base =
        screen->choices.since == WEIR_SINCE_MARK ? &memory->mark : &memory->start;
    uint64_t begun = tx ? base->tx_bytes : base->rx_bytes;
    if (screen->choices.since == WEIR_SINCE_BOOT || begun > bytes) /* counted anew since then */
        return (double)bytes;
    return (double)(bytes - begun);
}

/* ---- Snapshots ------------------------------------------------------------------------------- */

static const weir_table_choices_t *table_choices(const weir_screen_t *screen)
{
    return &screen->choices.tables[screen->table];
}

static bool table_is_there(const weir_screen_t *screen)
{
    return screen->snapshot && screen->snapshot->rows[screen->table].measured;
}

static weir_query_t screen_query(const weir_screen_t *screen)
{
    return (weir_query_t){.table = screen->table,
                          .filter = screen->filter,
                          .sort = table_choices(screen)->sort,
                          .descending = table_choices(screen)->descending};
}

static void order_fail(weir_screen_t *screen)
{
    weir_screen_say(screen, "out of memory: the rows keep their order");
}

/* The filter goes to the thread, so that it gets one of its own. Returns 0 or a negative errno. */
static int order_ask(weir_screen_t *screen, const char *filter_text)
{
    weir_query_t query = screen_query(screen);
    weir_filter_t *filter = NULL;
    weir_filter_error_t error;
    int r = screen->order ? 0 : weir_order_start(&screen->order);
    if (r >= 0 && filter_text[0])
        r = weir_filter_parse(weir_table(screen->table), filter_text, &filter, &error);
    if (r < 0)
        return r;
    query.filter = filter;
    weir_order_ask(screen->order, screen->snapshot, &query, ++screen->order_ticket);
    screen->ordering = true;
    return 0;
}

/* Rows of a capture stand still until another order is asked for; many are ordered beside. */
static void capture_order(weir_screen_t *screen)
{
    weir_query_t query = screen_query(screen);
    char text[WEIR_QUERY_SIZE], wanted[WEIR_QUERY_SIZE];
    char *ordered = screen->ordered[screen->table];
    weir_filter_line_text(screen, text);
    int n = snprintf(wanted, sizeof(wanted), "%d %d %.480s", query.sort, query.descending, text);
    if (n > 0 && strcmp(wanted, ordered) == 0)
        return;
    screen->ordering = false;
    int r = -ENOMEM;
    if (screen->snapshot->rows[screen->table].count > LARGE)
        r = order_ask(screen, text);
    if (r < 0)
        r = weir_list_order(weir_screen_list(screen), screen->snapshot, &query, false);
    if (r < 0)
        order_fail(screen);
    else
        memcpy(ordered, wanted, sizeof(wanted));
}

static void list_order(weir_screen_t *screen)
{
    weir_query_t query = screen_query(screen);
    weir_list_t *list = weir_screen_list(screen);
    list->folded = !table_choices(screen)->unfolded;
    if (list->fixed)
        capture_order(screen);
    else if (weir_list_order(list, screen->snapshot, &query, !screen->filter) < 0)
        order_fail(screen);
}

void weir_screen_order_take(weir_screen_t *screen)
{
    weir_selection_t selection = {0};
    uint64_t ticket = 0;
    weir_list_t *list = weir_screen_list(screen);
    int r = screen->order ? weir_order_take(screen->order, &selection, &ticket) : 0;
    if (r == 0)
        return;
    bool wanted = screen->ordering && ticket == screen->order_ticket;
    if (r < 0 || !wanted) {
        weir_selection_done(&selection);
        if (r < 0)
            order_fail(screen);
    } else if (weir_list_place(list, screen->snapshot, &selection, false) >= 0) {
        weir_list_follow(list);
    }
    screen->ordering = false;
}

void weir_screen_reorder(weir_screen_t *screen)
{
    if (!table_is_there(screen))
        return;
    list_order(screen);
    weir_list_follow(weir_screen_list(screen));
}

static bool may_order(const weir_screen_t *screen)
{
    const weir_list_t *list = &screen->lists[screen->table];
    if (list->snapshots <= 1)
        return true;
    if (screen->moved_ns && now_ns() - screen->moved_ns < MOVED_NS)
        return false;
    return screen->snapshot->time.boot_ns - list->ordered_ns >= ORDER_NS;
}

/* The opened row closes with a word when its record has gone. */
static void open_check(weir_screen_t *screen)
{
    weir_list_t *list = weir_screen_list(screen);
    if (!list->open)
        return;
    for (size_t i = 0; i < list->record_count; i++)
        if (weir_list_id(list, (uint32_t)i) == list->open)
            return;
    weir_screen_say(screen, "%s is gone", list->open_name);
    list->open = 0;
}

static void list_learn(weir_screen_t *screen, weir_table_id_t table)
{
    weir_list_t *list = &screen->lists[table];
    const weir_snapshot_t *snapshot = screen->snapshot;
    if (!snapshot || !snapshot->rows[table].measured || list->learned == snapshot->sequence)
        return;
    if (weir_list_learn(list, snapshot) < 0)
        weir_screen_say(screen, "out of memory: the picture stands still");
}

void weir_screen_learn(weir_screen_t *screen)
{
    list_learn(screen, screen->table);
}

/* A recording may hold another table than the usual one: that is shown, unless one was named. */
static void table_choose(weir_screen_t *screen)
{
    const weir_snapshot_t *snapshot = screen->snapshot;
    if (screen->taken > 1 || screen->options->table_given || screen->filter ||
        snapshot->rows[screen->table].measured)
        return;
    for (int i = 0; i < WEIR_TABLE_COUNT; i++) {
        if (!snapshot->rows[i].measured)
            continue;
        screen->table = (weir_table_id_t)i;
        return;
    }
}

static void snapshot_show(weir_screen_t *screen)
{
    if (screen->snapshot == screen->newest)
        return;
    weir_snapshot_unref(screen->snapshot);
    screen->snapshot = weir_snapshot_ref(screen->newest);
    table_choose(screen);
    list_learn(screen, WEIR_TABLE_INTERFACES);
    weir_screen_learn(screen);
    if (!table_is_there(screen))
        return;
    if (may_order(screen) ||
        weir_list_hold(weir_screen_list(screen), screen->snapshot, screen->filter) < 0)
        list_order(screen);
    weir_list_follow(weir_screen_list(screen));
    open_check(screen);
}

void weir_screen_freeze(weir_screen_t *screen, bool frozen)
{
    screen->frozen = frozen;
    if (!frozen && screen->newest)
        snapshot_show(screen);
}

/* Returns 0, or the negative errno that ends the view because there is nothing to show. */
static int snapshot_take(weir_screen_t *screen, char *ret_error)
{
    weir_snapshot_t *snapshot = NULL;
    int r = weir_client_take(screen->client, &snapshot);
    if (r == 0)
        return 0;
    if (r < 0) {
        screen->ended = true;
        if (r != -ENODATA && !screen->newest) {
            (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE, "%s", weir_client_error(screen->client));
            return r;
        }
        if (r != -ENODATA)
            weir_screen_say(screen, "%s", weir_client_error(screen->client));
        return 0;
    }
    weir_snapshot_unref(screen->newest);
    screen->newest = snapshot;
    if (screen->taken++ == 0)
        weir_drill_want(screen);
    if (!screen->frozen)
        snapshot_show(screen);
    screen->leaving |= screen->options->count && screen->taken >= screen->options->count;
    return 0;
}

/* Why the origin knows nothing of the table. */
static const char *unmeasured(const weir_screen_t *screen)
{
    const char *note = screen->snapshot->rows[screen->table].note;
    if (note)
        return note;
    switch (screen->snapshot->origin) {
    case WEIR_ORIGIN_FILE:
        return "A capture does not tell it; 3, 4 and 5 are what it tells.";
    case WEIR_ORIGIN_REPLAY:
        return "This recording does not hold it.";
    default:
        return "Only captures tell it in this version: weir --file FILE. 1 goes back.";
    }
}

const char *weir_screen_emptiness(const weir_screen_t *screen)
{
    if (!weir_table(screen->table)->column_count)
        return "This version does not measure it yet.";
    if (!screen->snapshot)
        return screen->ended ? "The recording is empty."
                             : "Measuring: the first look is on its way.";
    if (!screen->snapshot->rows[screen->table].measured)
        return unmeasured(screen);
    if (screen->lists[screen->table].count)
        return NULL;
    if (screen->ordering)
        return "Sorting the rows.";
    if (screen->span.on && screen->snapshot->rows[screen->table].count)
        return "Nothing matches in this span of time. \\ shows the whole capture.";
    if (screen->trail_count)
        return "Nothing matches here. Backspace goes back, / changes the filter.";
    if (screen->filter && screen->snapshot->rows[screen->table].count)
        return "Nothing matches the filter. Esc shows everything again, / changes the filter.";
    if (screen->snapshot->origin == WEIR_ORIGIN_FILE)
        return "The capture holds none.";
    if (screen->table == WEIR_TABLE_FINDINGS)
        return "Nothing unusual so far. What is found is shown at once.";
    return "There is none at the moment. What appears is shown at once.";
}

/* ---- The loop -------------------------------------------------------------------------------- */

/* Returns how long to wait [ns], UINT64_MAX for ever; drops a message whose time is over. */
static uint64_t wait_time(weir_screen_t *screen, uint64_t begun_ns)
{
    uint64_t now = now_ns();
    if (!screen->newest && !screen->ended && now - begun_ns < FIRST_NS)
        return FIRST_NS - (now - begun_ns);
    if (!screen->newest && !screen->ended && screen->options->reading)
        return READ_NS;
    if (!screen->message_until_ns)
        return UINT64_MAX;
    if (now < screen->message_until_ns)
        return screen->message_until_ns - now;
    screen->message_until_ns = 0;
    return 0;
}

static int screen_wait(weir_screen_t *screen, struct pollfd fds[3])
{
    uint64_t ns = wait_time(screen, screen->begun_ns);
    struct timespec time = {.tv_sec = (time_t)(ns / WEIR_NS_PER_S),
                            .tv_nsec = (long)(ns % WEIR_NS_PER_S)};
    fds[0].revents = fds[1].revents = fds[2].revents = 0;
    fds[1].fd = screen->ended ? -1 : weir_client_fd(screen->client);
    fds[2].fd = screen->ordering ? weir_order_fd(screen->order) : -1;
    return ppoll(fds, 3, ns == UINT64_MAX ? NULL : &time, &screen->options->wait_mask);
}

static void keys_take(weir_screen_t *screen)
{
    weir_input_event_t event;
    while (!screen->leaving && weir_term_event(screen->term, &event))
        if (event.key != WEIR_KEY_NONE && event.key != WEIR_KEY_RESIZE)
            weir_screen_act(screen, &event);
}

static bool terminal_has_gone(const struct pollfd *fd)
{
    return fd->revents & (POLLHUP | POLLERR | POLLNVAL);
}

/* A key that arrives together with a snapshot is answered first. */
static int screen_loop(weir_screen_t *screen, char *ret_error)
{
    struct pollfd fds[3] = {
        {.fd = screen->options->tty_fd, .events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}};
    screen->begun_ns = now_ns();
    while (!screen->leaving) {
        weir_term_rest(screen->term);
        int n = screen_wait(screen, fds);
        if (*screen->options->signal || terminal_has_gone(&fds[0]))
            return 0;
        keys_take(screen);
        int r = n > 0 && fds[1].revents ? snapshot_take(screen, ret_error) : 0;
        if (r < 0)
            return r;
        weir_screen_order_take(screen);
        if (!screen->leaving)
            weir_draw(screen);
    }
    return 0;
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

static void choices_init(weir_screen_t *screen)
{
    const weir_tui_options_t *options = screen->options;
    weir_choices_t *choices = &screen->choices;
    weir_table_choices_t *table = &choices->tables[options->table];
    weir_choices_init(choices, options->origin);
    choices->units = options->units;
    choices->interval_ns = options->interval_ns;
    if (options->state_path)
        (void)!weir_choices_read(choices, options->state_path); /* there may be none yet */
    if (options->units_given)
        choices->units = options->units;
    if (options->interval_given)
        choices->interval_ns = options->interval_ns;
    else if (choices->interval_ns != options->interval_ns)
        weir_client_set_interval(screen->client, choices->interval_ns);
    if (options->sort)
        (void)!weir_sort_parse(weir_table(options->table), options->sort, &table->sort,
                               &table->descending); /* it is valid */
    if (options->columns) {
        memcpy(table->columns, options->columns, options->column_count);
        table->column_count = options->column_count;
    }
}

static weir_screen_t *screen_new(weir_client_t *client, const weir_tui_options_t *options)
{
    weir_screen_t *screen = calloc(1, sizeof(*screen));
    if (!screen)
        return NULL;
    screen->client = client;
    screen->options = options;
    screen->table = options->table;
    weir_buf_init(&screen->message, 4096);
    weir_buf_init(&screen->text, (size_t)1 << 20);
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        weir_list_init(&screen->lists[i], (weir_table_id_t)i);
    choices_init(screen);
    if (options->filter)
        (void)weir_filter_line_apply(screen, options->filter); /* it is valid */
    return screen;
}

static void screen_free(weir_screen_t *screen)
{
    weir_order_stop(screen->order);
    weir_end_done(screen);
    weir_snapshot_unref(screen->snapshot);
    weir_snapshot_unref(screen->newest);
    weir_filter_free(screen->filter);
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        weir_list_done(&screen->lists[i]);
    weir_buf_done(&screen->message);
    weir_buf_done(&screen->text);
    weir_paint_done(&screen->paint);
    free(screen);
}

int weir_tui_run(weir_client_t *client, const weir_tui_options_t *options,
                 char ret_error[static WEIR_TUI_ERROR_SIZE])
{
    weir_screen_t *screen = screen_new(client, options);
    if (!screen) {
        (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE, "out of memory for the screen");
        return -ENOMEM;
    }
    int r = weir_term_open(options, &screen->term, &screen->paint, ret_error);
    if (r >= 0) {
        r = screen_loop(screen, ret_error);
        weir_term_close(screen->term);
        if (options->state_path)
            (void)!weir_choices_write(&screen->choices, options->state_path); /* best effort */
    }
    screen_free(screen);
    return r;
}
