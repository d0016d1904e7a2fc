#include "engine/frames.h"

#include "packet/pcapng_read.h"
#include "packet/reader.h"
#include "packet/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define IFACES_MOST ((size_t)65535) /* frame->iface has 16 bits; the last one takes all beyond */
#define READ_WAIT_MS 100
#define NAME_SIZE 64
#define COMMENTS_CEILING ((size_t)64 << 20) /* [byte] of a batch, and of the file as a whole */

/* An interface that was met, with the kind of link that its packets had. */
typedef struct face {
    uint32_t index;
    uint16_t link;
    char name[NAME_SIZE];
} face_t;

/* Where a frame's comments are in frames->comments. */
typedef struct note {
    uint64_t offset;
    size_t at, len;
} note_t;

struct weir_frames {
    weir_platform_capture_t *capture; /* NULL: a file */
    weir_captured_t *captured;        /* of one batch; owned */
    size_t captured_room;
    face_t *faces; /* owned */
    size_t face_count, face_room;
    weir_reader_t reader; /* of a file, with these: */
    weir_stream_t *stream;
    weir_span_t *options; /* of one batch; owned, as these: */
    note_t *notes;
    size_t note_room;
    weir_buf_t comments;         /* of one batch */
    weir_buf_t of_file;          /* comments */
    weir_capture_names_t *names; /* borrowed; NULL: not wanted */
    weir_input_t input;
    int fd;
    bool standard_input, regular;
    uint64_t file_bytes; /* 0: not known */
    atomic_bool interrupted;
    uint64_t seen;
    char error[WEIR_CAPTURE_ERROR_SIZE];
};

void weir_frames_close(weir_frames_t *frames)
{
    if (!frames)
        return;
    weir_platform_capture_close(frames->capture);
    weir_stream_free(frames->stream);
    weir_reader_done(&frames->reader);
    weir_buf_done(&frames->comments);
    weir_buf_done(&frames->of_file);
    free(frames->options);
    free(frames->notes);
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
    if (!frames)
        return NULL;
    frames->fd = -1;
    weir_buf_init(&frames->comments, COMMENTS_CEILING);
    weir_buf_init(&frames->of_file, COMMENTS_CEILING);
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

static face_t *face_new(weir_frames_t *frames)
{
    if (frames->face_count == frames->face_room) {
        size_t room = frames->face_room ? 2 * frames->face_room : 8;
        face_t *faces = realloc(frames->faces, room * sizeof(*faces));
        if (!faces)
            return NULL;
        frames->faces = faces;
        frames->face_room = room;
    }
    face_t *face = &frames->faces[frames->face_count++];
    *face = (face_t){0};
    return face;
}

/* Interfaces come in the order in which the reader numbers them. */
static void iface_told(weir_frames_t *frames, bool big, weir_span_t options)
{
    face_t *face = frames->face_count < IFACES_MOST ? face_new(frames) : NULL;
    if (!face)
        return;
    weir_buf_t name;
    weir_buf_init(&name, (size_t)1 << 17);
    weir_pcapng_texts_put(&name, options, big, WEIR_PCAPNG_OPTION_IFACE_NAME);
    (void)snprintf(face->name, NAME_SIZE, "%s", weir_buf_text(&name));
    weir_buf_done(&name);
}

static void name_told(void *context, const weir_address_t *address, const char *name)
{
    weir_frames_t *frames = context;
    if (frames->names)
        weir_capture_names_give(frames->names, address, name);
}

static void block_told(void *context, uint32_t type, bool big, weir_span_t body)
{
    weir_frames_t *frames = context;
    if (type == WEIR_PCAPNG_NAMES)
        weir_pcapng_names_read(body, big, name_told, frames);
    else if (type == WEIR_PCAPNG_IFACE)
        iface_told(frames, big, weir_pcapng_options(type, body));
    else
        weir_pcapng_texts_put(&frames->of_file, weir_pcapng_options(type, body), big,
                              WEIR_PCAPNG_OPTION_COMMENT);
}

static int file_begin(weir_frames_t *frames, const char *path)
{
    struct stat status;
    if (fstat(frames->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        frames->regular = !frames->standard_input;
        frames->file_bytes = (uint64_t)status.st_size;
    }
    weir_reader_init(&frames->reader);
    frames->reader.block = block_told;
    frames->reader.block_context = frames;
    frames->input = (weir_input_t){.name = path, .read = file_read, .context = frames};
    return weir_stream_new(&frames->input, 1, &frames->stream);
}

int weir_frames_open_file(const char *path, weir_frames_t **ret_frames,
                          char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    weir_frames_t *frames = frames_new(ret_error);
    if (!frames)
        return -ENOMEM;
    frames->standard_input = strcmp(path, "-") == 0;
    frames->fd = frames->standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int r = frames->fd < 0 ? -errno : file_begin(frames, path);
    if (r < 0) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot open %.160s: %s", path,
                       r == -EBADMSG ? "damaged compressed data" : strerror(-r));
        weir_frames_close(frames);
        return r;
    }
    *ret_frames = frames;
    return 0;
}

static int notes_reserve(weir_frames_t *frames, size_t room)
{
    if (room <= frames->note_room)
        return 0;
    weir_span_t *options = realloc(frames->options, room * sizeof(*options));
    if (options)
        frames->options = options;
    note_t *notes = realloc(frames->notes, room * sizeof(*notes));
    if (notes)
        frames->notes = notes;
    if (!options || !notes)
        return -ENOMEM;
    frames->note_room = room;
    return 0;
}

/* `offset` [byte] of the window that the frames point into. */
static void notes_make(weir_frames_t *frames, const weir_frame_t *list, size_t n,
                       const uint8_t *window, uint64_t offset)
{
    bool has_options = frames->reader.format == WEIR_CAPTURE_FORMAT_PCAPNG;
    weir_buf_clear(&frames->comments);
    for (size_t i = 0; i < n; i++) {
        size_t at = frames->comments.len;
        if (has_options && frames->options[i].len)
            weir_pcapng_texts_put(&frames->comments, frames->options[i], frames->reader.big,
                                  WEIR_PCAPNG_OPTION_COMMENT);
        frames->notes[i] = (note_t){.offset = offset + (uint64_t)(list[i].data - window),
                                    .at = at,
                                    .len = frames->comments.len - at};
    }
}

static int file_fail(weir_frames_t *frames, int r)
{
    if (frames->reader.error[0])
        (void)snprintf(frames->error, sizeof(frames->error), "%.190s", frames->reader.error);
    else if (r == -EBADMSG)
        (void)snprintf(frames->error, sizeof(frames->error), "damaged compressed data");
    else
        (void)snprintf(frames->error, sizeof(frames->error), "%s", strerror(-r));
    return r;
}

static int file_next(weir_frames_t *frames, weir_frame_t *list, size_t room)
{
    weir_reader_t *reader = &frames->reader;
    if (notes_reserve(frames, room) < 0)
        return -ENOMEM;
    reader->options = frames->options;
    for (bool last = false;;) {
        weir_span_t window = {0};
        size_t used = 0;
        uint64_t offset = reader->offset;
        int r = weir_stream_window(frames->stream, reader->need, &window, &last);
        if (r < 0)
            return file_fail(frames, r);
        r = weir_reader_parse(reader, window, last, list, room, &used);
        if (r < 0)
            return file_fail(frames, r);
        weir_stream_consume(frames->stream, used);
        if (r > 0) {
            weir_stream_lend(frames->stream);
            notes_make(frames, list, (size_t)r, window.data, offset);
            frames->seen += (uint64_t)r;
            return r;
        }
        if (last && used == 0)
            return -ENODATA;
    }
}

weir_frame_note_t weir_frames_note(const weir_frames_t *frames, size_t i)
{
    if (frames->capture)
        return (weir_frame_note_t){0};
    const note_t *note = &frames->notes[i];
    weir_frame_note_t told = {.offset = note->offset};
    if (note->len)
        told.comments = (weir_span_t){(const uint8_t *)frames->comments.data + note->at, note->len};
    return told;
}

weir_span_t weir_frames_comments(const weir_frames_t *frames)
{
    return (weir_span_t){(const uint8_t *)frames->of_file.data, frames->of_file.len};
}

void weir_frames_names(weir_frames_t *frames, weir_capture_names_t *names)
{
    frames->names = names;
}

int weir_frames_fd(const weir_frames_t *frames)
{
    return frames->regular && weir_stream_plain(frames->stream) ? frames->fd : -1;
}

double weir_frames_progress(const weir_frames_t *frames)
{
    if (!frames->file_bytes)
        return -1;
    double share = (double)weir_stream_position(frames->stream) / (double)frames->file_bytes;
    return share < 1 ? share : 1;
}

/* ---- Live ------------------------------------------------------------------------------------ */

static int face_add(weir_frames_t *frames, const weir_captured_t *packet)
{
    static_assert(NAME_SIZE >= IF_NAMESIZE, "a system's name fits");
    face_t *face = face_new(frames);
    if (!face)
        return -ENOMEM;
    face->index = packet->iface;
    face->link = packet->link;
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
