/*
 * What a user keeps of packets: marks, files, the clipboard.
 */
#include "tui/sniff_private.h"

#include <stdio.h>
#include <string.h>

/* ---- Marks ----------------------------------------------------------------------------------- */

/* Place of the first mark that is not below `number`. */
static size_t mark_place(const weir_sniff_t *sniff, uint64_t number)
{
    size_t low = 0, high = sniff->mark_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sniff->marks[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool weir_sniff_is_marked(const weir_sniff_t *sniff, uint64_t number)
{
    size_t place = mark_place(sniff, number);
    return place < sniff->mark_count && sniff->marks[place] == number;
}

static bool marks_reserve(weir_sniff_t *sniff)
{
    if (sniff->mark_count < sniff->mark_room)
        return true;
    size_t room = sniff->mark_room ? 2 * sniff->mark_room : 64;
    uint64_t *marks =
        room > 2 * WEIR_SNIFF_MARKS_MOST ? NULL : realloc(sniff->marks, room * sizeof(*marks));
    if (!marks)
        return false;
    sniff->marks = marks;
    sniff->mark_room = room;
    return true;
}

void weir_sniff_mark(weir_sniff_t *sniff)
{
    size_t place = mark_place(sniff, sniff->selected);
    if (!sniff->selected)
        return;
    if (weir_sniff_is_marked(sniff, sniff->selected)) {
        memmove(sniff->marks + place, sniff->marks + place + 1,
                (sniff->mark_count - place - 1) * sizeof(*sniff->marks));
        sniff->mark_count--;
    } else if (sniff->mark_count < WEIR_SNIFF_MARKS_MOST && marks_reserve(sniff)) {
        memmove(sniff->marks + place + 1, sniff->marks + place,
                (sniff->mark_count - place) * sizeof(*sniff->marks));
        sniff->marks[place] = sniff->selected;
        sniff->mark_count++;
    } else {
        weir_sniff_say(sniff, "no more than %zu packets can be marked", WEIR_SNIFF_MARKS_MOST);
    }
}

void weir_sniff_mark_seek(weir_sniff_t *sniff, bool back)
{
    size_t place = mark_place(sniff, back ? sniff->selected : sniff->selected + 1);
    if (back ? place == 0 : place == sniff->mark_count) {
        weir_sniff_say(sniff,
                       sniff->mark_count ? "no marked packet %s this one"
                                         : "m marks a packet; there is none %s this one",
                       back ? "before" : "behind");
        return;
    }
    uint64_t number = sniff->marks[back ? place - 1 : place];
    sniff->follow = false;
    weir_sniff_select(sniff, weir_packet_sift_place(&sniff->sift, number));
    if (sniff->selected != number)
        weir_sniff_say(sniff, "packet %llu is marked, but not shown", (unsigned long long)number);
}

/* ---- Files ----------------------------------------------------------------------------------- */

#define SAVED_AT_ONCE ((size_t)4096) /* between two keys */

static void choice_save(weir_sniff_t *sniff, const weir_packets_choice_t *choice)
{
    weir_new_file_t *file = &sniff->saving.file;
    weir_clock_t clock = weir_clock_system();
    int r = weir_new_file_make("packets", "pcapng", weir_clock_now(&clock).wall_ns, file);
    if (r == 0) {
        weir_closep(&file->fd); /* the name is taken now, and has its owner */
        r = weir_packets_save_begin(sniff->packets, choice, file->path, &sniff->saving.save);
    }
    sniff->saving.asked = false;
    if (r < 0)
        weir_sniff_say(sniff, "cannot write %s: %s", file->path, strerror(-r));
}

/* `r`: why it ends, as of a step. */
static void saving_end(weir_sniff_t *sniff, int r)
{
    const char *path = sniff->saving.file.path;
    size_t of = 0, looked = weir_packets_save_progress(sniff->saving.save, &of);
    uint64_t written = 0;
    int ended = weir_packets_save_end(WEIR_TAKE(sniff->saving.save), &written);
    r = r < 0 ? r : ended;
    if (r < 0)
        weir_sniff_say(sniff, "cannot write %s: %s", path, strerror(-r));
    else
        weir_sniff_say(sniff, "%s %llu packet%s as %s", looked < of ? "stopped: saved" : "saved",
                       (unsigned long long)written, written == 1 ? "" : "s", path);
}

void weir_sniff_save_step(weir_sniff_t *sniff)
{
    int r = sniff->saving.save ? weir_packets_save_step(sniff->saving.save, SAVED_AT_ONCE) : 1;
    if (r <= 0)
        saving_end(sniff, r);
}

void weir_sniff_save_stop(weir_sniff_t *sniff)
{
    if (sniff->saving.save)
        saving_end(sniff, 0);
}

void weir_sniff_save_key(weir_sniff_t *sniff, uint32_t key)
{
    const weir_packet_sift_t *sift = &sniff->sift;
    sniff->mode = WEIR_SNIFF_LOOK;
    weir_packets_choice_t choice = {0};
    if (key == 's') {
        choice.count = weir_packet_sift_count(sift);
        choice.numbers = sift->filter ? sift->numbers + sift->begin : NULL;
        choice.first = sift->first;
    } else if (key == 'm') {
        choice.count = sniff->mark_count;
        choice.numbers = sniff->marks;
    } else if (key == 'p') {
        choice.count = sniff->selected ? 1 : 0;
        choice.first = sniff->selected;
    } else {
        return;
    }
    if (choice.count && sniff->saving.save)
        weir_sniff_say(sniff, "%s is still being written; Esc ends it", sniff->saving.file.path);
    else if (choice.count)
        choice_save(sniff, &choice);
    else
        weir_sniff_say(sniff, key == 'm' ? "nothing is marked: m marks the selected packet"
                                         : "nothing is shown: nothing to save");
}

void weir_sniff_copy(weir_sniff_t *sniff)
{
    weir_packet_view_t view;
    if (weir_packets_read(sniff->packets, sniff->selected, false, &view) < 0)
        return;
    weir_buf_clear(&sniff->text);
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        if (!(sniff->columns >> i & 1))
            continue;
        weir_buf_puts(&sniff->text, sniff->text.len ? "\t" : "");
        weir_sniff_cell_put(sniff, &sniff->text, &view.row, (enum weir_sniff_column)i);
    }
    weir_term_copy(sniff->term, weir_buf_text(&sniff->text), sniff->text.len);
    weir_sniff_say(sniff, "copied the row, if this terminal lets programs do that (OSC 52)");
}
