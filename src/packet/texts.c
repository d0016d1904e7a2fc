#include "packet/texts.h"

#include "base/index.h"

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

/* Eight bytes at a time. */
uint64_t weir_texts_hash(const char *text)
{
    size_t n = strlen(text);
    uint64_t hash = n, word = 0;
    for (; n >= sizeof(word); n -= sizeof(word), text += sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        hash = weir_hash_u64(hash ^ word);
    }
    word = 0;
    memcpy(&word, text, n);
    return weir_hash_u64(hash ^ word);
}

/* The high half is all that a slot keeps, and so all that says where it goes. */
static void slot_put(uint64_t *slots, size_t mask, uint64_t slot)
{
    size_t at = (size_t)(slot >> 32) & mask;
    while (slots[at])
        at = (at + 1) & mask;
    slots[at] = slot;
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
    uint64_t *larger = calloc(slots, sizeof(*larger));
    if (!larger)
        return -ENOMEM;
    for (size_t i = 0; texts->slots && i <= texts->mask; i++)
        if (texts->slots[i])
            slot_put(larger, slots - 1, texts->slots[i]);
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

static uint32_t text_add(weir_texts_t *texts, const char *text, uint64_t hash)
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
    slot_put(texts->slots, texts->mask, (hash & ~(uint64_t)UINT32_MAX) | texts->count);
    return (uint32_t)texts->count;
}

uint32_t weir_texts_number_hashed(weir_texts_t *texts, const char *text, uint64_t hash)
{
    size_t at = (size_t)(hash >> 32) & texts->mask;
    for (; texts->slots && texts->slots[at]; at = (at + 1) & texts->mask) {
        uint32_t number = (uint32_t)texts->slots[at];
        if (texts->slots[at] >> 32 == hash >> 32 && strcmp(texts->texts[number - 1], text) == 0)
            return number;
    }
    return text_add(texts, text, hash);
}

uint32_t weir_texts_number(weir_texts_t *texts, const char *text)
{
    return weir_texts_number_hashed(texts, text, weir_texts_hash(text));
}

uint32_t weir_texts_guess(const weir_texts_t *texts, uint64_t hash)
{
    size_t at = (size_t)(hash >> 32) & texts->mask;
    while (texts->slots && texts->slots[at] && texts->slots[at] >> 32 != hash >> 32)
        at = (at + 1) & texts->mask;
    uint32_t number = texts->slots ? (uint32_t)texts->slots[at] : 0;
    if (number)
        __builtin_prefetch(&texts->texts[number - 1]);
    return number;
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
