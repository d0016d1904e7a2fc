/*
 * A growable byte buffer with a ceiling. The first failure sticks: later writes do nothing, and the
 * writer asks once, at the end, with weir_buf_error().
 */
#ifndef WEIR_BASE_BUF_H
#define WEIR_BASE_BUF_H

#include "base/cleanup.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

typedef struct weir_buf {
    char *data;     /* owned; not terminated unless weir_buf_text() was asked */
    size_t len;     /* bytes in use */
    size_t size;    /* bytes allocated */
    size_t ceiling; /* len never passes this */
    int error;      /* 0, -ENOMEM or -EFBIG; sticks until weir_buf_clear() */
} weir_buf_t;

/** Make `buf` empty; it will hold at most `ceiling` bytes. Allocates nothing. */
void weir_buf_init(weir_buf_t *buf, size_t ceiling);
void weir_buf_done(weir_buf_t *buf);
/** Empty and reusable; keeps its memory. */
void weir_buf_clear(weir_buf_t *buf);

/**
 * Room for `n` more bytes, for writers that fill it themselves and then call weir_buf_advance().
 * Returns where to write, or NULL when the buffer has failed.
 */
char *weir_buf_reserve_slow(weir_buf_t *buf, size_t n);
static inline char *weir_buf_reserve(weir_buf_t *buf, size_t n)
{
    /* What is allocated never passes the ceiling by more than its terminator. */
    if (!buf->error && n < buf->size - buf->len)
        return buf->data + buf->len;
    return weir_buf_reserve_slow(buf, n);
}
static inline void weir_buf_advance(weir_buf_t *buf, size_t n)
{
    buf->len += n;
}

/** Append `n` bytes. Inline, because exports spend their time here. */
static inline void weir_buf_put(weir_buf_t *buf, const void *data, size_t n)
{
    char *to = weir_buf_reserve(buf, n);
    if (!to || !n)
        return;
    memcpy(to, data, n);
    buf->len += n;
}
void weir_buf_puts(weir_buf_t *buf, const char *text);
void weir_buf_putc(weir_buf_t *buf, char c);
void weir_buf_fill(weir_buf_t *buf, char c, size_t n);
/** printf; for text and integers only (floating point would follow the locale). */
__attribute__((format(printf, 2, 3))) void weir_buf_printf(weir_buf_t *buf, const char *format,
                                                           ...);

/** 0, or the negative errno of the first write that failed. */
WEIR_NODISCARD int weir_buf_error(const weir_buf_t *buf);
/** The content as a string, valid until the next write; "" when the buffer has failed. */
const char *weir_buf_text(weir_buf_t *buf);

#endif
