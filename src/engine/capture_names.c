#include "engine/capture_names.h"

#include "base/buf.h"
#include "base/index.h"

#include <pthread.h>
#include <string.h>

#define TEXT_CEILING ((size_t)32 << 20)
#define OF_ONE_MOST 16 /* names of one address */
#define NONE WEIR_INDEX_NONE

/* A name that was given; those of one address are a chain in the order in which they came. */
typedef struct given {
    weir_address_t address;
    uint32_t text; /* where it begins in `texts` */
    uint32_t next; /* NONE: the last one */
} given_t;

struct weir_capture_names {
    pthread_mutex_t mutex;
    weir_hostnames_t *learnt; /* owned */
    weir_index_t first;       /* hash of an address -> its first given name */
    given_t *given;           /* owned */
    size_t count, room;
    weir_buf_t texts;
    uint64_t refused;
};

weir_capture_names_t *weir_capture_names_new(void)
{
    weir_capture_names_t *names = calloc(1, sizeof(*names));
    if (!names)
        return NULL;
    (void)pthread_mutex_init(&names->mutex, NULL); /* does not fail with usual attributes */
    weir_buf_init(&names->texts, TEXT_CEILING);
    names->learnt = weir_hostnames_new(WEIR_CAPTURE_NAMES_MOST);
    if (!names->learnt) {
        weir_capture_names_free(names);
        return NULL;
    }
    return names;
}

void weir_capture_names_free(weir_capture_names_t *names)
{
    if (!names)
        return;
    weir_hostnames_free(names->learnt);
    weir_index_done(&names->first);
    weir_buf_done(&names->texts);
    (void)pthread_mutex_destroy(&names->mutex);
    free(names->given);
    free(names);
}

void weir_capture_names_lock(weir_capture_names_t *names)
{
    (void)pthread_mutex_lock(&names->mutex); /* does not fail for such a mutex */
}

void weir_capture_names_unlock(weir_capture_names_t *names)
{
    (void)pthread_mutex_unlock(&names->mutex);
}

weir_hostnames_t *weir_capture_names_learnt(weir_capture_names_t *names)
{
    return names->learnt;
}

uint64_t weir_capture_names_refused(const weir_capture_names_t *names)
{
    return names->refused + weir_hostnames_refused(names->learnt);
}

static bool address_is(const weir_address_t *a, const weir_address_t *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* The first name that was given to an address, or NONE. */
static uint32_t given_first(const weir_capture_names_t *names, const weir_address_t *address)
{
    uint32_t at = weir_index_get(&names->first, weir_address_hash(address));
    return at != NONE && address_is(&names->given[at].address, address) ? at : NONE;
}

static const char *given_text(const weir_capture_names_t *names, uint32_t at)
{
    return names->texts.data + names->given[at].text;
}

static int given_reserve(weir_capture_names_t *names)
{
    if (names->count < names->room)
        return 0;
    size_t room = names->room ? 2 * names->room : 64;
    given_t *given = realloc(names->given, room * sizeof(*given));
    if (!given)
        return -1;
    names->given = given;
    names->room = room;
    return 0;
}

/* Behind the names that the address has; returns false when there is no room. */
static bool given_add(weir_capture_names_t *names, const weir_address_t *address, const char *name,
                      uint32_t last)
{
    uint32_t at = (uint32_t)names->count;
    uint32_t text = (uint32_t)names->texts.len;
    if (names->count == WEIR_CAPTURE_NAMES_MOST || given_reserve(names) < 0)
        return false;
    weir_buf_put(&names->texts, name, strlen(name) + 1);
    if (weir_buf_error(&names->texts))
        return false;
    if (last == NONE && weir_index_set(&names->first, weir_address_hash(address), at) < 0)
        return false;
    names->given[names->count++] = (given_t){.address = *address, .text = text, .next = NONE};
    if (last != NONE)
        names->given[last].next = at;
    return true;
}

void weir_capture_names_give(weir_capture_names_t *names, const weir_address_t *address,
                             const char *name)
{
    uint32_t last = NONE;
    int count = 0;
    bool known = false;
    weir_capture_names_lock(names);
    for (uint32_t at = given_first(names, address); at != NONE; at = names->given[at].next) {
        known |= strcmp(given_text(names, at), name) == 0;
        last = at;
        count++;
    }
    if (!known && (count == OF_ONE_MOST || !given_add(names, address, name, last)))
        names->refused++;
    weir_capture_names_unlock(names);
}

const char *weir_capture_names_find(const weir_capture_names_t *names,
                                    const weir_address_t *address, size_t n)
{
    const char *learnt = weir_hostnames_find(names->learnt, address);
    for (uint32_t at = given_first(names, address); at != NONE; at = names->given[at].next) {
        const char *text = given_text(names, at);
        if (n == 0)
            return text;
        n--;
        if (learnt && strcmp(text, learnt) == 0)
            learnt = NULL; /* it is not told twice */
    }
    return n == 0 ? learnt : NULL;
}
