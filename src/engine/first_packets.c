#include "engine/first_packets.h"

#include <unistd.h>

#define NAMES_MOST ((size_t)100000)

static void workers_stop(weir_first_packets_t *firsts)
{
    weir_packet_workers_stop(firsts->workers);
    weir_packet_window_free(firsts->window);
    firsts->workers = NULL;
    firsts->window = NULL;
    firsts->lost = 0;
}

void weir_first_packets_done(weir_first_packets_t *firsts)
{
    workers_stop(firsts);
    weir_hostnames_free(firsts->hostnames);
    *firsts = (weir_first_packets_t){0};
}

static void workers_start(weir_first_packets_t *firsts, const weir_socket_source_t *source)
{
    weir_packet_workers_options_t options = {
        .queues = 1, .seed = UINT64_C(0x9e3779b97f4a7c15), .applications = firsts->applications};
    (void)getentropy(&options.seed, sizeof(options.seed)); /* without it keys are foreseeable */
    if (!firsts->hostnames)
        firsts->hostnames = weir_hostnames_new(NAMES_MOST);
    firsts->refused = !source->ops->firsts || !firsts->hostnames ||
                      source->ops->firsts(source->context, &options.supply) < 0 ||
                      weir_packet_workers_start(&options, &firsts->workers) < 0;
    if (firsts->refused)
        firsts->workers = NULL;
}

void weir_first_packets_want(weir_first_packets_t *firsts, const weir_socket_source_t *source,
                             bool wanted, bool applications)
{
    bool stands = firsts->workers && wanted && applications == firsts->applications;
    if (stands || firsts->refused)
        return;
    workers_stop(firsts);
    firsts->applications = applications;
    if (wanted)
        workers_start(firsts, source);
}

uint64_t weir_first_packets_take(weir_first_packets_t *firsts)
{
    if (!firsts->workers)
        return 0;
    uint64_t before = firsts->lost;
    weir_packet_workers_ask(firsts->workers);
    weir_packet_window_free(firsts->window);
    firsts->window = weir_packet_workers_take(firsts->workers, 0);
    if (firsts->window)
        weir_hostnames_merge(firsts->hostnames, firsts->window->hostnames);
    firsts->lost = weir_packet_workers_lost(firsts->workers);
    return firsts->lost - before;
}

static void record_tell(weir_books_t *books, const weir_flow_key_t *key, const weir_label_t *label)
{
    bool ipv6 = weir_key_ipv6(key) != 0;
    const weir_key_tail_t tail = weir_key_tail(key);
    const weir_ends_t ends = {.one = weir_address_from_words(key->low, ipv6),
                              .other = weir_address_from_words(key->high, ipv6),
                              .one_port = tail.low_port,
                              .other_port = tail.high_port,
                              .protocol = weir_key_protocol(key)};
    const uint32_t newest = weir_books_find(books, &ends);
    for (uint32_t at = newest; at != WEIR_FLOW_NONE; at = books->flows[at].twin) {
        weir_live_flow_t *flow = &books->flows[at];
        if (at != newest && weir_books_same(flow, &books->flows[newest]))
            break; /* one that ended, before the same ends were used again */
        weir_books_label(flow, label);
    }
}

void weir_first_packets_tell(weir_first_packets_t *firsts, weir_books_t *books)
{
    const weir_packet_window_t *window = firsts->window;
    for (size_t i = 0; window && i < window->label_count; i++) {
        const weir_labelled_t *labelled = &window->labels[i];
        record_tell(books, &weir_flow_table_at(&window->table, labelled->unit)->key,
                    &labelled->label);
    }
    weir_packet_window_free(firsts->window);
    firsts->window = NULL;
}

const char *weir_first_packets_name(const weir_first_packets_t *firsts,
                                    const weir_address_t *address)
{
    return firsts->hostnames ? weir_hostnames_find(firsts->hostnames, address) : NULL;
}
