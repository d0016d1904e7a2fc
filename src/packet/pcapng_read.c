#include "packet/pcapng_read.h"

#include <string.h>

#define HEADER 4u /* [byte] code and length of an option or a record */
#define SECTION_FIXED 16u
#define IFACE_FIXED 8u
#define NAME_MOST 255u

/** An option, or a record of a block of names. */
typedef struct item {
    uint16_t code;
    weir_span_t value;
} item_t;

static weir_span_t span_from(weir_span_t span, size_t at)
{
    if (at >= span.len)
        return (weir_span_t){0};
    return (weir_span_t){span.data + at, span.len - at};
}

/* The first item of *rest, which is left behind it; false at the end of the list. */
static bool item_next(weir_span_t *rest, bool big, item_t *ret_item)
{
    if (rest->len < HEADER)
        return false;
    uint16_t code = weir_load16(rest->data, big);
    size_t len = weir_load16(rest->data + 2, big);
    if (code == 0 || len > rest->len - HEADER)
        return false;
    *ret_item = (item_t){.code = code, .value = {rest->data + HEADER, len}};
    *rest = span_from(*rest, HEADER + ((len + 3) & ~(size_t)3));
    return true;
}

weir_span_t weir_pcapng_options(uint32_t type, weir_span_t body)
{
    return span_from(body, type == WEIR_PCAPNG_SECTION ? SECTION_FIXED : IFACE_FIXED);
}

void weir_pcapng_texts_put(weir_buf_t *buf, weir_span_t options, bool big, uint16_t code)
{
    item_t item;
    while (item_next(&options, big, &item)) {
        size_t n = strnlen((const char *)item.value.data, item.value.len);
        if (item.code != code || n == 0)
            continue;
        weir_buf_put(buf, item.value.data, n);
        weir_buf_putc(buf, '\0');
    }
}

void weir_pcapng_names_read(weir_span_t body, bool big,
                            void (*take)(void *context, const weir_address_t *address,
                                         const char *name),
                            void *context)
{
    item_t record;
    while (item_next(&body, big, &record)) {
        bool version6 = record.code == 2;
        size_t width = version6 ? 16 : 4;
        if ((record.code != 1 && !version6) || record.value.len < width)
            continue;
        weir_address_t address = {.family = version6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                                  .prefix = version6 ? 128 : 32};
        memcpy(address.bytes, record.value.data, width);
        weir_span_t names = span_from(record.value, width);
        while (names.len) { /* several names may follow each other, each ended by 0 */
            char name[NAME_MOST + 1];
            size_t n = strnlen((const char *)names.data, names.len);
            size_t kept = n < NAME_MOST ? n : NAME_MOST;
            memcpy(name, names.data, kept);
            name[kept] = '\0';
            if (kept)
                take(context, &address, name);
            names = span_from(names, n + 1);
        }
    }
}
