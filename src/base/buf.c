#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void weir_buf_init(weir_buf_t *buf, size_t ceiling)
{
    *buf = (weir_buf_t){.ceiling = ceiling};
}

void weir_buf_done(weir_buf_t *buf)
{
    free(buf->data);
    weir_buf_init(buf, buf->ceiling);
}

void weir_buf_clear(weir_buf_t *buf)
{
    buf->len = 0;
    buf->error = 0;
}

/* One byte more than asked is allocated, so that weir_buf_text() can always terminate. */
static int buf_grow(weir_buf_t *buf, size_t n)
{
    if (n > buf->ceiling || buf->len > buf->ceiling - n)
        return -EFBIG;
    size_t need = buf->len + n + 1;
    if (need <= buf->size)
        return 0;
    size_t size = buf->size ? buf->size : 256;
    while (size < need)
        size *= 2;
    if (size - 1 > buf->ceiling)
        size = buf->ceiling + 1; /* so that what is allocated bounds what may be written */
    char *data = realloc(buf->data, size);
    if (!data)
        return -ENOMEM;
    buf->data = data;
    buf->size = size;
    return 0;
}

char *weir_buf_reserve_slow(weir_buf_t *buf, size_t n)
{
    if (!buf->error)
        buf->error = buf_grow(buf, n);
    return buf->error ? NULL : buf->data + buf->len;
}

void weir_buf_puts(weir_buf_t *buf, const char *text)
{
    weir_buf_put(buf, text, strlen(text));
}

void weir_buf_putc(weir_buf_t *buf, char c)
{
    weir_buf_put(buf, &c, 1);
}

void weir_buf_fill(weir_buf_t *buf, char c, size_t n)
{
    char *to = weir_buf_reserve(buf, n);
    if (!to)
        return;
    memset(to, c, n);
    buf->len += n;
}

void weir_buf_printf(weir_buf_t *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) {
        buf->error = buf->error ? buf->error : -ENOMEM;
        return;
    }
    weir_buf_put(buf, text, (size_t)n);
    free(text);
}

int weir_buf_error(const weir_buf_t *buf)
{
    return buf->error;
}

const char *weir_buf_text(weir_buf_t *buf)
{
    if (buf->error || !weir_buf_reserve(buf, 0))
        return "";
    buf->data[buf->len] = '\0';
    return buf->data;
}
