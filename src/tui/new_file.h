/*
 * Files that a view makes in the working folder: of a new name, never over another one, and of the
 * person who asked for it.
 */
#ifndef WEIR_TUI_NEW_FILE_H
#define WEIR_TUI_NEW_FILE_H

#include "base/cleanup.h"

#include <stdint.h>

#define WEIR_NEW_FILE_PATH_SIZE 512

typedef struct weir_new_file {
    int fd;                             /* to write to, the caller's; -1: it was not made */
    char path[WEIR_NEW_FILE_PATH_SIZE]; /* with its folder, for words; set in any case */
} weir_new_file_t;

/** "weir-STEM-20261126-120431.SUFFIX"; wall_ns [ns] since 1970. 0 or a negative errno. */
WEIR_NODISCARD int weir_new_file_make(const char *stem, const char *suffix, int64_t wall_ns,
                                      weir_new_file_t *ret_file);

#endif
