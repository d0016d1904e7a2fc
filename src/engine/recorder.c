#include "engine/recorder.h"

#include "base/index.h"
#include "packet/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define GATHER_BYTES ((size_t)1 << 20) /* before they are written */
#define GATHER_CEILING ((size_t)256 << 20)
#define PATH_SIZE 4096
#define IFACES_MOST ((size_t)65536)
#define ENDS_MOST ((size_t)65536) /* addresses of one file whose names are written */
#define RECENT 16384              /* flows whose addresses need no second look */
#define NAMES_BLOCK 4096          /* names in one block */

/* An interface of the file that is written. */
typedef struct face {
    bool declared;
    uint32_t number; /* in the file */
} face_t;

/* The addresses of a file's packets. */
typedef struct ends {
    weir_index_t index; /* of their hashes */
    weir_address_t *list;
    size_t count, room;
    uint64_t recent[RECENT]; /* hashes of flows whose ends are there */
} ends_t;

struct weir_recorder {
    const weir_recorder_options_t *options;
    weir_decoder_t decoder;
    ends_t ends;
    weir_digest_t *digests; /* of the frames that were looked at; owned */
    size_t digest_room, digest_count, digest_at;
    size_t ahead; /* frames that were looked at and not put yet */
    char path[PATH_SIZE];
    int fd;        /* -1: none is open */
    uint32_t file; /* number of the file, from 1 on */
    weir_buf_t buf;
    weir_buf_t comments; /* of each file */
    face_t *faces;       /* by frame->iface; owned */
    size_t face_room;
    uint32_t declared;         /* interfaces in this file */
    uint64_t file_bytes;       /* written or gathered */
    int64_t first_ns, last_ns; /* times of the file's packets */
    bool any;                  /* the file has a packet */
    uint64_t packets;          /* in files */
    uint64_t gathered;         /* packets in `buf` */
    int error;                 /* sticks */
};

/* "a.pcapng" is a-00001.pcapng; a name without an ending gets the number behind it. */
static int path_make(weir_recorder_t *recorder)
{
    const weir_recorder_options_t *options = recorder->options;
    bool rotates = options->rotate_bytes || options->rotate_ns;
    const char *slash = strrchr(options->path, '/');
    const char *dot = strrchr(slash ? slash : options->path, '.');
    size_t stem =
        dot && dot != options->path ? (size_t)(dot - options->path) : strlen(options->path);
    int n = rotates ? snprintf(recorder->path, PATH_SIZE, "%.*s-%05u%s", (int)stem, options->path,
                               recorder->file, options->path + stem)
                    : snprintf(recorder->path, PATH_SIZE, "%s", options->path);
    return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

static void section_put(weir_recorder_t *recorder)
{
    struct utsname name;
    char system[160] = "";
    if (uname(&name) == 0)
        (void)snprintf(system, sizeof(system), "%.64s %.64s", name.sysname, name.release);
    weir_pcapng_put_section(
        &recorder->buf, system, "Weir " WEIR_VERSION,
        (weir_span_t){(const uint8_t *)recorder->comments.data, recorder->comments.len});
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* What finds no room stays without a name. */
static void end_add(ends_t *ends, const weir_address_t *address)
{
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    uint64_t hash = weir_hash_u64(words[0] ^ weir_hash_u64(words[1] ^ address->family));
    if (ends->count == ENDS_MOST || weir_index_get(&ends->index, hash) != WEIR_INDEX_NONE)
        return;
    if (ends->count == ends->room) {
        size_t room = ends->room ? 2 * ends->room : 64;
        weir_address_t *list = realloc(ends->list, room * sizeof(*list));
        if (!list)
            return;
        ends->list = list;
        ends->room = room;
    }
    if (weir_index_set(&ends->index, hash, (uint32_t)ends->count) == 0)
        ends->list[ends->count++] = *address;
}

static void ends_note(ends_t *ends, const weir_digest_t *digest)
{
    uint64_t *recent = &ends->recent[digest->hash % RECENT];
    if (*recent == digest->hash) /* the flow was met a short time ago */
        return;
    *recent = digest->hash;
    bool version6 = weir_key_ipv6(&digest->key);
    weir_address_t low = weir_address_from_words(digest->key.low, version6);
    weir_address_t high = weir_address_from_words(digest->key.high, version6);
    end_add(ends, &low);
    end_add(ends, &high);
}

void weir_recorder_look(weir_recorder_t *recorder, const weir_frame_t *list, size_t count)
{
    weir_capture_names_t *names = recorder->options->names;
    if (!names)
        return;
    if (count > recorder->digest_room) {
        free(recorder->digests);
        recorder->digests = calloc(count, sizeof(*recorder->digests));
        recorder->digest_room = recorder->digests ? count : 0;
    }
    count = count < recorder->digest_room ? count : recorder->digest_room;
    weir_capture_names_lock(names);
    recorder->digest_count = weir_decode(&recorder->decoder, list, count, recorder->digests);
    weir_capture_names_unlock(names);
    recorder->digest_at = 0;
    recorder->ahead = count;
}

/* The digests are in the order of the frames, and some frames have none. */
static void frame_note(weir_recorder_t *recorder, const weir_frame_t *frame)
{
    if (recorder->ahead == 0)
        weir_recorder_look(recorder, frame, 1);
    recorder->ahead -= recorder->ahead > 0;
    if (recorder->digest_at == recorder->digest_count)
        return;
    const weir_digest_t *digest = &recorder->digests[recorder->digest_at];
    if (digest->packet < frame->data || digest->packet > frame->data + frame->caplen)
        return;
    ends_note(&recorder->ends, digest);
    recorder->digest_at++;
}

static void ends_clear(ends_t *ends)
{
    weir_index_clear(&ends->index);
    ends->count = 0;
    memset(ends->recent, 0, sizeof(ends->recent));
}

/* The names of the file's addresses, in blocks that readers take whole. */
static void names_put(weir_recorder_t *recorder)
{
    weir_capture_names_t *names = recorder->options->names;
    const ends_t *ends = &recorder->ends;
    weir_pcapng_name_t *list = calloc(NAMES_BLOCK, sizeof(*list));
    size_t count = 0;
    weir_capture_names_lock(names);
    for (size_t i = 0; list && i < ends->count; i++) {
        const char *name = weir_capture_names_find(names, &ends->list[i], 0);
        for (size_t n = 1; name; name = weir_capture_names_find(names, &ends->list[i], n++)) {
            list[count++] = (weir_pcapng_name_t){.address = ends->list[i], .name = name};
            if (count < NAMES_BLOCK)
                continue;
            weir_pcapng_put_names(&recorder->buf, list, count);
            count = 0;
        }
    }
    if (count)
        weir_pcapng_put_names(&recorder->buf, list, count);
    weir_capture_names_unlock(names);
    free(list);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static int file_begin(weir_recorder_t *recorder)
{
    recorder->file++;
    int r = path_make(recorder);
    if (r < 0)
        return r;
    bool output = strcmp(recorder->options->path, "-") == 0;
    recorder->fd = output ? STDOUT_FILENO
                          : open(recorder->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (recorder->fd < 0)
        return -errno;
    for (size_t i = 0; i < recorder->face_room; i++)
        recorder->faces[i].declared = false;
    recorder->declared = 0;
    recorder->file_bytes = 0;
    recorder->any = false;
    ends_clear(&recorder->ends);
    section_put(recorder);
    return 0;
}

/* What a failed write has left of a block is taken back; the packets before it are there. */
static void file_mend(weir_recorder_t *recorder, size_t written)
{
    uint64_t packets = 0;
    size_t whole = weir_pcapng_whole((const uint8_t *)recorder->buf.data, written, &packets);
    recorder->packets += packets;
    off_t at = lseek(recorder->fd, 0, SEEK_CUR);
    if (at >= 0 && whole < written)
        (void)ftruncate(recorder->fd, at - (off_t)(written - whole)); /* else a reader says "cut" */
}

int weir_recorder_flush(weir_recorder_t *recorder)
{
    size_t written = 0;
    if (recorder->error)
        return recorder->error;
    if (recorder->buf.error)
        recorder->error = recorder->buf.error;
    while (!recorder->error && written < recorder->buf.len) {
        ssize_t n = TEMP_FAILURE_RETRY(
            write(recorder->fd, recorder->buf.data + written, recorder->buf.len - written));
        if (n < 0)
            recorder->error = -errno;
        else
            written += (size_t)n;
    }
    if (recorder->error)
        file_mend(recorder, written);
    else
        recorder->packets += recorder->gathered;
    recorder->gathered = 0;
    weir_buf_clear(&recorder->buf);
    return recorder->error;
}

static int file_end(weir_recorder_t *recorder)
{
    if (recorder->options->names && !recorder->error)
        names_put(recorder);
    int r = weir_recorder_flush(recorder);
    if (recorder->fd != STDOUT_FILENO && close(recorder->fd) < 0 && r == 0)
        r = recorder->error = -errno; /* network file systems tell a full disk here */
    recorder->fd = -1;
    return r;
}

static void recorder_free(weir_recorder_t *recorder)
{
    weir_buf_done(&recorder->buf);
    weir_buf_done(&recorder->comments);
    weir_index_done(&recorder->ends.index);
    free(recorder->ends.list);
    free(recorder->digests);
    free(recorder->faces);
    free(recorder);
}

int weir_recorder_open(const weir_recorder_options_t *options, weir_recorder_t **ret_recorder)
{
    weir_recorder_t *recorder = calloc(1, sizeof(*recorder));
    if (!recorder)
        return -ENOMEM;
    *recorder = (weir_recorder_t){.options = options, .fd = -1};
    weir_buf_init(&recorder->buf, GATHER_CEILING);
    weir_buf_init(&recorder->comments, GATHER_CEILING);
    weir_buf_put(&recorder->comments, options->comments.data, options->comments.len);
    if (options->names && options->learn)
        recorder->decoder.learnt.hostnames = weir_capture_names_learnt(options->names);
    int r = file_begin(recorder);
    if (r == 0)
        r = weir_recorder_flush(recorder);
    if (r < 0) {
        if (recorder->fd != STDOUT_FILENO)
            weir_closep(&recorder->fd);
        recorder_free(recorder);
        return r;
    }
    *ret_recorder = recorder;
    return 0;
}

static int faces_reserve(weir_recorder_t *recorder, size_t number)
{
    size_t room = recorder->face_room;
    while (room <= number)
        room = room ? 2 * room : 8;
    if (room == recorder->face_room)
        return 0;
    face_t *faces = realloc(recorder->faces, room * sizeof(*faces));
    if (!faces)
        return -ENOMEM;
    memset(faces + recorder->face_room, 0, (room - recorder->face_room) * sizeof(*faces));
    recorder->faces = faces;
    recorder->face_room = room;
    return 0;
}

/* The number in the file of the packet's interface, which is declared before its first packet. */
static int face_declare(weir_recorder_t *recorder, const weir_frame_t *frame, const char *iface)
{
    int r = faces_reserve(recorder, frame->iface);
    if (r < 0)
        return r;
    face_t *face = &recorder->faces[frame->iface];
    if (face->declared)
        return 0;
    weir_pcapng_iface_t description = {.name = iface,
                                       .filter = recorder->options->filter,
                                       .snaplen = recorder->options->snaplen,
                                       .link = frame->link};
    weir_pcapng_put_iface(&recorder->buf, &description);
    *face = (face_t){.declared = true, .number = recorder->declared++};
    return 0;
}

static bool rotation_due(const weir_recorder_t *recorder, const weir_frame_t *frame)
{
    const weir_recorder_options_t *options = recorder->options;
    uint64_t bytes = recorder->file_bytes + frame->caplen + 44;
    if (!recorder->any)
        return false;
    return (options->rotate_bytes && bytes > options->rotate_bytes) ||
           (options->rotate_ns && frame->time_ns > recorder->first_ns &&
            (uint64_t)(frame->time_ns - recorder->first_ns) >= options->rotate_ns);
}

int weir_recorder_put(weir_recorder_t *recorder, const weir_frame_t *frame, const char *iface,
                      weir_span_t comments)
{
    if (recorder->error)
        return recorder->error;
    int r = 0;
    if (rotation_due(recorder, frame)) {
        r = file_end(recorder);
        if (r == 0)
            r = file_begin(recorder);
    }
    if (r == 0)
        r = face_declare(recorder, frame, iface);
    if (r < 0)
        return recorder->error = r;
    weir_frame_t numbered = *frame;
    numbered.iface = (uint16_t)recorder->faces[frame->iface].number;
    if (!recorder->any)
        recorder->first_ns = frame->time_ns;
    recorder->any = true;
    recorder->last_ns = frame->time_ns;
    size_t before = recorder->buf.len;
    weir_pcapng_put_packet(&recorder->buf, &numbered, comments);
    recorder->file_bytes += recorder->buf.len - before;
    recorder->gathered++;
    if (recorder->options->names)
        frame_note(recorder, frame);
    return recorder->buf.len >= GATHER_BYTES ? weir_recorder_flush(recorder) : 0;
}

uint64_t weir_recorder_packets(const weir_recorder_t *recorder)
{
    return recorder->packets + recorder->gathered;
}

const char *weir_recorder_path(const weir_recorder_t *recorder)
{
    return recorder->path;
}

int weir_recorder_close(weir_recorder_t *recorder, uint64_t received, uint64_t dropped)
{
    int r = recorder->error;
    if (r == 0 && recorder->declared == 1 && received)
        weir_pcapng_put_counts(&recorder->buf, 0, recorder->last_ns, received, dropped);
    if (recorder->fd >= 0) {
        int ended = file_end(recorder);
        r = r ? r : ended;
    }
    recorder_free(recorder);
    return r;
}
