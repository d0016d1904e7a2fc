/*
 * Frames one by one, from this machine's interfaces or from a capture file, for who looks at single
 * packets. One thread, but for interrupt().
 */
#ifndef WEIR_ENGINE_FRAMES_H
#define WEIR_ENGINE_FRAMES_H

#include "packet/frame.h"
#include "platform/capture.h"

typedef struct weir_frames weir_frames_t;

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
/** Name of a frame's interface, or NULL. frame->iface counts interfaces from 0. */
const char *weir_frames_iface(const weir_frames_t *frames, const weir_frame_t *frame);
/** Live: what passed the filter, and what of it was lost. A file loses nothing. */
weir_capture_counts_t weir_frames_counts(weir_frames_t *frames);
/** Let a next() that waits return 0. Any thread. */
void weir_frames_interrupt(weir_frames_t *frames);

#endif
