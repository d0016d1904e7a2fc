/*
 * Distinct texts, each kept once: a text has a number from 1 on, and keeps it. With a ceiling.
 */
#ifndef WEIR_PACKET_TEXTS_H
#define WEIR_PACKET_TEXTS_H

#include "base/pool.h"
#include "packet/bytes.h"

/** Room for a name of 255 bytes, each of which may stand as \DDD, and the end. */
#define WEIR_NAME_SIZE 1024
#define WEIR_NAME_BYTES_MOST ((size_t)255)

/** One thread. */
typedef struct weir_texts {
    weir_pool_t *pool;  /* a reference, NULL until it is needed */
    const char **texts; /* owned list; number - 1 is the place */
    uint64_t *slots;    /* high half of the hash, then the number; 0 free; owned */
    size_t count, room, mask, most;
    uint64_t refused; /* calls that found no room or memory */
} weir_texts_t;

/** Numbers for up to `most` texts. */
void weir_texts_init(weir_texts_t *texts, size_t most);
void weir_texts_done(weir_texts_t *texts);

/** The number of `text`, a new one if need be; 0: no room, which is counted. */
uint32_t weir_texts_number(weir_texts_t *texts, const char *text);

/*
 * Who has several texts to number can ask for the memory of all of them first: by steps, with the
 * other texts' steps between them.
 *
 *     hash = weir_texts_hash(text)                 weir_texts_number_hashed() takes it
 *     weir_texts_prefetch(texts, hash)             1: where the hash stands
 *     guess = weir_texts_guess(texts, hash)        2: where its text's place stands
 *     weir_texts_prefetch_text(texts, guess)       3: the text
 */
uint64_t weir_texts_hash(const char *text);
uint32_t weir_texts_number_hashed(weir_texts_t *texts, const char *text, uint64_t hash);

static inline void weir_texts_prefetch(const weir_texts_t *texts, uint64_t hash)
{
    if (texts->slots)
        __builtin_prefetch(&texts->slots[(size_t)(hash >> 32) & texts->mask]);
}

/** The number that the text with this hash probably has; 0: probably none. */
uint32_t weir_texts_guess(const weir_texts_t *texts, uint64_t hash);

static inline void weir_texts_prefetch_text(const weir_texts_t *texts, uint32_t guess)
{
    if (guess)
        __builtin_prefetch(texts->texts[guess - 1]);
}

/** Any number that was given out; NULL for 0. Lives as long as the texts. */
static inline const char *weir_texts_at(const weir_texts_t *texts, uint32_t number)
{
    return number ? texts->texts[number - 1] : NULL;
}

/**
 * A host's name as text: lower case, without a last dot; bytes outside of [!-~] and the backslash
 * stand as \DDD. false, and "", for what is empty or longer than 255 bytes.
 */
bool weir_name_text(weir_span_t name, char ret_text[static WEIR_NAME_SIZE]);

#endif
