/*
 * Hosts: rows out of their sums, which of them are this side's, and their names.
 */
#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>

#define GUESS_SHARE 0.95 /* of the bytes */

/* Columns by their place in the catalogue. */
enum host_column {
    HOST_ADDRESS = 0,
    HOST_NAME = 1,
    HOST_FLOWS = 13,
    HOST_MAC = 25,
    HOST_NAME_BY = 26
};

static bool address_is_local(const weir_capture_options_t *options, const weir_address_t *address)
{
    for (size_t i = 0; i < options->local_count; i++)
        if (weir_address_within(address, &options->locals[i]))
            return true;
    return false;
}

static weir_meter_t meter_of(const weir_sum_t *sum, unsigned way, double seconds)
{
    uint64_t bytes = sum->bytes[way], packets = weir_sum_packets(sum, way);
    return (weir_meter_t){
        .bytes = bytes,
        .packets = packets,
        .byte_rate = seconds > 0 ? (double)bytes / seconds : 0,
        .packet_rate = seconds > 0 ? (double)packets / seconds : 0,
        .state = seconds > 0 ? WEIR_RATE_OK : WEIR_RATE_INIT,
    };
}

static weir_host_t host_of(const weir_capture_t *capture, const weir_sum_t *sum)
{
    double seconds = (double)capture->totals.duration_ns / 1e9;
    weir_host_t host = {
        .present = UINT64_C(1) << HOST_ADDRESS | UINT64_C(0x7f) << 7,
        .address = weir_address_from_words(sum->low, sum->ipv6),
        .tx = meter_of(sum, 0, seconds),
        .rx = meter_of(sum, 1, seconds),
        .flows = sum->flows,
    };
    uint64_t rates = UINT64_C(3) << 11;
    if (seconds <= 0)
        host.present &= ~rates;
    host.local = address_is_local(&capture->options, &host.address);
    host.name =
        capture->run.hostnames ? weir_hostnames_find(capture->run.hostnames, &host.address) : NULL;
    if (host.name)
        host.present |= UINT64_C(1) << HOST_NAME | UINT64_C(1) << HOST_NAME_BY;
    host.mac = weir_neighbours_find(&capture->neighbours, &host.address);
    if (host.mac)
        host.present |= UINT64_C(1) << HOST_MAC;
    if (capture->options.lookup)
        weir_lookup_host(capture->options.lookup, UINT64_MAX, &host);
    return host;
}

static int host_compare(const void *a, const void *b)
{
    const weir_sum_t *x = a, *y = b;
    uint64_t left = weir_sum_bytes(x), right = weir_sum_bytes(y);
    if (left != right)
        return (left < right) - (left > right);
    return x->ipv6 != y->ipv6 ? (x->ipv6 ? 1 : -1) : memcmp(x->low, y->low, sizeof(x->low));
}

/* The host that takes part in nearly all bytes of its kind of address, if there are others than
 * that and one more: most captures are made on one machine, and show what it sends and receives.
 * Every flow counts at both of its ends. */
static void local_guess(weir_capture_t *capture, const weir_sums_t *sums, bool ipv6)
{
    uint64_t all = 0, most = 0;
    size_t count = 0, best = 0;
    for (size_t i = 0; i < sums->count; i++) {
        const weir_sum_t *sum = &sums->sums[i];
        uint64_t bytes = weir_sum_bytes(sum);
        if (sum->ipv6 != ipv6)
            continue;
        best = bytes > most ? i : best;
        most = bytes > most ? bytes : most;
        all += bytes;
        count++;
    }
    if (count < 3 || (double)most * 2 < GUESS_SHARE * (double)all)
        return;
    capture->guesses[ipv6] = weir_address_from_words(sums->sums[best].low, ipv6);
    capture->guessed = true;
}

int weir_capture_hosts_make(weir_capture_t *capture, size_t most, const weir_sums_t *sums)
{
    weir_event_batch_t events = weir_capture_events(capture);
    weir_neighbours_learn(&capture->neighbours, &events);
    weir_top_sort(sums->sums, sums->count, sizeof(*sums->sums), most, host_compare);
    size_t made = most && most < sums->count ? most : sums->count;
    weir_host_t *hosts = malloc((made + 1) * sizeof(*hosts));
    if (!hosts)
        return -ENOMEM;
    for (size_t i = 0; i < made; i++)
        hosts[i] = host_of(capture, &sums->sums[i]);
    local_guess(capture, sums, false);
    local_guess(capture, sums, true);
    capture->hosts = hosts;
    capture->host_count = made;
    capture->host_total = sums->count;
    return 0;
}

static void guess_take(const weir_capture_t *capture)
{
    for (size_t i = 0; i < capture->host_count; i++) {
        weir_host_t *host = &capture->hosts[i];
        const weir_address_t *guess = &capture->guesses[host->address.family == WEIR_FAMILY_IPV6];
        host->local = weir_address_compare(&host->address, guess) == 0;
    }
}

/* What was given counts, then what frames tell, then what was guessed before. */
void weir_capture_hosts_judged(const weir_capture_t *capture, weir_host_judge_t *judge)
{
    bool cards = capture->options.mac_count > 0;
    bool given = capture->options.local_count > 0 || cards;
    bool told = weir_host_judge_end(judge, cards || !given);
    weir_local_by_t by = given ? WEIR_LOCAL_GIVEN : told ? WEIR_LOCAL_DIRECTION : WEIR_LOCAL_GUESS;
    if (by == WEIR_LOCAL_GUESS && !capture->guessed)
        return;
    if (by == WEIR_LOCAL_GUESS)
        guess_take(capture);
    for (size_t i = 0; i < capture->host_count; i++) {
        capture->hosts[i].local_by = (uint8_t)by;
        capture->hosts[i].present |= WEIR_HOST_LOCALITY;
    }
}

int weir_capture_hosts(weir_capture_t *capture, size_t most, const weir_host_t **ret_hosts,
                       size_t *ret_count, size_t *ret_total)
{
    int r = weir_capture_sum(capture, most, WEIR_CAPTURE_HOSTS);
    if (r < 0)
        return r;
    *ret_hosts = capture->hosts;
    *ret_count = capture->host_count;
    *ret_total = capture->host_total;
    return 0;
}

static const char *name_find(const char *known, const weir_address_t *address,
                             const weir_namer_t *namer)
{
    return known ? known : namer->name(namer->context, address);
}

void weir_capture_name(weir_capture_t *capture, size_t most, const weir_namer_t *namer)
{
    for (size_t i = 0; i < capture->host_count && i < most; i++) {
        weir_host_t *host = &capture->hosts[i];
        if (host->name)
            continue;
        host->name = namer->name(namer->context, &host->address);
        host->name_by = WEIR_NAME_RESOLVED;
        if (host->name)
            host->present |= UINT64_C(1) << HOST_NAME | UINT64_C(1) << HOST_NAME_BY;
    }
    for (size_t i = 0; i < capture->pair_count && i < most; i++) {
        weir_conversation_t *pair = &capture->pairs[i];
        pair->a_name = name_find(pair->a_name, &pair->a, namer);
        pair->b_name = name_find(pair->b_name, &pair->b, namer);
    }
}
