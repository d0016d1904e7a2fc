#include "engine/frames.h"

#include "packet/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define IFACES_MOST ((size_t)65535) /* frame->iface has 16 bits; the last one takes all beyond */
#define READ_WAIT_MS 100

/* An interface that was met, with the kind of link that its packets had. */
typedef struct face {
    uint32_t index;
    uint16_t link;
    char name[IF_NAMESIZE];
} face_t;

struct weir_frames {
    weir_platform_capture_t *capture; /* NULL: a file */
    weir_captured_t *captured;        /* of one batch; owned */
    size_t captured_room;
    face_t *faces; /* owned */
    size_t face_count, face_room;
    weir_feed_t *feed;
    weir_input_t input;
    int fd;
    bool standard_input;
    atomic_bool interrupted;
    uint64_t seen;
    char error[WEIR_CAPTURE_ERROR_SIZE];
};

void weir_frames_close(weir_frames_t *frames)
{
    if (!frames)
        return;
    weir_platform_capture_close(frames->capture);
    weir_feed_free(frames->feed);
    if (!frames->standard_input)
        weir_closep(&frames->fd);
    free(frames->captured);
    free(frames->faces);
    free(frames);
}

static weir_frames_t *frames_new(char *ret_error)
{
    weir_frames_t *frames = calloc(1, sizeof(*frames));
    (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "out of memory");
    if (frames)
        frames->fd = -1;
    return frames;
}

int weir_frames_open_live(const weir_capture_request_t *request, weir_frames_t **ret_frames,
                          char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    weir_frames_t *frames = frames_new(ret_error);
    if (!frames)
        return -ENOMEM;
    weir_capture_request_t single = *request;
    single.queues = 1; /* the order of the packets is kept */
    int r = weir_platform_capture_open(&single, &frames->capture, ret_error);
    if (r < 0) {
        weir_frames_close(frames);
        return r;
    }
    *ret_frames = frames;
    return 0;
}

/* ---- Files ----------------------------------------------------------------------------------- */

static ptrdiff_t file_read(void *context, void *buffer, size_t n)
{
    const weir_frames_t *frames = context;
    struct pollfd wait = {.fd = frames->fd, .events = POLLIN};
    while (!atomic_load_explicit(&frames->interrupted, memory_order_relaxed)) {
        int r = poll(&wait, 1, READ_WAIT_MS);
        if (r == 0 || (r < 0 && errno == EINTR))
            continue;
        ssize_t got = r < 0 ? -1 : read(frames->fd, buffer, n);
        if (got >= 0)
            return got;
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
    return 0;
}

int weir_frames_open_file(const char *path, weir_frames_t **ret_frames,
                          char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    weir_frames_t *frames = frames_new(ret_error);
    if (!frames)
        return -ENOMEM;
    frames->standard_input = strcmp(path, "-") == 0;
    frames->fd = frames->standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int r = frames->fd < 0 ? -errno : 0;
    if (r < 0)
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot open %.160s: %s", path,
                       strerror(-r));
    frames->input = (weir_input_t){.name = path, .read = file_read, .context = frames};
    if (r == 0)
        r = weir_feed_new(&frames->input, 1, 0, &frames->feed);
    if (r < 0) {
        weir_frames_close(frames);
        return r;
    }
    *ret_frames = frames;
    return 0;
}

static int file_next(weir_frames_t *frames, weir_frame_t *list, size_t room)
{
    int n = weir_feed_next(frames->feed, list, room);
    if (n != 0) {
        frames->seen += n > 0 ? (uint64_t)n : 0;
        return n;
    }
    weir_feed_source_t source = weir_feed_source(frames->feed, 0);
    if (source.error == 0)
        return -ENODATA;
    (void)snprintf(frames->error, sizeof(frames->error), "%.300s", source.text);
    return source.error;
}

/* ---- Live ------------------------------------------------------------------------------------ */

static int face_add(weir_frames_t *frames, const weir_captured_t *packet)
{
    if (frames->face_count == frames->face_room) {
        size_t room = frames->face_room ? 2 * frames->face_room : 8;
        face_t *faces = realloc(frames->faces, room * sizeof(*faces));
        if (!faces)
            return -ENOMEM;
        frames->faces = faces;
        frames->face_room = room;
    }
    face_t *face = &frames->faces[frames->face_count++];
    *face = (face_t){.index = packet->iface, .link = packet->link};
    if (!if_indextoname(packet->iface, face->name))
        face->name[0] = '\0';
    return 0;
}

static uint16_t face_find(weir_frames_t *frames, const weir_captured_t *packet)
{
    for (size_t i = frames->face_count; i > 0; i--)
        if (frames->faces[i - 1].index == packet->iface &&
            frames->faces[i - 1].link == packet->link)
            return (uint16_t)(i - 1);
    if (frames->face_count == IFACES_MOST || face_add(frames, packet) < 0)
        return UINT16_MAX;
    return (uint16_t)(frames->face_count - 1);
}

static int live_next(weir_frames_t *frames, int timeout_ms, weir_frame_t *list, size_t room)
{
    if (frames->captured_room < room) {
        weir_captured_t *captured = realloc(frames->captured, room * sizeof(*captured));
        if (!captured)
            return -ENOMEM;
        frames->captured = captured;
        frames->captured_room = room;
    }
    int n = weir_platform_capture_next(frames->capture, 0, timeout_ms, frames->captured, room);
    for (int i = 0; i < n; i++) {
        const weir_captured_t *packet = &frames->captured[i];
        list[i] = (weir_frame_t){.data = packet->data,
                                 .time_ns = packet->time_ns,
                                 .caplen = packet->caplen,
                                 .wire_len = packet->wire_len,
                                 .link = packet->link,
                                 .iface = face_find(frames, packet),
                                 .direction = packet->direction};
    }
    return n;
}

int weir_frames_next(weir_frames_t *frames, int timeout_ms, weir_frame_t *list, size_t room)
{
    frames->error[0] = '\0';
    if (!frames->capture)
        return file_next(frames, list, room);
    return live_next(frames, timeout_ms, list, room);
}

const char *weir_frames_error(const weir_frames_t *frames)
{
    return frames->error;
}

const char *weir_frames_iface(const weir_frames_t *frames, const weir_frame_t *frame)
{
    bool known = frame->iface < frames->face_count && frames->faces[frame->iface].name[0];
    return known ? frames->faces[frame->iface].name : NULL;
}

weir_capture_counts_t weir_frames_counts(weir_frames_t *frames)
{
    if (frames->capture)
        return weir_platform_capture_counts(frames->capture);
    return (weir_capture_counts_t){.seen = frames->seen};
}

void weir_frames_interrupt(weir_frames_t *frames)
{
    atomic_store_explicit(&frames->interrupted, true, memory_order_relaxed);
    if (frames->capture)
        weir_platform_capture_wake(frames->capture, 0);
}
