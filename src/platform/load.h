/*
 * What weir and weir-load say to each other. weir-load is the one program with privileges: it hands
 * out descriptors, over the AF_UNIX SEQPACKET socket that is its standard input, and looks at
 * nothing itself. One request, one answer; descriptors travel with the answer (SCM_RIGHTS).
 *
 * Who has the privilege needs no helper: the functions that weir-load calls work in any process.
 */
#ifndef WEIR_PLATFORM_LOAD_H
#define WEIR_PLATFORM_LOAD_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

/** Changes with the structs below; both sides are of one build, or they do not talk. */
#define WEIR_LOAD_VERSION 1u

/** One process serves one kind, named by its only argument, with the privileges of that kind. */
typedef enum weir_load_kind {
    WEIR_LOAD_CAPTURE, /* `count` packet sockets that listen to nothing yet */
    WEIR_LOAD_APPS,    /* WEIR_BPF_MAPS maps of the BPF programs, which run as long as the helper
                          does; further requests let it follow new interfaces */
    WEIR_LOAD_KINDS
} weir_load_kind_t;

/** The argument that names a kind. */
extern const char *const WEIR_LOAD_WORDS[WEIR_LOAD_KINDS];

typedef struct weir_load_request {
    uint32_t version, kind;
    uint32_t count;
    uint32_t unused;
} weir_load_request_t;
_Static_assert(sizeof(weir_load_request_t) == 16, "fixed width");

typedef struct weir_load_answer {
    uint32_t version;
    int32_t result; /* 0, or a negative errno: then there are no descriptors */
    uint32_t descriptors;
    uint32_t unused;
} weir_load_answer_t;
_Static_assert(sizeof(weir_load_answer_t) == 16, "fixed width");

#define WEIR_LOAD_DESCRIPTORS ((size_t)64) /* with one answer */

/* ---- The side of weir ------------------------------------------------------------------------ */

typedef struct weir_loader weir_loader_t;

/**
 * Start weir-load, which is looked for beside this program, in the build tree and in libexecdir.
 * -ENOENT: it is not installed; -EACCES: this user may not run it; or another negative errno.
 */
WEIR_NODISCARD int weir_loader_open(weir_load_kind_t kind, weir_loader_t **ret_loader);
/** The helper ends with its socket; waits for that. Accepts NULL. */
void weir_loader_close(weir_loader_t *loader);
/**
 * Ask and wait. Returns how many descriptors fds[0..room-1] now holds, which are the caller's, or
 * the answer's negative errno, or -EPIPE when the helper has gone, -EPROTO when it is another
 * version's.
 */
WEIR_NODISCARD int weir_loader_ask(weir_loader_t *loader, const weir_load_request_t *request,
                                   int *fds, size_t room);

/* ---- The side of weir-load ------------------------------------------------------------------- */

/** Load the BPF programs. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_load_apps_begin(void **ret_apps);
/** Descriptors of the maps, the caller's; or -ENOTSUP: this build has none, or another errno. */
WEIR_NODISCARD int weir_load_apps_maps(void *apps, int *fds, size_t room);
/** Attach to interfaces that have appeared. */
void weir_load_apps_follow(void *apps);

/** Whether `fd` is a socket of the right kind. */
int weir_load_is_socket(int fd);
/** Returns 1 with a request, 0 when the other side has gone, or a negative errno. */
WEIR_NODISCARD int weir_load_receive(int fd, weir_load_request_t *ret_request);
/** Closes the descriptors. 0 or a negative errno. */
WEIR_NODISCARD int weir_load_answer(int fd, int result, const int *fds, size_t count);
/**
 * Give up for good what the kind does not need: capabilities, new privileges, system calls. After
 * this a call that is not on the kind's list ends the process. 0 or a negative errno.
 */
WEIR_NODISCARD int weir_load_confine(weir_load_kind_t kind);

#endif
