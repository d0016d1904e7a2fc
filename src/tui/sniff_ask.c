/*
 * What is typed in the packet list: a filter, a place to go to, a text to look for.
 */
#include "base/number.h"
#include "base/text.h"
#include "tui/sniff_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SEARCH_STEP 2048 /* packets that a search looks at between two keys */

/* ---- Filter ---------------------------------------------------------------------------------- */

bool weir_sniff_filter(weir_sniff_t *sniff, const char *text)
{
    weir_filter_t *filter = NULL;
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    bool empty = text[strspn(text, " ")] == '\0';
    int r = empty ? 0 : weir_filter_parse(table, text, &filter, &sniff->error);
    sniff->wrong = r < 0;
    if (r < 0)
        return false;
    if (strcmp(text, sniff->filter_text) == 0 && filter && sniff->sift.filter) {
        weir_filter_free(filter); /* what was found so far stays */
        return true;
    }
    (void)snprintf(sniff->filter_text, WEIR_EDIT_SIZE, "%s", empty ? "" : text);
    weir_packet_sift_filter(&sniff->sift, filter);
    sniff->search.running = false;
    weir_sniff_select(sniff, weir_sniff_place(sniff));
    return true;
}

static void filter_key(weir_sniff_t *sniff, uint32_t key)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    const char *names[WEIR_PACKET_COLUMN_COUNT + 3] = {"host", "port", "net"};
    size_t n = 3;
    for (size_t i = 0; i < table->column_count; i++)
        names[n++] = table->columns[i].id;
    if (key == WEIR_KEY_TAB)
        (void)weir_edit_complete(&sniff->edit, names, n);
    else if (!weir_edit_key(&sniff->edit, key))
        return;
    (void)weir_sniff_filter(sniff, sniff->edit.text); /* wrong is said beside it */
}

/* ---- Jump ------------------------------------------------------------------------------------ */

static void jump_number(weir_sniff_t *sniff, const char *text)
{
    uint64_t number = 0;
    if (weir_number_parse(text, UINT64_MAX, &number) < 0) {
        weir_sniff_say(sniff, "%s is no number of a packet", text);
        return;
    }
    size_t place = weir_packet_sift_place(&sniff->sift, number);
    weir_sniff_select(sniff, place);
    if (sniff->selected != number)
        weir_sniff_say(sniff, "packet %s is not shown; this is the next one", text);
}

/* The first shown packet at a time or later; times ascend but for small disorder. */
static void jump_time(weir_sniff_t *sniff, int64_t time_ns)
{
    size_t low = 0, high = weir_packet_sift_count(&sniff->sift);
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint64_t number = weir_packet_sift_at(&sniff->sift, middle);
        if (weir_packets_time(sniff->packets, number) < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    weir_sniff_select(sniff, low);
}

/* "1.5", "30": seconds as ns; returns what follows, or NULL. */
static const char *seconds_parse(const char *text, int64_t *ret_ns)
{
    int64_t ns = 0;
    int64_t unit = (int64_t)WEIR_NS_PER_S;
    const char *at = text;
    for (; isdigit((unsigned char)*at); at++)
        ns = ns < INT64_MAX / 20 ? ns * 10 + (*at - '0') * unit : ns;
    bool any = at > text;
    if (*at == '.')
        for (at++, unit /= 10; isdigit((unsigned char)*at); at++, unit /= 10, any = true)
            ns += (*at - '0') * unit;
    *ret_ns = ns;
    return any ? at : NULL;
}

/* "12:04", "12:04:31.5" on the day of the selected packet; false: it is none. */
static bool clock_parse(const weir_sniff_t *sniff, const char *text, int64_t *ret_ns)
{
    int64_t shown_ns = weir_packets_time(sniff->packets, sniff->selected);
    time_t day = (time_t)(shown_ns / (int64_t)WEIR_NS_PER_S);
    struct tm local = {0};
    int64_t seconds_ns = 0;
    char *rest = NULL;
    long hour = strtol(text, &rest, 10);
    if (rest == text || *rest != ':' || hour < 0 || hour > 24)
        return false;
    const char *minutes = rest + 1;
    long minute = strtol(minutes, &rest, 10);
    if (rest == minutes || minute < 0 || minute > 59 || !localtime_r(&day, &local))
        return false;
    const char *end = *rest == ':' ? seconds_parse(rest + 1, &seconds_ns) : rest;
    if (!end || *end)
        return false;
    local.tm_hour = (int)hour;
    local.tm_min = (int)minute;
    local.tm_sec = 0;
    *ret_ns = (int64_t)mktime(&local) * (int64_t)WEIR_NS_PER_S + seconds_ns;
    return true;
}

static void jump(weir_sniff_t *sniff, const char *text)
{
    int64_t ns = 0;
    if (!text[0] || !weir_packet_sift_count(&sniff->sift))
        return;
    sniff->follow = false;
    if (text[0] == '+') {
        const char *end = seconds_parse(text + 1, &ns);
        if (end && !*end)
            jump_time(sniff, sniff->state.first_ns + ns);
        else
            weir_sniff_say(sniff, "%s is no number of seconds", text);
    } else if (!strchr(text, ':')) {
        jump_number(sniff, text);
    } else if (clock_parse(sniff, text, &ns)) {
        jump_time(sniff, ns);
    } else {
        weir_sniff_say(sniff, "%s is no time of day (12:04:31)", text);
    }
}

/* ---- Search ---------------------------------------------------------------------------------- */

void weir_sniff_search_begin(weir_sniff_t *sniff, bool back)
{
    weir_sniff_search_t *search = &sniff->search;
    size_t count = weir_packet_sift_count(&sniff->sift);
    size_t place = weir_sniff_place(sniff);
    if (!search->text[0]) {
        weir_sniff_say(sniff, "s asks what to look for first");
        return;
    }
    if (!count) {
        weir_sniff_say(sniff, "nothing is shown: nothing to look through");
        return;
    }
    search->back = back;
    search->running = back ? place > 0 && place <= count : place + 1 < count;
    search->place = back ? place - 1 : place + 1;
    if (!search->running)
        weir_sniff_say(sniff, "this is the %s packet", back ? "first" : "last");
}

/* Without regard to the case of ASCII letters. */
static bool bytes_have(const char *bytes, size_t n, const char *wanted)
{
    size_t length = strlen(wanted);
    for (size_t at = 0; at + length <= n; at++) {
        size_t i = 0;
        while (i < length &&
               tolower((unsigned char)bytes[at + i]) == tolower((unsigned char)wanted[i]))
            i++;
        if (i == length)
            return true;
    }
    return false;
}

/* In what the row says, or in the packet's bytes. */
static bool packet_has(weir_sniff_t *sniff, uint64_t number)
{
    static const enum weir_sniff_column columns[] = {WEIR_SNIFF_SOURCE, WEIR_SNIFF_DESTINATION,
                                                     WEIR_SNIFF_PROTOCOL, WEIR_SNIFF_SUMMARY};
    const char *wanted = sniff->search.text;
    weir_packet_view_t view;
    if (weir_packets_read(sniff->packets, number, false, &view) < 0)
        return false;
    bool names = sniff->names;
    weir_buf_clear(&sniff->text);
    for (size_t i = 0; i < 2 * WEIR_COUNT(columns); i++) { /* by names, and by addresses */
        sniff->names = i % 2;
        weir_sniff_cell_put(sniff, &sniff->text, &view.row, columns[i / 2]);
        weir_buf_putc(&sniff->text, '\n');
    }
    sniff->names = names;
    const char *text = weir_buf_text(&sniff->text);
    return bytes_have(text, strlen(text), wanted) ||
           bytes_have((const char *)view.frame.data, view.frame.caplen, wanted);
}

void weir_sniff_search_step(weir_sniff_t *sniff)
{
    weir_sniff_search_t *search = &sniff->search;
    for (int i = 0; search->running && i < SEARCH_STEP; i++) {
        size_t count = weir_packet_sift_count(&sniff->sift);
        if (search->place >= count) { /* before the first one, too */
            search->running = false;
            weir_sniff_say(sniff, "nothing %s here has \"%s\"", search->back ? "before" : "behind",
                           search->text);
        } else if (packet_has(sniff, weir_packet_sift_at(&sniff->sift, search->place))) {
            search->running = false;
            sniff->follow = false;
            weir_sniff_select(sniff, search->place);
        } else {
            search->place += search->back ? SIZE_MAX : 1;
        }
    }
}

/* ---- The line -------------------------------------------------------------------------------- */

void weir_sniff_ask(weir_sniff_t *sniff, weir_sniff_mode_t mode)
{
    sniff->mode = mode;
    sniff->wrong = false;
    (void)snprintf(sniff->filter_before, WEIR_EDIT_SIZE, "%s", sniff->filter_text);
    weir_edit_set(&sniff->edit, mode == WEIR_SNIFF_FILTER   ? sniff->filter_text
                                : mode == WEIR_SNIFF_SEARCH ? sniff->search.text
                                                            : "");
}

static void ask_drop(weir_sniff_t *sniff)
{
    if (sniff->mode == WEIR_SNIFF_FILTER)
        (void)weir_sniff_filter(sniff, sniff->filter_before); /* it was valid before */
    sniff->mode = WEIR_SNIFF_LOOK;
}

static void ask_keep(weir_sniff_t *sniff)
{
    weir_sniff_mode_t mode = sniff->mode;
    if (mode == WEIR_SNIFF_FILTER && !weir_sniff_filter(sniff, sniff->edit.text))
        return;
    sniff->mode = WEIR_SNIFF_LOOK;
    if (mode == WEIR_SNIFF_JUMP)
        jump(sniff, sniff->edit.text);
    if (mode != WEIR_SNIFF_SEARCH)
        return;
    (void)snprintf(sniff->search.text, WEIR_EDIT_SIZE, "%s", sniff->edit.text);
    if (sniff->search.text[0])
        weir_sniff_search_begin(sniff, false);
}

void weir_sniff_ask_key(weir_sniff_t *sniff, uint32_t key)
{
    if (key == WEIR_KEY_ESCAPE || key == WEIR_KEY_CONTROL('c'))
        ask_drop(sniff);
    else if (key == WEIR_KEY_ENTER)
        ask_keep(sniff);
    else if (sniff->mode == WEIR_SNIFF_FILTER)
        filter_key(sniff, key);
    else
        (void)weir_edit_key(&sniff->edit, key);
}
