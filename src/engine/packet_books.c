#include "engine/packet_books.h"

#include <errno.h>
#include <string.h>

#define IDLE_NS (UINT64_C(120) * WEIR_NS_PER_S)  /* a flow that may go on */
#define CLOSED_NS (UINT64_C(60) * WEIR_NS_PER_S) /* one that has ended */
#define HOST_NS (UINT64_C(1800) * WEIR_NS_PER_S) /* a host without flows */
#define NAMES_MOST ((size_t)100000)
#define SWEEP_NS (UINT64_C(5) * WEIR_NS_PER_S)

void weir_packet_books_init(weir_packet_books_t *books, uint64_t seed)
{
    *books = (weir_packet_books_t){.seed = seed};
    weir_flow_texts_make(&books->texts);
    books->hostnames = weir_hostnames_new(NAMES_MOST);
    weir_texts_init(&books->application_names, WEIR_PACKET_APPLICATIONS_MOST);
}

static void labels_free(weir_packet_flow_t *flow)
{
    free(flow->server_name);
    free(flow->ja4);
}

void weir_packet_books_done(weir_packet_books_t *books)
{
    for (size_t i = 0; i < books->flow_count; i++)
        labels_free(&books->flows[i]);
    weir_hostnames_free(books->hostnames);
    free(books->flows);
    free(books->hosts);
    weir_index_done(&books->flow_index);
    weir_index_done(&books->host_index);
    weir_teller_done(&books->teller);
    weir_neighbours_done(&books->neighbours);
    weir_texts_done(&books->application_names);
    free(books->applications);
    *books = (weir_packet_books_t){0};
}

static void tally_add(weir_tally_t *sum, uint64_t packets, uint64_t bytes)
{
    sum->packets += packets;
    sum->bytes += bytes;
}

/* Room for one more of `count` items of `size` bytes, at most `most`. */
static int room_make(void *items, size_t count, size_t *room, size_t size, size_t most)
{
    if (count < *room)
        return 0;
    size_t wanted = *room ? 2 * *room : 256;
    if (count >= most)
        return -ENOSPC;
    void *old = NULL;
    memcpy(&old, items, sizeof(void *));
    void *grown = realloc(old, wanted * size);
    if (!grown)
        return -ENOMEM;
    memcpy(items, &grown, sizeof(void *));
    *room = wanted;
    /* cppcheck-suppress memleak ; the caller's pointer has it */
    return 0;
}

/* ---- Hosts ----------------------------------------------------------------------------------- */

static uint64_t host_key(const weir_packet_books_t *books, const uint64_t words[2], bool ipv6)
{
    return weir_hash_fold(words[0] ^ books->seed, words[1] ^ UINT64_C(0xe7037ed1a0b428db)) ^ ipv6;
}

static uint32_t host_obtain(weir_packet_books_t *books, const uint64_t words[2], bool ipv6)
{
    weir_address_t address = weir_address_from_words(words, ipv6);
    uint64_t key = host_key(books, words, ipv6);
    uint32_t at = weir_index_get(&books->host_index, key);
    if (at != WEIR_INDEX_NONE)
        return at;
    if (room_make((void *)&books->hosts, books->host_count, &books->host_room,
                  sizeof(*books->hosts), WEIR_PACKET_HOSTS_MOST) < 0 ||
        weir_index_set(&books->host_index, key, (uint32_t)books->host_count) < 0)
        return WEIR_INDEX_NONE;
    books->hosts[books->host_count] = (weir_packet_host_t){.address = address};
    return (uint32_t)books->host_count++;
}

/* What one end sent is on side `end` of the record. */
static void host_add(weir_packet_books_t *books, uint32_t at, const weir_flow_record_t *part,
                     unsigned end)
{
    if (at == WEIR_INDEX_NONE)
        return;
    weir_packet_host_t *host = &books->hosts[at];
    const uint64_t sent[2] = {part->side[end].bytes, weir_record_packets(part, end)};
    const uint64_t received[2] = {part->side[!end].bytes, weir_record_packets(part, !end)};
    host->seen_ns = books->now_ns;
    host->tx.bytes += sent[0];
    host->tx.packets += sent[1];
    host->rx.bytes += received[0];
    host->rx.packets += received[1];
    for (int i = 0; i < 2; i++) {
        host->window_tx[i] += sent[i];
        host->window_rx[i] += received[i];
    }
}

/* ---- Flows ----------------------------------------------------------------------------------- */

static uint64_t flow_hash(const weir_packet_books_t *books, const weir_flow_key_t *key)
{
    return weir_flow_key_hash(key, books->seed);
}

static void flow_count(weir_packet_books_t *books, const weir_flow_key_t *key)
{
    books->flows_by_protocol[weir_key_protocol(key)]++;
    books->flows_by_version[weir_key_ipv6(key)]++;
}

static void flow_hosts_set(weir_packet_books_t *books, weir_packet_flow_t *flow)
{
    const weir_flow_key_t *key = &flow->record.key;
    bool ipv6 = weir_key_ipv6(key) != 0;
    flow->hosts[0] = host_obtain(books, key->low, ipv6);
    flow->hosts[1] = host_obtain(books, key->high, ipv6);
    for (int i = 0; i < 2; i++)
        if (flow->hosts[i] != WEIR_INDEX_NONE && (i == 0 || flow->hosts[1] != flow->hosts[0]))
            books->hosts[flow->hosts[i]].flows++;
}

static weir_packet_flow_t *flow_new(weir_packet_books_t *books, const weir_flow_record_t *part,
                                    uint64_t hash)
{
    if (room_make((void *)&books->flows, books->flow_count, &books->flow_room,
                  sizeof(*books->flows), WEIR_PACKET_FLOWS_MOST) < 0 ||
        weir_index_set(&books->flow_index, hash, (uint32_t)books->flow_count) < 0)
        return NULL;
    weir_packet_flow_t *flow = &books->flows[books->flow_count++];
    *flow = (weir_packet_flow_t){.record = {.key = part->key,
                                            .first_ns = part->first_ns,
                                            .last_ns = part->last_ns,
                                            .icmp = part->notes & WEIR_NOTE_ICMP ? part->icmp : 0,
                                            .notes = part->notes},
                                 .told = {.at_ns = books->now_ns}};
    flow_hosts_set(books, flow);
    flow_count(books, &part->key);
    return flow;
}

static void tcp_add(weir_tcp_record_t *tcp, const weir_tcp_record_t *part, unsigned notes)
{
    for (int i = 0; i < 2; i++) {
        weir_tcp_side_t *side = &tcp->side[i];
        uint32_t least = part->side[i].rtt_least;
        side->retransmits += part->side[i].retransmits;
        side->out_of_order += part->side[i].out_of_order;
        if (least && (!side->rtt_least || least < side->rtt_least))
            side->rtt_least = least;
        if (part->side[i].rtt_smoothed)
            side->rtt_smoothed = part->side[i].rtt_smoothed;
    }
    tcp->duplicate_acks += part->duplicate_acks;
    for (int i = 0; i < 2; i++)
        if (part->marks & (unsigned)WEIR_MARK_SEQ << i)
            tcp->window[i] = part->window[i];
    tcp->marks |= part->marks & (WEIR_MARK_SEQ | WEIR_MARK_SEQ << 1);
    if (notes & WEIR_NOTE_RTT)
        tcp->handshake = part->handshake;
}

static uint64_t record_packets(const weir_flow_record_t *record)
{
    return weir_record_packets(record, 0) + weir_record_packets(record, 1);
}

static uint64_t record_bytes(const weir_flow_record_t *record)
{
    return record->side[0].bytes + record->side[1].bytes;
}

static void side_add(weir_flow_record_t *record, const weir_flow_record_t *part, unsigned side)
{
    uint64_t packets = weir_record_packets(record, side) + weir_record_packets(part, side);
    record->packets[side] = (uint32_t)packets;
    record->packets_above[side] = (uint8_t)(packets >> 32);
    record->side[side].bytes += part->side[side].bytes;
    record->side[side].ip_bytes += part->side[side].ip_bytes;
    record->tcp_flags[side] |= part->tcp_flags[side];
}

/* A SYN after the end is another connection between the same ports; one before it is the other
 * direction, which another worker saw. */
static bool is_reopened(const weir_packet_flow_t *flow, const weir_flow_record_t *part)
{
    weir_flow_state_t state = weir_record_state(&flow->record);
    bool ended =
        state == WEIR_FLOW_CLOSED || state == WEIR_FLOW_RESET || state == WEIR_FLOW_REFUSED;
    return ended && part->first_ns > flow->record.last_ns &&
           ((part->tcp_flags[0] | part->tcp_flags[1]) & WEIR_TCP_SYN);
}

static void record_tell(weir_packet_books_t *books, const weir_flow_record_t *record,
                        weir_told_t *told)
{
    weir_flow_brief_t whole;
    weir_brief_from_record(record, &whole);
    weir_teller_tell(&books->teller, told, &whole, books->now_ns);
}

static void flow_reopen(weir_packet_books_t *books, weir_packet_flow_t *flow,
                        const weir_flow_record_t *part)
{
    if (weir_told_has_news(&flow->told, flow->seen_ns))
        record_tell(books, &flow->record, &flow->told);
    uint32_t hosts[2] = {flow->hosts[0], flow->hosts[1]};
    labels_free(flow);
    *flow = (weir_packet_flow_t){.record = {.key = part->key,
                                            .first_ns = part->first_ns,
                                            .last_ns = part->last_ns,
                                            .notes = part->notes},
                                 .hosts = {hosts[0], hosts[1]},
                                 .told = {.at_ns = books->now_ns}};
    flow_count(books, &part->key);
}

static void flow_add(weir_packet_books_t *books, weir_packet_flow_t *flow,
                     const weir_flow_record_t *part)
{
    const unsigned opener = WEIR_NOTE_HIGH_OPENED | WEIR_NOTE_OPENER_SURE;
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(part);
    weir_flow_record_t *record = &flow->record;
    if (tcp && is_reopened(flow, part))
        flow_reopen(books, flow, part);
    if ((part->notes & WEIR_NOTE_OPENER_SURE) && !(record->notes & WEIR_NOTE_OPENER_SURE))
        record->notes = (uint16_t)((record->notes & ~opener) | (part->notes & opener));
    record->notes = (uint16_t)(record->notes | (part->notes & (WEIR_NOTE_SYN_ACK | WEIR_NOTE_RTT)));
    record->first_ns = part->first_ns < record->first_ns ? part->first_ns : record->first_ns;
    record->last_ns = part->last_ns > record->last_ns ? part->last_ns : record->last_ns;
    for (int i = 0; i < 2; i++) {
        side_add(record, part, (unsigned)i);
        flow->window_bytes[i] += part->side[i].bytes;
    }
    uint32_t peak = weir_record_peak(part);
    record->peak_bytes = peak > record->peak_bytes ? peak : record->peak_bytes;
    if (tcp) {
        unsigned windows = (unsigned)record->zero_windows + part->zero_windows;
        record->zero_windows = (uint16_t)(windows < UINT16_MAX ? windows : UINT16_MAX);
        tcp_add(&flow->tcp, tcp, part->notes);
    }
    flow->seen_ns = books->now_ns;
    host_add(books, flow->hosts[0], part, 0);
    if (flow->hosts[1] != flow->hosts[0])
        host_add(books, flow->hosts[1], part, 1);
}

/* What a packet said stays, until another says otherwise. */
static void text_keep(char **to, const char *text)
{
    char *copy = text && (!*to || strcmp(*to, text) != 0) ? strdup(text) : NULL;
    if (!copy)
        return;
    free(*to);
    *to = copy;
}

/* 0: unknown, or no room. */
static uint32_t application_obtain(weir_packet_books_t *books, const char *name)
{
    if (!name || room_make((void *)&books->applications, books->application_names.count,
                           &books->application_room, sizeof(*books->applications),
                           WEIR_PACKET_APPLICATIONS_MOST + 1) < 0)
        return 0;
    size_t count = books->application_names.count;
    uint32_t number = weir_texts_number(&books->application_names, name);
    if (books->application_names.count > count)
        books->applications[count] = (weir_packet_application_t){0};
    return number;
}

/* What a flow is may show late, and change: all that it carried follows. */
static void application_add(weir_packet_books_t *books, weir_packet_flow_t *flow,
                            const weir_flow_record_t *part, const char *name)
{
    const weir_flow_record_t *whole = &flow->record;
    uint32_t number = application_obtain(books, name);
    if (number && number != flow->application) {
        uint64_t packets = record_packets(whole), bytes = record_bytes(whole);
        weir_packet_application_t *now = &books->applications[number - 1];
        now->flows++;
        tally_add(&now->tally, packets, bytes);
        if (flow->application) {
            weir_packet_application_t *before = &books->applications[flow->application - 1];
            before->flows--;
            before->tally.packets -= packets - record_packets(part);
            before->tally.bytes -= bytes - record_bytes(part);
        }
        flow->application = number;
    } else if (flow->application) {
        tally_add(&books->applications[flow->application - 1].tally, record_packets(part),
                  record_bytes(part));
    }
}

static void record_add(weir_packet_books_t *books, const weir_flow_record_t *part,
                       const weir_label_t *label)
{
    uint64_t packets = record_packets(part), bytes = record_bytes(part);
    tally_add(&books->by_protocol[weir_key_protocol(&part->key)], packets, bytes);
    tally_add(&books->by_version[weir_key_ipv6(&part->key)], packets, bytes);
    uint64_t hash = flow_hash(books, &part->key);
    uint32_t at = weir_index_get(&books->flow_index, hash);
    weir_packet_flow_t *flow = NULL;
    if (at == WEIR_INDEX_NONE)
        flow = flow_new(books, part, hash);
    else if (weir_flow_key_equal(&books->flows[at].record.key, &part->key))
        flow = &books->flows[at];
    if (flow) {
        flow_add(books, flow, part);
        application_add(books, flow, part, label->application);
        text_keep(&flow->server_name, label->server_name);
        text_keep(&flow->ja4, label->ja4);
        return;
    }
    weir_told_t nothing = {0};
    record_tell(books, part, &nothing);
    books->flows_omitted++;
    tally_add(&books->omitted, packets, bytes);
}

/* ---- A window -------------------------------------------------------------------------------- */

void weir_packet_books_begin(weir_packet_books_t *books, uint64_t now_ns, uint64_t window_ns,
                             bool lossy)
{
    books->now_ns = now_ns;
    books->window_ns = window_ns;
    books->lossy = lossy;
    weir_teller_clear(&books->teller);
    for (size_t i = 0; i < books->flow_count; i++)
        memset(books->flows[i].window_bytes, 0, sizeof(books->flows[i].window_bytes));
    for (size_t i = 0; i < books->host_count; i++) {
        memset(books->hosts[i].window_rx, 0, sizeof(books->hosts[i].window_rx));
        memset(books->hosts[i].window_tx, 0, sizeof(books->hosts[i].window_tx));
    }
}

static void omitted_add(weir_packet_books_t *books, const weir_omitted_t *omitted)
{
    for (int i = 0; i < 256; i++)
        tally_add(&books->by_protocol[i], omitted->by_protocol[i].packets,
                  omitted->by_protocol[i].bytes);
    tally_add(&books->by_version[1], omitted->ipv6.packets, omitted->ipv6.bytes);
    tally_add(&books->by_version[0], omitted->total.packets - omitted->ipv6.packets,
              omitted->total.bytes - omitted->ipv6.bytes);
    tally_add(&books->omitted, omitted->total.packets, omitted->total.bytes);
}

void weir_packet_books_add(weir_packet_books_t *books, const weir_packet_window_t *window)
{
    static const weir_label_t nothing = {0};
    const weir_flow_record_t *record = NULL;
    size_t labels = 0;
    for (size_t at = 0; (record = weir_flow_table_next(&window->table, &at));) {
        uint32_t unit = weir_flow_table_unit(at, record);
        bool has_label = labels < window->label_count && window->labels[labels].unit == unit;
        if (weir_record_has_packets(record))
            record_add(books, record, has_label ? &window->labels[labels].label : &nothing);
        labels += has_label;
    }
    omitted_add(books, &window->table.omitted);
    for (int i = 0; i < WEIR_KIN_COUNT; i++)
        tally_add(&books->kin[i], window->counts.kin[i].packets, window->counts.kin[i].bytes);
}

static bool flow_has_ended(const weir_packet_flow_t *flow, uint64_t now_ns)
{
    weir_flow_state_t state = weir_record_state(&flow->record);
    bool closed =
        state == WEIR_FLOW_CLOSED || state == WEIR_FLOW_RESET || state == WEIR_FLOW_REFUSED;
    return now_ns - flow->seen_ns > (closed ? CLOSED_NS : IDLE_NS);
}

static void flow_forget(weir_packet_books_t *books, const weir_packet_flow_t *flow)
{
    weir_index_remove(&books->flow_index, flow_hash(books, &flow->record.key));
    for (int i = 0; i < 2; i++)
        if (flow->hosts[i] != WEIR_INDEX_NONE && (i == 0 || flow->hosts[1] != flow->hosts[0]))
            books->hosts[flow->hosts[i]].flows--;
}

/* The last one takes the place of one that has ended. */
static void flows_sweep(weir_packet_books_t *books)
{
    for (size_t i = 0; i < books->flow_count;) {
        weir_packet_flow_t *flow = &books->flows[i];
        if (!flow_has_ended(flow, books->now_ns)) {
            i++;
            continue;
        }
        flow_forget(books, flow);
        labels_free(flow);
        *flow = books->flows[--books->flow_count];
        if (i < books->flow_count &&
            weir_index_set(&books->flow_index, flow_hash(books, &flow->record.key), (uint32_t)i) <
                0)
            books->flow_count = i; /* an entry that exists needs no memory: cannot be */
    }
}

/* Hosts are named by position in flows: they go only when no flow is left that could name one.
 * `moved`: where each is then. */
static void hosts_move(weir_packet_books_t *books, uint32_t *moved)
{
    size_t kept = 0;
    weir_index_clear(&books->host_index);
    for (size_t i = 0; i < books->host_count; i++) {
        weir_packet_host_t *host = &books->hosts[i];
        moved[i] = WEIR_INDEX_NONE;
        if (host->flows == 0 && books->now_ns - host->seen_ns > HOST_NS)
            continue;
        uint64_t words[2];
        memcpy(words, host->address.bytes, sizeof(words));
        if (weir_index_set(&books->host_index,
                           host_key(books, words, host->address.family == WEIR_FAMILY_IPV6),
                           (uint32_t)kept) < 0)
            continue;
        moved[i] = (uint32_t)kept;
        books->hosts[kept++] = *host;
    }
    for (size_t i = 0; i < books->flow_count; i++)
        for (int side = 0; side < 2; side++)
            if (books->flows[i].hosts[side] != WEIR_INDEX_NONE)
                books->flows[i].hosts[side] = moved[books->flows[i].hosts[side]];
    books->host_count = kept;
}

static void hosts_sweep(weir_packet_books_t *books)
{
    if (books->host_count < WEIR_PACKET_HOSTS_MOST / 2)
        return;
    uint32_t *moved = calloc(books->host_count, sizeof(*moved));
    if (moved)
        hosts_move(books, moved);
    free(moved);
}

static void meter_set(weir_meter_t *meter, const uint64_t window[2],
                      const weir_packet_books_t *books)
{
    double seconds = (double)books->window_ns / 1e9;
    meter->state = seconds <= 0 ? WEIR_RATE_INIT : books->lossy ? WEIR_RATE_LOST : WEIR_RATE_OK;
    meter->byte_rate = seconds > 0 ? (double)window[0] / seconds : 0;
    meter->packet_rate = seconds > 0 ? (double)window[1] / seconds : 0;
}

static void flows_tell(weir_packet_books_t *books)
{
    for (size_t i = 0; i < books->flow_count; i++) {
        weir_packet_flow_t *flow = &books->flows[i];
        if (weir_told_has_news(&flow->told, flow->seen_ns) &&
            weir_told_due(&flow->told, (uint8_t)weir_record_state(&flow->record), books->now_ns))
            record_tell(books, &flow->record, &flow->told);
    }
}

void weir_packet_books_end(weir_packet_books_t *books)
{
    flows_tell(books);
    if (books->now_ns - books->swept_ns >= SWEEP_NS) {
        books->swept_ns = books->now_ns;
        flows_sweep(books);
        hosts_sweep(books);
    }
    for (size_t i = 0; i < books->host_count; i++) {
        weir_packet_host_t *host = &books->hosts[i];
        meter_set(&host->rx, host->window_rx, books);
        meter_set(&host->tx, host->window_tx, books);
    }
}
