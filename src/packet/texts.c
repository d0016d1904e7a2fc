#include "packet/texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_LEAST ((size_t)256)
#define TEXTS_CEILING ((size_t)1 << 29) /* [byte] */

void weir_texts_init(weir_texts_t *texts, size_t most)
{
    *texts = (weir_texts_t){.most = most};
}

void weir_texts_done(weir_texts_t *texts)
{
    weir_pool_unref(texts->pool);
    free(texts->texts);
    free(texts->slots);
    *texts = (weir_texts_t){0};
}

/* FNV-1a, then mixed: names differ in few bytes. */
uint64_t weir_text_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static void slot_put(uint32_t *slots, size_t mask, const char *text, uint32_t number)
{
    size_t at = weir_text_hash(text) & mask;
    while (slots[at])
        at = (at + 1) & mask;
    slots[at] = number;
}

/* Twice the slots; the list of texts is for three quarters of them. */
static int texts_grow(weir_texts_t *texts)
{
    size_t slots = texts->mask ? (texts->mask + 1) * 2 : SLOTS_LEAST;
    size_t room = slots / 4 * 3;
    const char **list = realloc(texts->texts, room * sizeof(*list));
    if (!list)
        return -ENOMEM;
    texts->texts = list;
    uint32_t *larger = calloc(slots, sizeof(*larger));
    if (!larger)
        return -ENOMEM;
    for (size_t i = 0; i < texts->count; i++)
        slot_put(larger, slots - 1, list[i], (uint32_t)i + 1);
    free(texts->slots);
    texts->slots = larger;
    texts->mask = slots - 1;
    texts->room = room;
    return 0;
}

static const char *text_keep(weir_texts_t *texts, const char *text)
{
    if (!texts->pool)
        texts->pool = weir_pool_new(TEXTS_CEILING);
    return texts->pool ? weir_pool_text(texts->pool, text) : NULL;
}

static uint32_t text_add(weir_texts_t *texts, const char *text)
{
    bool full = texts->count == texts->most || texts->most > UINT32_MAX;
    const char *kept = NULL;
    if (!full && (texts->count < texts->room || texts_grow(texts) == 0))
        kept = text_keep(texts, text);
    if (!kept) {
        texts->refused++;
        return 0;
    }
    texts->texts[texts->count++] = kept;
    slot_put(texts->slots, texts->mask, kept, (uint32_t)texts->count);
    return (uint32_t)texts->count;
}

uint32_t weir_texts_number(weir_texts_t *texts, const char *text)
{
    size_t at = weir_text_hash(text) & texts->mask;
    for (; texts->slots && texts->slots[at]; at = (at + 1) & texts->mask)
        if (strcmp(texts->texts[texts->slots[at] - 1], text) == 0)
            return texts->slots[at];
    return text_add(texts, text);
}

static size_t byte_put(char *text, size_t n, uint8_t byte)
{
    if (byte > ' ' && byte <= '~' && byte != '\\') {
        text[n] = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
        return n + 1;
    }
    text[n] = '\\';
    text[n + 1] = (char)('0' + byte / 100);
    text[n + 2] = (char)('0' + byte / 10 % 10);
    text[n + 3] = (char)('0' + byte % 10);
    return n + 4;
}

bool weir_name_text(weir_span_t name, char ret_text[static WEIR_NAME_SIZE])
{
    size_t n = 0;
    size_t len = name.len > 0 && name.data[name.len - 1] == '.' ? name.len - 1 : name.len;
    if (len <= WEIR_NAME_BYTES_MOST)
        for (size_t i = 0; i < len; i++)
            n = byte_put(ret_text, n, name.data[i]);
    ret_text[n] = '\0';
    return n > 0;
}
