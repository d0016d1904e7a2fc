/*
 * What is said at the foot of a screen for a few seconds.
 */
#ifndef WEIR_TUI_MESSAGE_H
#define WEIR_TUI_MESSAGE_H

#include "base/buf.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Replace `message` by what the format says, made safe for a terminal.
 *
 * utf8: whether characters beyond ASCII may be shown. Returns until when it is to be shown:
 * [ns] of boot time. Any thread.
 */
__attribute__((format(printf, 3, 0))) uint64_t weir_message_put(weir_buf_t *message, bool utf8,
                                                                const char *format, va_list args);

#endif
