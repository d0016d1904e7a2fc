/*
 * Finding the place of a name takes a dozen look-ups in tables that are larger than the caches: of
 * names, of hosts, of what was said. What is learnt waits, therefore, until there are PENDING_MOST
 * of it; then the memory of all is asked for, step by step, before the first is put in its place.
 */
#include "packet/hostnames.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define NAMING_BITS 3
#define PENDING_MOST 32
#define PENDING_TEXT ((size_t)4096) /* [byte] */
#define LOOK_BACK 64                /* names of one address that may have been said at a time */

/** What was said. */
typedef struct binding {
    int64_t first_ns, last_ns;
    uint32_t host, name; /* place in hosts; number of the text */
    uint8_t naming;
} binding_t;

typedef struct host {
    weir_address_t address;
    uint32_t best, asked, newest;       /* bindings; NONE; newest: that was said last */
    uint32_t sorted_from, sorted_count; /* in `sorted` */
} host_t;

/** Learnt, and not yet in its place. */
typedef struct pending {
    uint64_t name_hash, address_hash;
    weir_hostname_t hostname; /* its name stands in pending_text, its address here: */
    weir_address_t address;
    uint32_t host, name; /* where they probably are; NONE, 0 */
} pending_t;

struct weir_hostnames {
    pending_t pending[PENDING_MOST];
    size_t pending_count, pending_used;
    char pending_text[PENDING_TEXT]; /* the first pending_used bytes are in use */
    weir_texts_t names;
    weir_index_t host_index;    /* by hash of the address */
    weir_index_t binding_index; /* by host, name and naming: exact */
    host_t *hosts;
    size_t host_count, host_room;
    binding_t *bindings;
    size_t binding_count, binding_room;
    uint32_t *sorted; /* DNS bindings by host, first time, text; NULL until sealed */
    size_t most;
    uint64_t refused; /* beside those of `names` */
};

weir_hostnames_t *weir_hostnames_new(size_t most)
{
    weir_hostnames_t *hostnames = calloc(1, sizeof(*hostnames));
    if (!hostnames)
        return NULL;
    hostnames->most = most;
    weir_texts_init(&hostnames->names, most);
    return hostnames;
}

void weir_hostnames_free(weir_hostnames_t *hostnames)
{
    if (!hostnames)
        return;
    weir_texts_done(&hostnames->names);
    weir_index_done(&hostnames->host_index);
    weir_index_done(&hostnames->binding_index);
    free(hostnames->hosts);
    free(hostnames->bindings);
    free(hostnames->sorted);
    free(hostnames);
}

/* NONE when the address, whose hash it is, is not there. */
static uint32_t host_find(const weir_hostnames_t *hostnames, const weir_address_t *address,
                          uint64_t hash)
{
    uint32_t at = weir_index_get(&hostnames->host_index, hash);
    if (at == WEIR_INDEX_NONE)
        return NONE;
    const weir_address_t *found = &hostnames->hosts[at].address;
    return found->family == address->family &&
                   memcmp(found->bytes, address->bytes, sizeof(found->bytes)) == 0
               ? at
               : NONE;
}

/* Room for one more of `count`; the list may move. */
static void *list_reserve(void *list, size_t count, size_t size, size_t *room)
{
    if (count < *room)
        return list;
    size_t larger = *room ? *room * 2 : 64;
    void *moved = realloc(list, larger * size);
    if (moved)
        *room = larger;
    return moved;
}

static uint32_t host_obtain(weir_hostnames_t *hostnames, const weir_address_t *address,
                            uint64_t hash)
{
    uint32_t at = host_find(hostnames, address, hash);
    if (at != NONE)
        return at;
    if (hostnames->host_count == hostnames->most ||
        weir_index_get(&hostnames->host_index, hash) != WEIR_INDEX_NONE)
        return NONE; /* full; or another address has this hash, once in 2^64 */
    host_t *hosts = list_reserve(hostnames->hosts, hostnames->host_count, sizeof(*hosts),
                                 &hostnames->host_room);
    if (!hosts)
        return NONE;
    hostnames->hosts = hosts;
    at = (uint32_t)hostnames->host_count;
    if (weir_index_set(&hostnames->host_index, hash, at) < 0)
        return NONE;
    hosts[hostnames->host_count++] =
        (host_t){.address = *address, .best = NONE, .asked = NONE, .newest = NONE};
    return at;
}

/* Mostly what was said of the host before is said again. */
static bool binding_is(const weir_hostnames_t *hostnames, uint32_t at, uint32_t name,
                       weir_naming_t naming)
{
    return at != NONE && hostnames->bindings[at].name == name &&
           hostnames->bindings[at].naming == (uint8_t)naming;
}

static uint64_t binding_key(uint32_t host, uint32_t name, weir_naming_t naming)
{
    return (uint64_t)host << 32 | (uint64_t)name << NAMING_BITS | naming;
}

static uint32_t binding_obtain(weir_hostnames_t *hostnames, uint32_t host, uint32_t name,
                               const weir_hostname_t *hostname)
{
    if (binding_is(hostnames, hostnames->hosts[host].newest, name, hostname->naming))
        return hostnames->hosts[host].newest;
    uint64_t key = binding_key(host, name, hostname->naming);
    uint32_t at = weir_index_get(&hostnames->binding_index, key);
    if (at != WEIR_INDEX_NONE)
        return at;
    if (hostnames->binding_count == 4 * hostnames->most)
        return NONE;
    binding_t *bindings = list_reserve(hostnames->bindings, hostnames->binding_count,
                                       sizeof(*bindings), &hostnames->binding_room);
    if (!bindings)
        return NONE;
    hostnames->bindings = bindings;
    at = (uint32_t)hostnames->binding_count;
    if (weir_index_set(&hostnames->binding_index, key, at) < 0)
        return NONE;
    bindings[hostnames->binding_count++] = (binding_t){.first_ns = hostname->first_ns,
                                                       .last_ns = hostname->last_ns,
                                                       .host = host,
                                                       .name = name,
                                                       .naming = (uint8_t)hostname->naming};
    return at;
}

static int binding_compare(const weir_hostnames_t *hostnames, const binding_t *a,
                           const binding_t *b)
{
    if (a->naming != b->naming)
        return (int)a->naming - (int)b->naming;
    if (a->last_ns != b->last_ns)
        return a->last_ns < b->last_ns ? -1 : 1;
    return strcmp(weir_texts_at(&hostnames->names, a->name),
                  weir_texts_at(&hostnames->names, b->name));
}

/* Bindings only gain on the others: the best so far and the one that gained are all to look at. */
static void best_note(const weir_hostnames_t *hostnames, uint32_t *best, uint32_t candidate)
{
    if (*best == candidate)
        return;
    if (*best == NONE || binding_compare(hostnames, &hostnames->bindings[candidate],
                                         &hostnames->bindings[*best]) > 0)
        *best = candidate;
}

static void pending_place(weir_hostnames_t *hostnames, const pending_t *pending)
{
    const weir_hostname_t *hostname = &pending->hostname;
    uint32_t name = weir_texts_number_hashed(&hostnames->names, hostname->name, pending->name_hash);
    if (name == 0)
        return;
    uint32_t host = host_obtain(hostnames, &pending->address, pending->address_hash);
    uint32_t at = host == NONE ? NONE : binding_obtain(hostnames, host, name, hostname);
    if (at == NONE) {
        hostnames->refused++;
        return;
    }
    hostnames->hosts[host].newest = at;
    binding_t *binding = &hostnames->bindings[at];
    if (hostname->first_ns < binding->first_ns)
        binding->first_ns = hostname->first_ns;
    if (hostname->last_ns > binding->last_ns)
        binding->last_ns = hostname->last_ns;
    best_note(hostnames, &hostnames->hosts[host].best, at);
    if (hostname->naming == WEIR_NAMING_DNS)
        best_note(hostnames, &hostnames->hosts[host].asked, at);
}

/* Where host and name are, if they are. */
static void pending_guess(const weir_hostnames_t *hostnames, pending_t *pending)
{
    pending->name = weir_texts_guess(&hostnames->names, pending->name_hash);
    pending->host = weir_index_get(&hostnames->host_index, pending->address_hash);
    if (pending->host != NONE)
        __builtin_prefetch(&hostnames->hosts[pending->host], 1);
}

static void pending_prefetch(const weir_hostnames_t *hostnames, const pending_t *pending)
{
    weir_texts_prefetch_text(&hostnames->names, pending->name);
    if (pending->host == NONE || pending->name == 0)
        return;
    const host_t *host = &hostnames->hosts[pending->host];
    if (host->newest != NONE) { /* it has the others, too */
        __builtin_prefetch(&hostnames->bindings[host->newest], 1);
        __builtin_prefetch(&hostnames->bindings[host->best]);
        __builtin_prefetch(&hostnames->bindings[host->asked == NONE ? host->best : host->asked]);
    }
    weir_index_prefetch(&hostnames->binding_index,
                        binding_key(pending->host, pending->name, pending->hostname.naming));
}

static void pending_settle(weir_hostnames_t *hostnames)
{
    size_t count = hostnames->pending_count;
    if (count == 0)
        return; /* nothing is written: several threads may read what is sealed */
    for (size_t i = 0; i < count; i++)
        pending_guess(hostnames, &hostnames->pending[i]);
    for (size_t i = 0; i < count; i++)
        pending_prefetch(hostnames, &hostnames->pending[i]);
    for (size_t i = 0; i < count; i++)
        pending_place(hostnames, &hostnames->pending[i]);
    hostnames->pending_count = hostnames->pending_used = 0;
}

void weir_hostnames_learn(weir_hostnames_t *hostnames, const weir_hostname_t *hostname)
{
    assert(hostname->name);
    size_t size = strnlen(hostname->name, WEIR_NAME_SIZE - 1) + 1;
    if (hostnames->pending_count == PENDING_MOST || hostnames->pending_used + size > PENDING_TEXT)
        pending_settle(hostnames);
    char *text = hostnames->pending_text + hostnames->pending_used;
    memcpy(text, hostname->name, size - 1);
    text[size - 1] = '\0';
    pending_t *pending = &hostnames->pending[hostnames->pending_count++];
    *pending = (pending_t){.name_hash = weir_texts_hash(text),
                           .address_hash = weir_address_hash(hostname->address),
                           .hostname = *hostname,
                           .address = *hostname->address};
    pending->hostname.name = text;
    pending->hostname.address = NULL; /* its copy counts */
    hostnames->pending_used += size;
    weir_texts_prefetch(&hostnames->names, pending->name_hash);
    weir_index_prefetch(&hostnames->host_index, pending->address_hash);
}

void weir_hostnames_merge(weir_hostnames_t *hostnames, weir_hostnames_t *from)
{
    pending_settle(from);
    hostnames->refused += weir_hostnames_refused(from);
    for (size_t i = 0; i < from->binding_count; i++) {
        const binding_t *binding = &from->bindings[i];
        weir_hostname_t hostname = {.address = &from->hosts[binding->host].address,
                                    .name = weir_texts_at(&from->names, binding->name),
                                    .naming = (weir_naming_t)binding->naming,
                                    .first_ns = binding->first_ns,
                                    .last_ns = binding->last_ns};
        weir_hostnames_learn(hostnames, &hostname);
    }
}

static const char *binding_name(const weir_hostnames_t *hostnames, uint32_t at)
{
    return at == NONE ? NULL : weir_texts_at(&hostnames->names, hostnames->bindings[at].name);
}

const char *weir_hostnames_find(weir_hostnames_t *hostnames, const weir_address_t *address)
{
    pending_settle(hostnames);
    uint32_t host = host_find(hostnames, address, weir_address_hash(address));
    return host == NONE ? NULL : binding_name(hostnames, hostnames->hosts[host].best);
}

static int sorted_compare(const void *a, const void *b, void *context)
{
    const weir_hostnames_t *hostnames = context;
    const binding_t *x = &hostnames->bindings[*(const uint32_t *)a];
    const binding_t *y = &hostnames->bindings[*(const uint32_t *)b];
    if (x->first_ns != y->first_ns)
        return x->first_ns < y->first_ns ? -1 : 1;
    return binding_compare(hostnames, x, y);
}

/* Where each host's part of `sorted` begins; its count is 0 again. */
static void hosts_share(weir_hostnames_t *hostnames)
{
    for (size_t i = 0; i < hostnames->host_count; i++)
        hostnames->hosts[i].sorted_count = 0;
    for (size_t i = 0; i < hostnames->binding_count; i++) {
        const binding_t *binding = &hostnames->bindings[i];
        hostnames->hosts[binding->host].sorted_count += binding->naming == WEIR_NAMING_DNS;
    }
    uint32_t from = 0;
    for (size_t i = 0; i < hostnames->host_count; i++) {
        host_t *host = &hostnames->hosts[i];
        host->sorted_from = from;
        from += host->sorted_count;
        host->sorted_count = 0;
    }
}

int weir_hostnames_seal(weir_hostnames_t *hostnames)
{
    pending_settle(hostnames);
    uint32_t *sorted = malloc((hostnames->binding_count + 1) * sizeof(*sorted));
    if (!sorted)
        return -ENOMEM;
    hosts_share(hostnames);
    for (size_t i = 0; i < hostnames->binding_count; i++) {
        const binding_t *binding = &hostnames->bindings[i];
        host_t *host = &hostnames->hosts[binding->host];
        if (binding->naming == WEIR_NAMING_DNS)
            sorted[host->sorted_from + host->sorted_count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < hostnames->host_count; i++) {
        const host_t *host = &hostnames->hosts[i];
        if (host->sorted_count > 1)
            qsort_r(sorted + host->sorted_from, host->sorted_count, sizeof(*sorted), sorted_compare,
                    hostnames);
    }
    hostnames->sorted = sorted;
    return 0;
}

/* Of a host's names first said up to a time, the one that was said last by then. */
static uint32_t asked_find(const weir_hostnames_t *hostnames, const host_t *host, int64_t time_ns)
{
    const uint32_t *sorted = hostnames->sorted + host->sorted_from;
    size_t low = 0, high = host->sorted_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (hostnames->bindings[sorted[middle]].first_ns <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t best = NONE;
    int64_t best_ns = 0;
    for (size_t i = low; i > 0 && low - i < LOOK_BACK; i--) {
        int64_t last_ns = hostnames->bindings[sorted[i - 1]].last_ns;
        last_ns = last_ns < time_ns ? last_ns : time_ns;
        if (best != NONE && last_ns <= best_ns)
            continue;
        best = sorted[i - 1];
        best_ns = last_ns;
    }
    return best;
}

const char *weir_hostnames_asked(weir_hostnames_t *hostnames, const weir_address_t *address,
                                 int64_t time_ns)
{
    pending_settle(hostnames);
    uint32_t at = host_find(hostnames, address, weir_address_hash(address));
    if (at == NONE)
        return NULL;
    const host_t *host = &hostnames->hosts[at];
    return binding_name(hostnames,
                        hostnames->sorted ? asked_find(hostnames, host, time_ns) : host->asked);
}

uint64_t weir_hostnames_refused(weir_hostnames_t *hostnames)
{
    pending_settle(hostnames);
    return hostnames->refused + hostnames->names.refused;
}
