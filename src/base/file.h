/*
 * Whole files as text.
 */
#ifndef WEIR_BASE_FILE_H
#define WEIR_BASE_FILE_H

#include "base/cleanup.h"

#include <stddef.h>

/**
 * Read the file at `path`, which holds at most `ceiling` bytes; a zero byte stands behind them.
 * Returns 0 with an owned text, -EFBIG beyond the ceiling, or another negative errno.
 */
WEIR_NODISCARD int weir_file_read(const char *path, size_t ceiling, char **ret_text,
                                  size_t *ret_len);

#endif
