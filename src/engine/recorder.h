/*
 * Packets into pcapng files, one after the other when they are to rotate. One thread.
 *
 * Only whole blocks are left in a file: when the disk is full, what does not fit is cut off again
 * and everything before it can be read.
 */
#ifndef WEIR_ENGINE_RECORDER_H
#define WEIR_ENGINE_RECORDER_H

#include "engine/capture_names.h"
#include "packet/frame.h"
#include "packet/pcapng_write.h"

typedef struct weir_recorder_options {
    const char *path;   /* "-": standard output. With rotation "a.pcapng" is a-00001.pcapng ... */
    const char *filter; /* that the packets passed, NULL none */
    uint32_t snaplen;   /* [byte] */
    uint64_t rotate_bytes; /* a file is not begun a packet beyond this; 0: no limit */
    uint64_t rotate_ns;    /* of packet times in one file; 0: no limit */
    weir_span_t comments;  /* on the whole, in each file; copied */
    weir_capture_names_t
        *names; /* each file ends with those of its packets' addresses; NULL none */
    bool learn; /* names that the packets tell go there, too */
} weir_recorder_options_t;

typedef struct weir_recorder weir_recorder_t;

/** `options` is borrowed for the recorder's life. 0 or a negative errno (of the file). */
WEIR_NODISCARD int weir_recorder_open(const weir_recorder_options_t *options,
                                      weir_recorder_t **ret_recorder);
/** The next put() calls will bring these, one after the other: many at once are read faster. */
void weir_recorder_look(weir_recorder_t *recorder, const weir_frame_t *list, size_t count);
/**
 * Add a packet; `iface` is the name of interface number frame->iface, NULL unknown; comments as of
 * weir_pcapng_put_packet(). 0, or the negative errno of a file that cannot be written: then the
 * recorder takes nothing more.
 */
WEIR_NODISCARD int weir_recorder_put(weir_recorder_t *recorder, const weir_frame_t *frame,
                                     const char *iface, weir_span_t comments);
/** Let what was put be in the file. 0 or as put(). */
WEIR_NODISCARD int weir_recorder_flush(weir_recorder_t *recorder);
/** Packets and bytes that are in files, and the files. */
uint64_t weir_recorder_packets(const weir_recorder_t *recorder);
/** Name of the file that is written. */
const char *weir_recorder_path(const weir_recorder_t *recorder);
/** Write the end with the counts of the capture, if there are; frees in any case. 0 or as put(). */
WEIR_NODISCARD int weir_recorder_close(weir_recorder_t *recorder, uint64_t received,
                                       uint64_t dropped);

#endif
