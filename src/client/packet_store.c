/*
 * The ring counts its bytes from the store's begin: byte n stands at n modulo its size. A packet is
 * never divided: where it does not fit before the end, the rest of the round stays empty. What a
 * new packet would write over is dropped before.
 */
#include "client/packet_store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_LEAST ((size_t)1024)
#define WINDOW_BYTES ((size_t)256 << 10)
#define COMMENTS_CEILING ((size_t)16 << 20)

struct weir_packet_entry {
    uint64_t at; /* [byte] in the file, or in the ring */
    int64_t time_ns;
    uint32_t caplen, wire_len;
    uint16_t link, iface;
    uint8_t direction;
    bool timeless;
};

struct weir_packet_comment {
    uint64_t number;
    size_t at, len; /* in `comments` */
};

void weir_packet_store_init(weir_packet_store_t *store, const weir_packet_limits_t *limits)
{
    *store = (weir_packet_store_t){.limits = *limits, .fd = -1, .first = 1};
    weir_buf_init(&store->comments, COMMENTS_CEILING);
}

void weir_packet_store_done(weir_packet_store_t *store)
{
    free(store->entries);
    free(store->ring);
    free(store->window);
    free(store->commented);
    weir_buf_done(&store->comments);
    *store = (weir_packet_store_t){.fd = -1};
}

void weir_packet_store_file(weir_packet_store_t *store, int fd)
{
    store->fd = fd;
}

static weir_packet_entry_t *entry_at(const weir_packet_store_t *store, size_t i)
{
    return &store->entries[(store->head + i) % store->room];
}

static weir_packet_entry_t *entry_of(const weir_packet_store_t *store, uint64_t number)
{
    if (number < store->first || number - store->first >= store->count)
        return NULL;
    return entry_at(store, (size_t)(number - store->first));
}

static void oldest_drop(weir_packet_store_t *store)
{
    store->head = (store->head + 1) % store->room;
    store->first++;
    store->count--;
}

/* Room for one more entry; the ring of entries is laid out anew when it grows. */
static int entries_reserve(weir_packet_store_t *store)
{
    if (store->count < store->room)
        return 0;
    size_t room = store->room ? 2 * store->room : ENTRIES_LEAST;
    room = room < store->limits.packets ? room : store->limits.packets;
    weir_packet_entry_t *entries = malloc(room * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    size_t until_end = store->room - store->head;
    size_t first = store->count < until_end ? store->count : until_end;
    if (store->count) {
        memcpy(entries, store->entries + store->head, first * sizeof(*entries));
        memcpy(entries + first, store->entries, (store->count - first) * sizeof(*entries));
    }
    free(store->entries);
    store->entries = entries;
    store->room = room;
    store->head = 0;
    return 0;
}

/* A place for `n` bytes in the ring, from which the oldest packets go. [byte] */
static int ring_place(weir_packet_store_t *store, size_t n, uint64_t *ret_at)
{
    size_t size = store->limits.bytes;
    if (!store->ring)
        store->ring = malloc(size); /* pages are used as they are written */
    if (!store->ring)
        return -ENOMEM;
    uint64_t at = store->end;
    if (at % size + n > size)
        at += size - at % size;
    while (store->count && at + n - entry_at(store, 0)->at > size)
        oldest_drop(store);
    store->end = at + n;
    *ret_at = at;
    return 0;
}

/* The commented packets that have left are forgotten once they are half of all. */
static void comments_trim(weir_packet_store_t *store)
{
    size_t gone = 0;
    while (gone < store->commented_count && store->commented[gone].number < store->first)
        gone++;
    if (gone == 0 || gone < store->commented_count / 2)
        return;
    size_t cut = gone < store->commented_count ? store->commented[gone].at : store->comments.len;
    memmove(store->commented, store->commented + gone,
            (store->commented_count - gone) * sizeof(*store->commented));
    store->commented_count -= gone;
    for (size_t i = 0; i < store->commented_count; i++)
        store->commented[i].at -= cut;
    memmove(store->comments.data, store->comments.data + cut, store->comments.len - cut);
    store->comments.len -= cut;
}

static void comments_add(weir_packet_store_t *store, uint64_t number, weir_span_t comments)
{
    comments_trim(store);
    if (store->comments.len + comments.len > COMMENTS_CEILING)
        return; /* such a packet is shown without them */
    if (store->commented_count == store->commented_room) {
        size_t room = store->commented_room ? 2 * store->commented_room : 16;
        struct weir_packet_comment *list = realloc(store->commented, room * sizeof(*list));
        if (!list)
            return;
        store->commented = list;
        store->commented_room = room;
    }
    store->commented[store->commented_count++] = (struct weir_packet_comment){
        .number = number, .at = store->comments.len, .len = comments.len};
    weir_buf_put(&store->comments, comments.data, comments.len);
}

int weir_packet_store_add(weir_packet_store_t *store, const weir_frame_t *frame, uint64_t offset,
                          weir_span_t comments)
{
    bool ring = store->fd < 0;
    weir_packet_entry_t entry = {.at = offset,
                                 .time_ns = frame->time_ns,
                                 .caplen = frame->caplen,
                                 .wire_len = frame->wire_len,
                                 .link = frame->link,
                                 .iface = frame->iface,
                                 .direction = frame->direction,
                                 .timeless = frame->timeless};
    if (store->count == store->limits.packets && !ring) {
        store->refused++;
        return 0;
    }
    if (ring && entry.caplen > store->limits.bytes)
        entry.caplen = (uint32_t)store->limits.bytes;
    if (store->count == store->limits.packets)
        oldest_drop(store);
    int r = entries_reserve(store);
    if (r == 0 && ring)
        r = ring_place(store, entry.caplen, &entry.at);
    if (r < 0)
        return r;
    if (ring && entry.caplen)
        memcpy(store->ring + entry.at % store->limits.bytes, frame->data, entry.caplen);
    *entry_at(store, store->count++) = entry;
    if (comments.len)
        comments_add(store, store->first + store->count - 1, comments);
    return 0;
}

/* The file's bytes from `at` on into the window, at least `n` of them. */
static int window_read(weir_packet_store_t *store, uint64_t at, size_t n)
{
    if (at >= store->window_at && at + n <= store->window_at + store->window_len)
        return 0;
    size_t room = n > WINDOW_BYTES ? n : WINDOW_BYTES;
    if (room > store->window_room) {
        free(store->window);
        store->window_room = store->window_len = 0;
        store->window = malloc(room);
        if (!store->window)
            return -ENOMEM;
        store->window_room = room;
    }
    store->window_at = at;
    store->window_len = 0;
    while (store->window_len < room) {
        ssize_t got =
            TEMP_FAILURE_RETRY(pread(store->fd, store->window + store->window_len,
                                     room - store->window_len, (off_t)(at + store->window_len)));
        if (got <= 0)
            break;
        store->window_len += (size_t)got;
    }
    return store->window_len >= n ? 0 : -EIO;
}

static int bytes_find(weir_packet_store_t *store, const weir_packet_entry_t *entry,
                      const uint8_t **ret_data)
{
    if (store->fd < 0) {
        *ret_data = store->ring + entry->at % store->limits.bytes;
        return 0;
    }
    int r = window_read(store, entry->at, entry->caplen);
    if (r == 0)
        *ret_data = store->window + (entry->at - store->window_at);
    return r;
}

int weir_packet_store_get(weir_packet_store_t *store, uint64_t number, weir_frame_t *ret_frame)
{
    const weir_packet_entry_t *entry = entry_of(store, number);
    const uint8_t *data = (const uint8_t *)"";
    int r = entry ? 0 : -ENOENT;
    if (r == 0 && entry->caplen)
        r = bytes_find(store, entry, &data);
    if (r < 0)
        return r;
    *ret_frame = (weir_frame_t){.data = data,
                                .time_ns = entry->time_ns,
                                .caplen = entry->caplen,
                                .wire_len = entry->wire_len,
                                .link = entry->link,
                                .iface = entry->iface,
                                .direction = entry->direction,
                                .timeless = entry->timeless};
    return 0;
}

int64_t weir_packet_store_time(const weir_packet_store_t *store, uint64_t number)
{
    const weir_packet_entry_t *entry = entry_of(store, number);
    return entry ? entry->time_ns : 0;
}

weir_span_t weir_packet_store_comments(const weir_packet_store_t *store, uint64_t number)
{
    size_t low = 0, high = store->commented_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (store->commented[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == store->commented_count || store->commented[low].number != number)
        return (weir_span_t){0};
    const struct weir_packet_comment *found = &store->commented[low];
    return (weir_span_t){(const uint8_t *)store->comments.data + found->at, found->len};
}
