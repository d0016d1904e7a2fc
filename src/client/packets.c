/*
 * The thread reads, learns names and adds to the store; everything that both threads touch is
 * behind one mutex, which each holds for a batch or a packet only.
 */
#include "client/packets.h"

#include "client/packet_store.h"
#include "packet/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define BATCH ((size_t)1024)
#define WAIT_MS 200
#define COUNTS_EVERY 64 /* batches between two looks at the kernel's counters */
#define IFACE_NAME_SIZE 64

typedef struct iface_name {
    char text[IFACE_NAME_SIZE];
} iface_name_t;

struct weir_packets {
    weir_frames_t *frames; /* owned; the thread's, but for its name */
    weir_packets_options_t options;
    weir_capture_names_t *names;       /* owned; has a lock of its own */
    weir_fragments_t *fragments;       /* owned */
    weir_decoder_t decoder;            /* the thread's, for names */
    weir_recorder_options_t recording; /* the thread's */
    weir_recorder_t *recorder;         /* owned; the thread's; NULL: nothing is recorded */
    int record_error;                  /* the thread's */
    weir_frame_t *list;                /* the thread's; owned, of BATCH */
    weir_digest_t *digests;            /* likewise */
    pthread_t thread;
    bool started, begun;
    atomic_bool stop;
    int pipe[2];
    weir_dissection_t rows, lines; /* the user's, as are these: */
    weir_buf_t bytes;
    weir_buf_t comments[2]; /* of a row, and with lines */
    iface_name_t iface;

    pthread_mutex_t mutex; /* holds for all below */
    weir_packet_store_t store;
    weir_packets_state_t state;
    iface_name_t *ifaces; /* owned; by frame->iface */
    size_t iface_count;
    weir_buf_t of_file; /* comments */
    bool told;          /* a byte is in the pipe */
};

/* ---- The thread ------------------------------------------------------------------------------ */

/* Mutex held. */
static void change_tell(weir_packets_t *packets)
{
    if (!packets->told)
        (void)TEMP_FAILURE_RETRY(write(packets->pipe[1], "", 1)); /* it is empty: there is room */
    packets->told = true;
}

/* Interfaces are numbered as they appear; names of those that have none yet. Mutex held. */
static int iface_learn(weir_packets_t *packets, const weir_frame_t *frame)
{
    if (frame->iface < packets->iface_count)
        return 0;
    size_t count = (size_t)frame->iface + 1;
    iface_name_t *ifaces = realloc(packets->ifaces, count * sizeof(*ifaces));
    if (!ifaces)
        return -ENOMEM;
    packets->ifaces = ifaces;
    for (size_t i = packets->iface_count; i < count; i++) {
        weir_frame_t one = {.iface = (uint16_t)i};
        const char *name = weir_frames_iface(packets->frames, &one);
        (void)snprintf(ifaces[i].text, IFACE_NAME_SIZE, "%s", name ? name : "");
    }
    packets->iface_count = count;
    return 0;
}

static void names_learn(weir_packets_t *packets, size_t n)
{
    weir_capture_names_lock(packets->names);
    (void)weir_decode(&packets->decoder, packets->list, n, packets->digests);
    weir_capture_names_unlock(packets->names);
}

/* After an error the file stays as it is. */
static void batch_record(weir_packets_t *packets, size_t n)
{
    if (!packets->recorder || packets->record_error)
        return;
    int r = 0;
    weir_recorder_look(packets->recorder, packets->list, n);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = weir_recorder_put(packets->recorder, &packets->list[i],
                              weir_frames_iface(packets->frames, &packets->list[i]),
                              weir_frames_note(packets->frames, i).comments);
    packets->record_error = r == 0 ? weir_recorder_flush(packets->recorder) : r;
}

/* The first frames say whether bytes can be read again. */
static void source_begin(weir_packets_t *packets)
{
    int fd = weir_frames_fd(packets->frames);
    if (fd >= 0)
        weir_packet_store_file(&packets->store, fd);
    packets->state.ring_bytes = fd >= 0 ? 0 : packets->store.limits.bytes;
    packets->state.first_ns = packets->list[0].time_ns;
    packets->begun = true;
}

/* Mutex held. 0 or -ENOMEM. */
static int batch_add(weir_packets_t *packets, size_t n)
{
    int r = 0;
    if (!packets->begun)
        source_begin(packets);
    for (size_t i = 0; r == 0 && i < n; i++) {
        weir_frame_note_t note = weir_frames_note(packets->frames, i);
        r = iface_learn(packets, &packets->list[i]);
        if (r == 0)
            r = weir_packet_store_add(&packets->store, &packets->list[i], note.offset,
                                      note.comments);
    }
    weir_span_t comments = weir_frames_comments(packets->frames);
    if (comments.len > packets->of_file.len)
        weir_buf_put(&packets->of_file, comments.data + packets->of_file.len,
                     comments.len - packets->of_file.len);
    return r;
}

/* Mutex held. */
static void state_set(weir_packets_t *packets, const weir_capture_counts_t *counts)
{
    weir_packets_state_t *state = &packets->state;
    const weir_packet_store_t *store = &packets->store;
    state->first = store->first;
    state->count = store->count;
    state->omitted = store->first - 1 + store->refused;
    if (counts) {
        state->seen = counts->seen;
        state->dropped = counts->dropped;
    }
    state->progress = weir_frames_progress(packets->frames);
}

/* Mutex held. */
static void recorded_set(weir_packets_t *packets)
{
    weir_packets_state_t *state = &packets->state;
    if (!packets->recorder)
        return;
    state->recorded = weir_recorder_packets(packets->recorder);
    state->record_error = packets->record_error;
    (void)snprintf(state->record_path, sizeof(state->record_path), "%s",
                   weir_recorder_path(packets->recorder));
}

static void trouble_set(weir_packets_t *packets, int r)
{
    weir_packets_state_t *state = &packets->state;
    state->down = r == -ENETDOWN;
    if (state->down)
        return;
    state->ended = true;
    state->error = r == -ENODATA ? 0 : r;
    const char *error = weir_frames_error(packets->frames);
    if (state->error)
        (void)snprintf(state->text, sizeof(state->text), "%s", error[0] ? error : strerror(-r));
}

/* Returns how many of the batch are wanted. */
static size_t wanted(const weir_packets_t *packets, uint64_t taken, int n)
{
    uint64_t most = packets->options.count;
    size_t count = n > 0 ? (size_t)n : 0;
    return most && taken + count > most ? (size_t)(most - taken) : count;
}

/* Packets of before the end may still wait in the kernel: so that what was seen is what was
 * recorded and lost together. `left`: more of them are not wanted. */
static void rest_record(weir_packets_t *packets, uint64_t left)
{
    weir_clock_t clock = weir_clock_system();
    int64_t end_ns = weir_clock_now(&clock).wall_ns;
    weir_capture_counts_t counts = {0};
    for (int n = 1; n > 0 && left > 0;) {
        n = weir_frames_next(packets->frames, WAIT_MS, packets->list, BATCH);
        size_t count = n > 0 ? (size_t)n : 0;
        count = count < left ? count : (size_t)left;
        left -= count;
        if (!count)
            continue;
        names_learn(packets, count);
        batch_record(packets, count);
        if (packets->list[count - 1].time_ns >= end_ns)
            break;
    }
    counts = weir_frames_counts(packets->frames);
    (void)pthread_mutex_lock(&packets->mutex);
    packets->state.seen = counts.seen;
    packets->state.dropped = counts.dropped;
    recorded_set(packets);
    (void)pthread_mutex_unlock(&packets->mutex);
}

static void *thread_run(void *context)
{
    weir_packets_t *packets = context;
    weir_capture_counts_t counts = {0};
    uint64_t taken = 0, looks = 0;
    for (bool ended = false; !ended && !atomic_load(&packets->stop);) {
        int n = weir_frames_next(packets->frames, WAIT_MS, packets->list, BATCH);
        size_t count = wanted(packets, taken, n);
        if (count) {
            names_learn(packets, count);
            batch_record(packets, count);
        }
        bool look = n <= 0 || looks++ % COUNTS_EVERY == 0;
        uint64_t dropped = counts.dropped;
        if (look)
            counts = weir_frames_counts(packets->frames);
        (void)pthread_mutex_lock(&packets->mutex);
        packets->state.down &= n <= 0;
        int r = count ? batch_add(packets, count) : 0;
        taken += count;
        if (n < 0 || r < 0)
            trouble_set(packets, n < 0 ? n : r);
        packets->state.ended |= packets->options.count && taken >= packets->options.count;
        state_set(packets, look ? &counts : NULL);
        recorded_set(packets);
        if (n != 0 || dropped != counts.dropped)
            change_tell(packets);
        ended = packets->state.ended;
        (void)pthread_mutex_unlock(&packets->mutex);
    }
    uint64_t most = packets->options.count;
    if (packets->recorder && !packets->state.ended)
        rest_record(packets, most ? most - taken : UINT64_MAX);
    return NULL;
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

static int room_make(weir_packets_t *packets)
{
    packets->names = weir_capture_names_new();
    packets->fragments = weir_fragments_new();
    packets->list = calloc(BATCH, sizeof(*packets->list));
    packets->digests = calloc(BATCH, sizeof(*packets->digests));
    if (!packets->names || !packets->fragments || !packets->list || !packets->digests)
        return -ENOMEM;
    weir_frames_names(packets->frames, packets->names);
    packets->decoder = (weir_decoder_t){
        .fragments = packets->fragments,
        .learnt.hostnames = weir_capture_names_learnt(packets->names),
    };
    int r = weir_dissection_init(&packets->rows, false);
    return r < 0 ? r : weir_dissection_init(&packets->lines, true);
}

static int recording_begin(weir_packets_t *packets)
{
    if (!packets->options.recording)
        return 0;
    packets->recording = *packets->options.recording;
    packets->recording.names = packets->names;
    packets->recording.learn = false; /* the thread does it anyway */
    int r = weir_recorder_open(&packets->recording, &packets->recorder);
    if (r == 0)
        recorded_set(packets);
    return r;
}

/* Signals are for the user's thread. */
static int thread_start(weir_packets_t *packets)
{
    sigset_t all, before;
    (void)sigfillset(&all); /* these fail for bad arguments only */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&packets->thread, NULL, thread_run, packets);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    packets->started = r == 0;
    return -r;
}

int weir_packets_open(weir_frames_t *frames, const weir_packets_options_t *options,
                      weir_packets_t **ret_packets)
{
    weir_packets_t *packets = calloc(1, sizeof(*packets));
    if (!packets) {
        weir_frames_close(frames);
        return -ENOMEM;
    }
    const weir_packet_limits_t limits = {
        .packets = options->most ? options->most : WEIR_PACKETS_MOST,
        .bytes = options->ring_bytes ? options->ring_bytes : WEIR_PACKETS_RING_BYTES};
    packets->frames = frames;
    packets->options = *options;
    packets->pipe[0] = packets->pipe[1] = -1;
    packets->state.first = 1;
    packets->state.progress = -1;
    weir_buf_init(&packets->bytes, WEIR_SNAPLEN_MOST + ((size_t)128 << 20));
    weir_buf_init(&packets->comments[0], (size_t)1 << 24);
    weir_buf_init(&packets->comments[1], (size_t)1 << 24);
    weir_buf_init(&packets->of_file, (size_t)1 << 26);
    weir_packet_store_init(&packets->store, &limits);
    (void)pthread_mutex_init(&packets->mutex, NULL); /* does not fail with usual attributes */
    int r = room_make(packets);
    if (r == 0 && pipe2(packets->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        r = -errno;
    if (r == 0)
        r = recording_begin(packets);
    if (r == 0)
        r = thread_start(packets);
    if (r < 0) {
        weir_packets_close(packets);
        return r;
    }
    *ret_packets = packets;
    return 0;
}

void weir_packets_end(weir_packets_t *packets)
{
    if (packets->started) {
        atomic_store(&packets->stop, true);
        weir_frames_interrupt(packets->frames);
        (void)pthread_join(packets->thread, NULL);
    }
    packets->started = false;
    weir_packets_state_t *state = &packets->state;
    if (!packets->recorder)
        return;
    int r = weir_recorder_close(WEIR_TAKE(packets->recorder), state->seen - state->dropped,
                                state->dropped);
    state->record_error = state->record_error ? state->record_error : r;
}

void weir_packets_close(weir_packets_t *packets)
{
    if (!packets)
        return;
    weir_packets_end(packets);
    weir_frames_close(packets->frames);
    weir_packet_store_done(&packets->store);
    weir_capture_names_free(packets->names);
    weir_fragments_free(packets->fragments);
    weir_dissection_done(&packets->rows);
    weir_dissection_done(&packets->lines);
    weir_buf_done(&packets->bytes);
    weir_buf_done(&packets->comments[0]);
    weir_buf_done(&packets->comments[1]);
    weir_buf_done(&packets->of_file);
    weir_closep(&packets->pipe[0]);
    weir_closep(&packets->pipe[1]);
    (void)pthread_mutex_destroy(&packets->mutex);
    free(packets->list);
    free(packets->digests);
    free(packets->ifaces);
    free(packets);
}

/* ---- The user -------------------------------------------------------------------------------- */

int weir_packets_fd(const weir_packets_t *packets)
{
    return packets->pipe[0];
}

void weir_packets_state(weir_packets_t *packets, weir_packets_state_t *ret_state)
{
    char byte = 0;
    (void)pthread_mutex_lock(&packets->mutex);
    if (packets->told)
        (void)!TEMP_FAILURE_RETRY(read(packets->pipe[0], &byte, 1));
    packets->told = false;
    *ret_state = packets->state;
    (void)pthread_mutex_unlock(&packets->mutex);
}

/* A copy, because the thread may write over what it came from. Mutex held. */
static int packet_copy(weir_packets_t *packets, uint64_t number, bool lines,
                       weir_packet_view_t *view)
{
    weir_buf_t *texts = &packets->comments[lines];
    int r = weir_packet_store_get(&packets->store, number, &view->frame);
    if (r < 0)
        return r;
    weir_span_t comments = weir_packet_store_comments(&packets->store, number);
    weir_buf_clear(&packets->bytes);
    weir_buf_clear(texts);
    weir_buf_put(&packets->bytes, view->frame.data, view->frame.caplen);
    weir_buf_put(texts, comments.data, comments.len);
    if (weir_buf_error(&packets->bytes) || weir_buf_error(texts))
        return -ENOMEM;
    view->frame.data =
        packets->bytes.data ? (const uint8_t *)packets->bytes.data : (const uint8_t *)"";
    view->comments = (weir_span_t){(const uint8_t *)texts->data, texts->len};
    return 0;
}

int weir_packets_read(weir_packets_t *packets, uint64_t number, bool lines,
                      weir_packet_view_t *ret_view)
{
    weir_packet_view_t view = {0};
    weir_dissection_t *dissection = lines ? &packets->lines : &packets->rows;
    packets->iface.text[0] = '\0';
    (void)pthread_mutex_lock(&packets->mutex);
    int r = packet_copy(packets, number, lines, &view);
    int64_t first_ns = packets->state.first_ns;
    if (r == 0 && view.frame.iface < packets->iface_count)
        packets->iface = packets->ifaces[view.frame.iface];
    (void)pthread_mutex_unlock(&packets->mutex);
    if (r < 0)
        return r;
    weir_dissect(&view.frame, dissection, &view.row);
    view.row.number = number;
    view.row.since_s = (double)(view.frame.time_ns - first_ns) / 1e9;
    weir_packet_know(&view.row, WEIR_PACKET_NUMBER);
    weir_packet_know(&view.row, WEIR_PACKET_SINCE);
    view.row.iface = packets->iface.text;
    if (packets->iface.text[0])
        weir_packet_know(&view.row, WEIR_PACKET_INTERFACE);
    view.dissection = lines ? dissection : NULL;
    *ret_view = view;
    return 0;
}

int64_t weir_packets_time(weir_packets_t *packets, uint64_t number)
{
    (void)pthread_mutex_lock(&packets->mutex);
    int64_t time_ns = weir_packet_store_time(&packets->store, number);
    (void)pthread_mutex_unlock(&packets->mutex);
    return time_ns;
}

bool weir_packets_name(weir_packets_t *packets, const weir_address_t *address,
                       char name[static WEIR_PACKETS_NAME_SIZE])
{
    weir_capture_names_lock(packets->names);
    const char *found = weir_capture_names_find(packets->names, address, 0);
    if (found)
        (void)snprintf(name, WEIR_PACKETS_NAME_SIZE, "%s", found);
    weir_capture_names_unlock(packets->names);
    return found;
}

/* ---- Saving ---------------------------------------------------------------------------------- */

static int one_save(weir_packets_t *packets, uint64_t number, weir_recorder_t *recorder)
{
    weir_packet_view_t view = {0};
    char iface[IFACE_NAME_SIZE] = "";
    (void)pthread_mutex_lock(&packets->mutex);
    int r = packet_copy(packets, number, false, &view);
    if (r == 0 && view.frame.iface < packets->iface_count)
        memcpy(iface, packets->ifaces[view.frame.iface].text, sizeof(iface));
    (void)pthread_mutex_unlock(&packets->mutex);
    if (r < 0)
        return r;
    return weir_recorder_put(recorder, &view.frame, iface[0] ? iface : NULL, view.comments);
}

struct weir_packets_save {
    weir_packets_t *packets;
    weir_recorder_options_t options;
    weir_recorder_t *recorder; /* owned */
    uint64_t *numbers;         /* owned; NULL: those from `first` on */
    uint64_t first;
    size_t count, next;
};

static void save_free(weir_packets_save_t *save)
{
    free(save->numbers);
    free(save);
}

static int save_open(weir_packets_save_t *save, const weir_packets_choice_t *choice)
{
    weir_packets_t *packets = save->packets;
    if (choice->numbers) {
        save->numbers = malloc((choice->count + 1) * sizeof(*save->numbers));
        if (!save->numbers)
            return -ENOMEM;
        memcpy(save->numbers, choice->numbers, choice->count * sizeof(*save->numbers));
    }
    (void)pthread_mutex_lock(&packets->mutex);
    save->options.comments =
        (weir_span_t){(const uint8_t *)packets->of_file.data, packets->of_file.len};
    int r = weir_recorder_open(&save->options, &save->recorder); /* copies the comments */
    (void)pthread_mutex_unlock(&packets->mutex);
    return r;
}

int weir_packets_save_begin(weir_packets_t *packets, const weir_packets_choice_t *choice,
                            const char *path, weir_packets_save_t **ret_save)
{
    weir_packets_save_t *save = calloc(1, sizeof(*save));
    if (!save)
        return -ENOMEM;
    save->packets = packets;
    save->options = (weir_recorder_options_t){.path = path, .names = packets->names};
    save->first = choice->first;
    save->count = choice->count;
    int r = save_open(save, choice);
    if (r < 0)
        save_free(save);
    else
        *ret_save = save;
    return r;
}

int weir_packets_save_step(weir_packets_save_t *save, size_t most)
{
    for (; most > 0 && save->next < save->count; most--) {
        size_t at = save->next++;
        int r = one_save(save->packets, save->numbers ? save->numbers[at] : save->first + at,
                         save->recorder);
        if (r < 0 && r != -ENOENT)
            return r;
    }
    return save->next < save->count;
}

size_t weir_packets_save_progress(const weir_packets_save_t *save, size_t *ret_of)
{
    *ret_of = save->count;
    return save->next;
}

int weir_packets_save_end(weir_packets_save_t *save, uint64_t *ret_written)
{
    uint64_t written = weir_recorder_packets(save->recorder);
    int r = weir_recorder_close(save->recorder, 0, 0);
    save_free(save);
    if (r == 0)
        *ret_written = written;
    return r;
}
