/*
 * Frames one by one, from this machine's interfaces or from a capture file, for who looks at single
 * packets. One thread, but for interrupt().
 */
#ifndef WEIR_ENGINE_FRAMES_H
#define WEIR_ENGINE_FRAMES_H

#include "engine/capture_names.h"
#include "packet/frame.h"
#include "platform/capture.h"

typedef struct weir_frames weir_frames_t;

/** What a file says about a frame beside its bytes. */
typedef struct weir_frame_note {
    uint64_t offset;      /* [byte] of its bytes in the file; see weir_frames_fd() */
    weir_span_t comments; /* texts, each ended by 0; empty: none */
} weir_frame_note_t;

/** Live. 0, or a negative errno with a sentence in ret_error, as weir_platform_capture_open(). */
WEIR_NODISCARD int weir_frames_open_live(const weir_capture_request_t *request,
                                         weir_frames_t **ret_frames,
                                         char ret_error[static WEIR_CAPTURE_ERROR_SIZE]);
/** A file; "-" is standard input. 0 or a negative errno with a sentence. */
WEIR_NODISCARD int weir_frames_open_file(const char *path, weir_frames_t **ret_frames,
                                         char ret_error[static WEIR_CAPTURE_ERROR_SIZE]);
void weir_frames_close(weir_frames_t *frames); /* accepts NULL */

/**
 * Returns how many of list[0..room-1] were set, which stay until the next call; 0 when there was
 * nothing for `timeout_ms`, or after an interrupt; -ENODATA at the end of the file; -ENETDOWN while
 * the interface is down (it may come back), -ENODEV when it has gone, -EBADMSG for a file that
 * cannot be read on.
 */
WEIR_NODISCARD int weir_frames_next(weir_frames_t *frames, int timeout_ms, weir_frame_t *list,
                                    size_t room);
/** Why the last call failed; "" when there is nothing more to say. */
const char *weir_frames_error(const weir_frames_t *frames);
/** Of frame `i` of the last batch; valid as long as that. Live there is nothing. */
weir_frame_note_t weir_frames_note(const weir_frames_t *frames, size_t i);
/** Comments on the file as a whole, as far as it was read. */
weir_span_t weir_frames_comments(const weir_frames_t *frames);
/** Names that the file gives go there; NULL: not wanted. Borrowed until the next call. */
void weir_frames_names(weir_frames_t *frames, weir_capture_names_t *names);
/**
 * A descriptor from which bytes can be read again (pread) where their notes say; -1: it is no file,
 * or it is packed. Known after the first frames. Stays the frames' own.
 */
int weir_frames_fd(const weir_frames_t *frames);
/** Of a file: how much of it was read, 0 to 1; negative when that is not known. */
double weir_frames_progress(const weir_frames_t *frames);
/** Name of a frame's interface, or NULL. frame->iface counts interfaces from 0.
 * Printable or not: it is as the file has it. */
const char *weir_frames_iface(const weir_frames_t *frames, const weir_frame_t *frame);
/** Live: what passed the filter, and what of it was lost. A file loses nothing. */
weir_capture_counts_t weir_frames_counts(weir_frames_t *frames);
/** Let a next() that waits return 0. Any thread. */
void weir_frames_interrupt(weir_frames_t *frames);

#endif
