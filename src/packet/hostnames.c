#include "packet/hostnames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define NAMING_BITS 3
#define LOOK_BACK 64 /* names of one address that may have been said at a time */

/** What was said. */
typedef struct binding {
    int64_t first_ns, last_ns;
    uint32_t host, name; /* place in hosts; number of the text */
    uint8_t naming;
} binding_t;

typedef struct host {
    weir_address_t address;
    uint32_t best, asked;               /* bindings; NONE */
    uint32_t sorted_from, sorted_count; /* in `sorted` */
} host_t;

struct weir_hostnames {
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

static uint64_t address_hash(const weir_address_t *address)
{
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    return weir_hash_u64(words[0] ^ weir_hash_u64(words[1] ^ address->family));
}

/* NONE when the address is not there; *ret_hash for who wants to put it there. */
static uint32_t host_find(const weir_hostnames_t *hostnames, const weir_address_t *address,
                          uint64_t *ret_hash)
{
    *ret_hash = address_hash(address);
    uint32_t at = weir_index_get(&hostnames->host_index, *ret_hash);
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

static uint32_t host_obtain(weir_hostnames_t *hostnames, const weir_address_t *address)
{
    uint64_t hash = 0;
    uint32_t at = host_find(hostnames, address, &hash);
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
    hosts[hostnames->host_count++] = (host_t){.address = *address, .best = NONE, .asked = NONE};
    return at;
}

static uint32_t binding_obtain(weir_hostnames_t *hostnames, uint32_t host, uint32_t name,
                               const weir_hostname_t *hostname)
{
    uint64_t key = (uint64_t)host << 32 | (uint64_t)name << NAMING_BITS | hostname->naming;
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
    if (*best == NONE || binding_compare(hostnames, &hostnames->bindings[candidate],
                                         &hostnames->bindings[*best]) > 0)
        *best = candidate;
}

void weir_hostnames_learn(weir_hostnames_t *hostnames, const weir_hostname_t *hostname)
{
    uint32_t name = weir_texts_number(&hostnames->names, hostname->name);
    if (name == 0)
        return;
    uint32_t host = host_obtain(hostnames, hostname->address);
    uint32_t at = host == NONE ? NONE : binding_obtain(hostnames, host, name, hostname);
    if (at == NONE) {
        hostnames->refused++;
        return;
    }
    binding_t *binding = &hostnames->bindings[at];
    if (hostname->first_ns < binding->first_ns)
        binding->first_ns = hostname->first_ns;
    if (hostname->last_ns > binding->last_ns)
        binding->last_ns = hostname->last_ns;
    best_note(hostnames, &hostnames->hosts[host].best, at);
    if (hostname->naming == WEIR_NAMING_DNS)
        best_note(hostnames, &hostnames->hosts[host].asked, at);
}

void weir_hostnames_merge(weir_hostnames_t *hostnames, const weir_hostnames_t *from)
{
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

const char *weir_hostnames_find(const weir_hostnames_t *hostnames, const weir_address_t *address)
{
    uint64_t hash = 0;
    uint32_t host = host_find(hostnames, address, &hash);
    return host == NONE ? NULL : binding_name(hostnames, hostnames->hosts[host].best);
}

static int sorted_compare(const void *a, const void *b, void *context)
{
    const weir_hostnames_t *hostnames = context;
    const binding_t *x = &hostnames->bindings[*(const uint32_t *)a];
    const binding_t *y = &hostnames->bindings[*(const uint32_t *)b];
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->first_ns != y->first_ns)
        return x->first_ns < y->first_ns ? -1 : 1;
    return binding_compare(hostnames, x, y);
}

int weir_hostnames_seal(weir_hostnames_t *hostnames)
{
    uint32_t *sorted = malloc((hostnames->binding_count + 1) * sizeof(*sorted));
    if (!sorted)
        return -ENOMEM;
    uint32_t n = 0;
    for (size_t i = 0; i < hostnames->binding_count; i++)
        if (hostnames->bindings[i].naming == WEIR_NAMING_DNS)
            sorted[n++] = (uint32_t)i;
    qsort_r(sorted, n, sizeof(*sorted), sorted_compare, hostnames);
    for (uint32_t i = 0; i < n; i++) {
        host_t *host = &hostnames->hosts[hostnames->bindings[sorted[i]].host];
        if (host->sorted_count++ == 0)
            host->sorted_from = i;
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

const char *weir_hostnames_asked(const weir_hostnames_t *hostnames, const weir_address_t *address,
                                 int64_t time_ns)
{
    uint64_t hash = 0;
    uint32_t at = host_find(hostnames, address, &hash);
    if (at == NONE)
        return NULL;
    const host_t *host = &hostnames->hosts[at];
    return binding_name(hostnames,
                        hostnames->sorted ? asked_find(hostnames, host, time_ns) : host->asked);
}

uint64_t weir_hostnames_refused(const weir_hostnames_t *hostnames)
{
    return hostnames->refused + hostnames->names.refused;
}
