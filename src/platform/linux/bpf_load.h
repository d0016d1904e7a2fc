/*
 * The BPF programs of Weir in the kernel: loaded, attached, and gone with their process. Nothing is
 * pinned: every attachment is a link that its descriptor holds.
 */
#ifndef WEIR_PLATFORM_LINUX_BPF_LOAD_H
#define WEIR_PLATFORM_LINUX_BPF_LOAD_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

/** Descriptors that a reader needs; it needs no privilege beside them. */
typedef enum weir_bpf_map {
    WEIR_BPF_MAP_SLOTS,
    WEIR_BPF_MAP_FREE_SLOTS,
    WEIR_BPF_MAP_REST,
    WEIR_BPF_MAP_CROWD,
    WEIR_BPF_MAP_PROGRAMS,
    WEIR_BPF_MAP_TOTALS,
    WEIR_BPF_MAP_FIRSTS,
    WEIR_BPF_MAPS
} weir_bpf_map_t;

#define WEIR_BPF_REASON_SIZE 160

/** What the kernel may refuse one by one. */
typedef struct weir_bpf_feature {
    const char *name;    /* "receivers", as WEIR_WITHOUT names it */
    const char *what;    /* what it is for */
    const char *without; /* what follows when it is missing; NULL: then nothing works */
    bool spare;          /* another one does the same without it */
    bool used;
    char why[WEIR_BPF_REASON_SIZE]; /* why it is not used */
} weir_bpf_feature_t;

typedef struct weir_bpf_loaded weir_bpf_loaded_t;

/**
 * Load and attach. `without`: names of features that are left out, separated by commas; NULL none.
 * On failure ret_reason tells what was refused and why. Returns 0 or a negative errno.
 */
WEIR_NODISCARD int weir_bpf_load(const char *without, weir_bpf_loaded_t **ret_loaded,
                                 char ret_reason[static WEIR_BPF_REASON_SIZE]);
void weir_bpf_unload(weir_bpf_loaded_t *loaded); /* accepts NULL */
/** Borrowed. */
int weir_bpf_map_fd(const weir_bpf_loaded_t *loaded, weir_bpf_map_t map);
/** Attach to interfaces that have appeared since. */
void weir_bpf_follow(weir_bpf_loaded_t *loaded);
const weir_bpf_feature_t *weir_bpf_features(const weir_bpf_loaded_t *loaded, size_t *ret_count);

#endif
