/*
 * The loop of the packet list: a key, new packets, or a step of work that goes on (a filter over
 * many packets, a search); then it is drawn. New packets alone are drawn some times a second.
 */
#include "tui/sniff_private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define DRAW_NS (50 * WEIR_NS_PER_MS) /* between two pictures that only packets ask for */
#define STEP ((size_t)4096)           /* packets that a filter looks at between two keys */

static uint64_t now_ns(void)
{
    weir_clock_t clock = weir_clock_system();
    return weir_clock_now(&clock).boot_ns;
}

/* ---- Selection ------------------------------------------------------------------------------- */

size_t weir_sniff_place(const weir_sniff_t *sniff)
{
    size_t place = weir_packet_sift_place(&sniff->sift, sniff->selected);
    return sniff->selected ? place : weir_packet_sift_count(&sniff->sift);
}

void weir_sniff_select(weir_sniff_t *sniff, size_t place)
{
    size_t count = weir_packet_sift_count(&sniff->sift);
    if (count)
        sniff->selected = weir_packet_sift_at(&sniff->sift, place < count ? place : count - 1);
}

void weir_sniff_follow(weir_sniff_t *sniff, bool follow)
{
    sniff->follow = follow;
    if (follow)
        weir_sniff_select(sniff, SIZE_MAX);
}

/* What is selected stays if it is shown; else the next one is, or the last. */
static void selection_keep(weir_sniff_t *sniff)
{
    if (sniff->follow || sniff->selected)
        weir_sniff_select(sniff, sniff->follow ? SIZE_MAX : weir_sniff_place(sniff));
    else
        weir_sniff_select(sniff, 0);
}

static void range_set(weir_sniff_t *sniff)
{
    const weir_packets_state_t *state = &sniff->state;
    uint64_t last = state->first + state->count - 1;
    if (sniff->paused_last && sniff->paused_last < last)
        last = sniff->paused_last;
    weir_packet_sift_range(&sniff->sift, state->first, last);
    selection_keep(sniff);
}

void weir_sniff_pause(weir_sniff_t *sniff, bool paused)
{
    const weir_packets_state_t *state = &sniff->state;
    sniff->paused_last = paused ? state->first + state->count - 1 : 0;
    range_set(sniff);
}

const char *weir_sniff_emptiness(weir_sniff_t *sniff)
{
    const weir_packets_state_t *state = &sniff->state;
    bool file = sniff->options->origin == WEIR_ORIGIN_FILE;
    if (weir_packet_sift_count(&sniff->sift))
        return NULL;
    if (weir_packet_sift_busy(&sniff->sift))
        return "Nothing matches the filter so far.";
    if (sniff->filter_text[0] && state->count)
        return "Nothing matches the filter. Esc shows everything again, / changes the filter.";
    if (state->ended)
        return file ? "The capture holds no packet." : "No packet was captured.";
    if (state->down)
        return "The interface is down. Packets come when it is up again.";
    return file ? "Reading the capture." : "No packet so far. What passes is shown at once.";
}

/* ---- The loop -------------------------------------------------------------------------------- */

static bool is_working(const weir_sniff_t *sniff)
{
    return sniff->search.running || sniff->saving.save || weir_packet_sift_busy(&sniff->sift);
}

/* Milliseconds until something is to be done without a key, -1 for ever. */
static int wait_ms(weir_sniff_t *sniff, bool fresh)
{
    uint64_t now = now_ns();
    if (is_working(sniff))
        return 0;
    if (fresh)
        return now - sniff->drawn_ns >= DRAW_NS
                   ? 0
                   : (int)((DRAW_NS - (now - sniff->drawn_ns)) / WEIR_NS_PER_MS) + 1;
    if (!sniff->message_until_ns)
        return -1;
    if (now < sniff->message_until_ns)
        return (int)((sniff->message_until_ns - now) / WEIR_NS_PER_MS) + 1;
    sniff->message_until_ns = 0;
    return 0;
}

static void keys_take(weir_sniff_t *sniff)
{
    weir_input_event_t event;
    while (!sniff->leaving && weir_term_event(sniff->term, &event))
        if (event.key != WEIR_KEY_NONE && event.key != WEIR_KEY_RESIZE)
            weir_sniff_act(sniff, &event);
}

static void work_step(weir_sniff_t *sniff)
{
    if (weir_packet_sift_step(&sniff->sift, sniff->packets, STEP) < 0) {
        (void)weir_sniff_filter(sniff, ""); /* it is valid */
        weir_sniff_say(sniff, "out of memory for the filter: everything is shown");
    }
    selection_keep(sniff);
    weir_sniff_search_step(sniff);
    weir_sniff_save_step(sniff);
}

static void state_take(weir_sniff_t *sniff)
{
    bool ended = sniff->state.ended;
    weir_packets_state(sniff->packets, &sniff->state);
    range_set(sniff);
    if (!ended && sniff->state.error == -ENODEV)
        weir_sniff_say(sniff, "%s has gone; what it carried until then is here",
                       sniff->options->machine);
    else if (!ended && sniff->state.error)
        weir_sniff_say(sniff, "%s: %s", sniff->options->machine, sniff->state.text);
}

/* While packets come they are waited for only when they may be drawn. */
static int sniff_wait(weir_sniff_t *sniff, struct pollfd fds[2], bool fresh)
{
    int ms = wait_ms(sniff, fresh);
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    fds[0].revents = fds[1].revents = 0;
    fds[1].fd = fresh ? -1 : weir_packets_fd(sniff->packets);
    return ppoll(fds, 2, ms < 0 ? NULL : &time, &sniff->options->wait_mask);
}

static bool terminal_has_gone(const struct pollfd *fd)
{
    return fd->revents & (POLLHUP | POLLERR | POLLNVAL);
}

static void sniff_loop(weir_sniff_t *sniff)
{
    struct pollfd fds[2] = {{.fd = sniff->options->tty_fd, .events = POLLIN}, {.events = POLLIN}};
    bool fresh = true; /* packets wait to be shown */
    sniff->drawn_ns = now_ns() - DRAW_NS;
    while (!sniff->leaving) {
        weir_term_rest(sniff->term);
        int n = sniff_wait(sniff, fds, fresh);
        if (*sniff->options->signal || terminal_has_gone(&fds[0]))
            return;
        bool key = fds[0].revents;
        fresh |= n > 0 && fds[1].revents;
        if (fresh && (key || now_ns() - sniff->drawn_ns >= DRAW_NS)) {
            state_take(sniff);
            fresh = false;
        }
        keys_take(sniff);
        work_step(sniff);
        if (sniff->leaving || (fresh && !key && !is_working(sniff)))
            continue;
        weir_sniff_draw(sniff);
        sniff->drawn_ns = now_ns();
    }
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

static weir_sniff_t *sniff_new(weir_packets_t *packets, const weir_tui_options_t *options)
{
    weir_sniff_t *sniff = calloc(1, sizeof(*sniff));
    if (!sniff)
        return NULL;
    sniff->packets = packets;
    sniff->options = options;
    sniff->follow = options->origin == WEIR_ORIGIN_LIVE;
    sniff->names = true;
    weir_sniff_columns_read(sniff);
    sniff->state.first = 1;
    weir_packet_sift_init(&sniff->sift);
    weir_buf_init(&sniff->message, 4096);
    weir_buf_init(&sniff->text, (size_t)1 << 20);
    if (options->filter)
        (void)weir_sniff_filter(sniff, options->filter); /* it is valid */
    return sniff;
}

static void sniff_free(weir_sniff_t *sniff)
{
    weir_packet_sift_done(&sniff->sift);
    weir_buf_done(&sniff->message);
    weir_buf_done(&sniff->text);
    weir_paint_done(&sniff->paint);
    free(sniff->marks);
    free(sniff);
}

int weir_sniff_show(weir_packets_t *packets, const weir_tui_options_t *options,
                    char ret_error[static WEIR_TUI_ERROR_SIZE])
{
    weir_sniff_t *sniff = sniff_new(packets, options);
    if (!sniff) {
        (void)snprintf(ret_error, WEIR_TUI_ERROR_SIZE, "out of memory for the screen");
        return -ENOMEM;
    }
    int r = weir_term_open(options, &sniff->term, &sniff->paint, ret_error);
    if (r >= 0) {
        sniff_loop(sniff);
        weir_sniff_save_stop(sniff);
        weir_term_close(sniff->term);
    }
    sniff_free(sniff);
    return r < 0 ? r : 0;
}
