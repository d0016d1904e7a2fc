/*
 * `weir capture`: packets in full screen, as lines, and into a file.
 */
#include "cli/packet_lines.h"
#include "engine/frames.h"
#include "engine/recorder.h"
#include "platform/platform.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define BATCH 1024
#define WAIT_MS 100        /* between looks at signals */
#define FIRST_NS 300000000 /* a screen waits so long for a file's first packets */
#define QUEUE_BYTES ((uint32_t)32 << 20)
#define OUTPUT_CEILING ((size_t)1 << 30)

typedef struct session {
    weir_context_t *context;
    char iface[IF_NAMESIZE];     /* "": every one */
    weir_frames_t *frames;       /* owned */
    weir_capture_names_t *names; /* owned; NULL: nothing is recorded */
    weir_recorder_options_t recording;
    weir_recorder_t *recorder; /* owned; NULL: nothing is recorded */
    weir_packet_lines_t lines;
    bool list;      /* lines are wanted */
    bool screen;    /* full screen is wanted */
    bool told_down; /* that the interface is down */
    bool closed;    /* the reader has gone */
    uint64_t count; /* packets so far */
    weir_buf_t out;
} session_t;

/* ---- Beginning ------------------------------------------------------------------------------- */

/* Without -i the interface that carries the default route. */
static int iface_choose(session_t *session)
{
    const char *given = session->context->invocation.iface;
    if (given && strcmp(given, "any") == 0)
        return WEIR_EXIT_OK;
    if (given) {
        if (strlen(given) >= sizeof(session->iface))
            return weir_say(WEIR_EXIT_FAILED, "there is no interface '%s'; `weir show` lists them",
                            given);
        memcpy(session->iface, given, strlen(given) + 1);
        return WEIR_EXIT_OK;
    }
    weir_platform_links_t *links = NULL;
    if (weir_platform_links_open(&links) < 0)
        return WEIR_EXIT_OK;
    uint32_t index = weir_platform_default_route(links);
    weir_platform_links_close(links);
    if (index == 0 || !if_indextoname(index, session->iface))
        return weir_say(WEIR_EXIT_FAILED, "no interface carries the default route; name one with "
                                          "-i, or -i any");
    return WEIR_EXIT_OK;
}

static int open_fail(const session_t *session, int r, const char *error)
{
    if (r == -EPERM)
        return weir_say(WEIR_EXIT_DENIED, "%s; run: sudo weir capture%s%s", error,
                        session->iface[0] ? " -i " : " -i any", session->iface);
    return weir_say(r == -EINVAL ? WEIR_EXIT_USAGE : WEIR_EXIT_FAILED, "%s", error);
}

static int live_open(session_t *session)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    const char *backend = getenv("WEIR_CAPTURE"); /* "pcap": the portable one, for tests */
    int status = iface_choose(session);
    if (status != WEIR_EXIT_OK)
        return status;
    weir_capture_request_t request = {
        .iface = session->iface[0] ? session->iface : NULL,
        .filter = invocation->bpf,
        .snaplen = invocation->snaplen ? (uint32_t)invocation->snaplen : WEIR_SNAPLEN_MOST,
        .queue_bytes = QUEUE_BYTES,
        .queues = 1,
        .loopback = true,
        .promiscuous = true,
        .portable = backend && strcmp(backend, "pcap") == 0,
    };
    char error[WEIR_CAPTURE_ERROR_SIZE];
    int r = weir_frames_open_live(&request, &session->frames, error);
    return r < 0 ? open_fail(session, r, error) : WEIR_EXIT_OK;
}

static int file_open(session_t *session)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    char error[WEIR_CAPTURE_ERROR_SIZE];
    if (invocation->iface || invocation->bpf)
        return weir_say(WEIR_EXIT_USAGE, "-i and -f choose what is captured; a file is filtered "
                                         "with --filter");
    if (weir_frames_open_file(invocation->file, &session->frames, error) < 0)
        return weir_say(WEIR_EXIT_FAILED, "%s", error);
    return WEIR_EXIT_OK;
}

static void recording_set(session_t *session)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    session->recording = (weir_recorder_options_t){
        .path = invocation->write,
        .filter = invocation->bpf,
        .snaplen = invocation->snaplen ? (uint32_t)invocation->snaplen : WEIR_SNAPLEN_MOST,
        .rotate_bytes = invocation->rotate_bytes,
        .rotate_ns = invocation->rotate_ns,
        .comments = weir_frames_comments(session->frames),
        .names = session->names,
        .learn = true,
    };
}

static int write_fail(const session_t *session, int r)
{
    return weir_say(WEIR_EXIT_FAILED, "cannot write %s: %s", session->recording.path, strerror(-r));
}

static int recorder_open(session_t *session)
{
    if (!session->context->invocation.write || session->recorder)
        return WEIR_EXIT_OK;
    recording_set(session);
    int r = weir_recorder_open(&session->recording, &session->recorder);
    return r < 0 ? write_fail(session, r) : WEIR_EXIT_OK;
}

static int names_open(session_t *session)
{
    session->names = weir_capture_names_new();
    if (!session->names)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the names");
    weir_frames_names(session->frames, session->names);
    return WEIR_EXIT_OK;
}

/* A person sits at a terminal and asked for no other form. */
static bool screen_wanted(const session_t *session)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    bool written = invocation->write && (invocation->file || strcmp(invocation->write, "-") == 0);
    return !written && !invocation->columns && weir_fullscreen_wanted(session->context);
}

/* Who records wants no lines, unless they are asked for. */
static int session_open(session_t *session)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    bool output = invocation->write && strcmp(invocation->write, "-") == 0;
    session->list = !invocation->write || invocation->format_given;
    session->screen = screen_wanted(session);
    if (invocation->operand_count)
        return weir_say(WEIR_EXIT_USAGE,
                        "capture: '%s' is too much; -i names an interface, --file "
                        "a capture",
                        invocation->operands[0]);
    if (!invocation->write && (invocation->rotate_bytes || invocation->rotate_ns))
        return weir_say(WEIR_EXIT_USAGE, "--rotate is about the file that -w names");
    if (output && invocation->format_given)
        return weir_say(WEIR_EXIT_USAGE, "-w - and --format both want standard output");
    if (output && session->context->terminal)
        return weir_say(WEIR_EXIT_USAGE, "-w -: a terminal cannot show a capture; redirect it");
    int status = weir_packet_lines_init(&session->lines, session->context);
    if (status == WEIR_EXIT_OK)
        status = invocation->file ? file_open(session) : live_open(session);
    if (status != WEIR_EXIT_OK || !invocation->write || session->screen)
        return status;
    status = names_open(session);
    /* what a file says about itself is known once it was begun to read */
    return status == WEIR_EXIT_OK && !invocation->file ? recorder_open(session) : status;
}

/* ---- Packets --------------------------------------------------------------------------------- */

static int file_fail(const char *path, int r, uint64_t packets)
{
    return weir_say(WEIR_EXIT_FAILED,
                    "cannot write %s: %s; the packets before (%llu) are in it and can be read",
                    path, strerror(-r), (unsigned long long)packets);
}

static int record_fail(const session_t *session, int r)
{
    return file_fail(weir_recorder_path(session->recorder), r,
                     weir_recorder_packets(session->recorder));
}

static void recorded_say(uint64_t packets, uint64_t lost)
{
    (void)weir_say(0, "%llu packets recorded, %llu lost for want of room",
                   (unsigned long long)packets, (unsigned long long)lost);
}

static int batch_take(session_t *session, const weir_frame_t *list, int n)
{
    uint64_t most = session->context->invocation.count;
    int r = 0;
    if (recorder_open(session) != WEIR_EXIT_OK)
        return WEIR_EXIT_FAILED;
    if (session->recorder && n > 0)
        weir_recorder_look(session->recorder, list, (size_t)n);
    for (int i = 0; i < n && !(most && session->count >= most); i++) {
        const char *iface = weir_frames_iface(session->frames, &list[i]);
        session->count++;
        if (session->recorder)
            r = weir_recorder_put(session->recorder, &list[i], iface,
                                  weir_frames_note(session->frames, (size_t)i).comments);
        if (r < 0)
            return record_fail(session, r);
        if (session->list)
            weir_packet_lines_put(&session->lines, &session->out, &list[i], iface);
    }
    if (session->recorder)
        r = weir_recorder_flush(session->recorder);
    return r < 0 ? record_fail(session, r) : WEIR_EXIT_OK;
}

static int out_flush(session_t *session)
{
    int status = WEIR_EXIT_OK;
    if (session->out.len)
        status = weir_print(&session->out, &session->closed);
    weir_buf_clear(&session->out);
    return status;
}

/* Signals are let in here only. */
static bool is_ended(const session_t *session)
{
    static const struct timespec now = {0};
    uint64_t most = session->context->invocation.count;
    (void)ppoll(NULL, 0, &now, &session->context->wait_mask);
    return *session->context->signal || session->closed || (most && session->count >= most);
}

/* Returns a weir_exit_t, or -1 to go on. */
static int trouble_handle(session_t *session, int r)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    if (r == -ENODATA)
        return WEIR_EXIT_OK;
    if (r == -ENETDOWN) {
        if (!session->told_down)
            (void)weir_say(0, "%s is down; packets come when it is up again", session->iface);
        session->told_down = true;
        return -1;
    }
    if (r == -ENODEV)
        return weir_say(WEIR_EXIT_FAILED, "%s has gone; what it carried until then was taken",
                        session->iface);
    if (invocation->file && session->count > 0 && r == -EBADMSG)
        return weir_say(WEIR_EXIT_FAILED, "%s is damaged after %llu packets: %s", invocation->file,
                        (unsigned long long)session->count, weir_frames_error(session->frames));
    if (invocation->file)
        return weir_say(WEIR_EXIT_FAILED, "cannot read %s: %s", invocation->file,
                        weir_frames_error(session->frames));
    return weir_say(WEIR_EXIT_FAILED, "cannot capture on: %s", strerror(-r));
}

/*
 * At a signal packets of before it may still wait in the kernel: they are taken, so that what was
 * seen is what was recorded and lost together. Returns a weir_exit_t, or -1.
 */
static int rest_take(session_t *session, weir_frame_t *list)
{
    weir_clock_t clock = weir_clock_system();
    int64_t end_ns = weir_clock_now(&clock).wall_ns;
    uint64_t most = session->context->invocation.count;
    int status = -1;
    for (int n = 1; n > 0 && status < 0 && !(most && session->count >= most);) {
        n = weir_frames_next(session->frames, WAIT_MS, list, BATCH);
        if (n > 0 && batch_take(session, list, n) != WEIR_EXIT_OK)
            status = WEIR_EXIT_FAILED;
        int printed = out_flush(session);
        status = printed != WEIR_EXIT_OK ? printed : status;
        if (n > 0 && list[n - 1].time_ns >= end_ns)
            break;
    }
    return status;
}

static int packets_run(session_t *session)
{
    weir_frame_t *list = calloc(BATCH, sizeof(*list));
    int status = -1;
    if (!list)
        return weir_say(WEIR_EXIT_FAILED, "out of memory");
    if (session->list && session->context->invocation.format == WEIR_FORMAT_CSV)
        weir_export_csv_header(&session->out, &session->lines.export);
    while (status < 0 && !is_ended(session)) {
        int n = weir_frames_next(session->frames, WAIT_MS, list, BATCH);
        if (n < 0)
            status = trouble_handle(session, n);
        else if (batch_take(session, list, n) != WEIR_EXIT_OK)
            status = WEIR_EXIT_FAILED;
        int printed = out_flush(session);
        status = printed != WEIR_EXIT_OK ? printed : status;
    }
    if (status < 0 && *session->context->signal && session->recorder && !session->closed &&
        !session->context->invocation.file)
        status = rest_take(session, list);
    free(list);
    if (status < 0 && *session->context->signal && !session->recorder)
        return WEIR_EXIT_SIGNAL + *session->context->signal;
    return status < 0 ? WEIR_EXIT_OK : status;
}

/* ---- Full screen ----------------------------------------------------------------------------- */

/* What is wrong with a file from its first byte on is told without a screen. */
static int screen_begin(const session_t *session, weir_packets_t *packets)
{
    const weir_invocation_t *invocation = &session->context->invocation;
    weir_packets_state_t state = {0};
    struct pollfd wait = {.fd = weir_packets_fd(packets), .events = POLLIN};
    if (!invocation->file)
        return WEIR_EXIT_OK;
    (void)ppoll(&wait, 1, &(struct timespec){.tv_nsec = FIRST_NS}, &session->context->wait_mask);
    weir_packets_state(packets, &state);
    if (state.ended && state.error && !state.count)
        return weir_say(WEIR_EXIT_FAILED, "cannot read %s: %s", invocation->file, state.text);
    return WEIR_EXIT_OK;
}

/* What went into the file is told when the screen has gone. */
static int screen_recorded(weir_packets_t *packets, int status)
{
    weir_packets_state_t state;
    weir_packets_state(packets, &state);
    if (state.record_error)
        return file_fail(state.record_path, state.record_error, state.recorded);
    recorded_say(state.recorded, state.dropped);
    return status;
}

static int screen_run(session_t *session)
{
    bool recording = session->context->invocation.write;
    recording_set(session);
    const weir_packets_options_t options = {.count = session->context->invocation.count,
                                            .recording = recording ? &session->recording : NULL};
    weir_packets_t *packets = NULL;
    int r = weir_packets_open(session->frames, &options, &packets);
    session->frames = NULL;
    if (r < 0 && recording)
        return write_fail(session, r);
    if (r < 0)
        return weir_say(WEIR_EXIT_FAILED, "cannot list packets: %s", strerror(-r));
    int status = screen_begin(session, packets);
    if (status == WEIR_EXIT_OK)
        status = weir_fullscreen_packets(session->context, packets, session->iface);
    weir_packets_end(packets);
    if (recording)
        status = screen_recorded(packets, status);
    weir_packets_close(packets);
    return status;
}

/* ---- The end --------------------------------------------------------------------------------- */

static int session_end(session_t *session, int status)
{
    weir_capture_counts_t counts = {0};
    uint64_t recorded = 0;
    if (status == WEIR_EXIT_OK)
        status = session->screen ? status : recorder_open(session); /* of a file without packets */
    bool recording = session->recorder;
    if (session->frames)
        counts = weir_frames_counts(session->frames);
    if (recording) {
        recorded = weir_recorder_packets(session->recorder);
        int r =
            weir_recorder_close(session->recorder, counts.seen - counts.dropped, counts.dropped);
        if (r < 0 && status == WEIR_EXIT_OK)
            status = weir_say(WEIR_EXIT_FAILED, "cannot write %s: %s", session->recording.path,
                              strerror(-r));
    }
    if (status == WEIR_EXIT_OK && recording)
        recorded_say(recorded, counts.dropped);
    else if (session->frames && counts.dropped)
        (void)weir_say(0, "%llu of %llu packets were lost for want of room",
                       (unsigned long long)counts.dropped, (unsigned long long)counts.seen);
    return status;
}

int weir_sniff_run(weir_context_t *context)
{
    session_t session = {.context = context};
    weir_buf_init(&session.out, OUTPUT_CEILING);
    int status = session_open(&session);
    if (status == WEIR_EXIT_OK && session.screen)
        status = screen_run(&session);
    else if (status == WEIR_EXIT_OK)
        status = packets_run(&session);
    status = session_end(&session, status);
    weir_packet_lines_done(&session.lines);
    weir_capture_names_free(session.names);
    weir_frames_close(session.frames);
    weir_buf_done(&session.out);
    return status;
}
