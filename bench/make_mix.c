/*
 * A capture that looks like an office's uplink: 80,000 flows of several applications, interleaved
 * in time, in IPv4 and IPv6, plain, tagged and doubly tagged, with some ARP, STP and tunnels:
 *
 *     make_mix FILE [FLOWS [MEGABYTES]]        80,000 and 300 if not said
 *
 * Sizes: bulk downloads in full frames with bare ACKs coming back, web in bursts, DNS in pairs,
 * calls in 214-byte frames, SSH in small ones. Of 20 flows (beside the bulk, one in 400, which has
 * 35 % of the packets): 5 TLS with a server name, 1 HTTP, 3 QUIC v1, 5 DNS, 1 NTP, 1 SSH, 1 RTP,
 * 1 ping; one is a tunnel, and of the last two thirds are DHCP and the rest noise that nobody
 * knows.
 */
#include "generate.h"
#include "payload.h"

#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_WEB,
    KIND_HTTP,
    KIND_NTP,
    KIND_DHCP,
    KIND_NOISE,
    KIND_BULK,
    KIND_QUIC,
    KIND_DNS,
    KIND_CALL,
    KIND_SHELL,
    KIND_PING,
    KIND_TUNNEL,
    KIND_COUNT
};

typedef struct flow {
    uint32_t client, server, seq[2], said[2]; /* said: messages of either side */
    uint16_t client_port;
    uint8_t kind, step, ipv6, tags;
} flow_t;

/* How much of the traffic's packets each kind has, in percent; most flows are short. */
static uint8_t kind_of(uint32_t flow)
{
    uint32_t lot = flow * UINT32_C(2654435761) >> 8;
    static const uint8_t kinds[20] = {
        KIND_WEB,  KIND_WEB,  KIND_WEB,   KIND_WEB,  KIND_WEB,  KIND_HTTP,   KIND_QUIC,
        KIND_QUIC, KIND_QUIC, KIND_DNS,   KIND_DNS,  KIND_DNS,  KIND_DNS,    KIND_DNS,
        KIND_NTP,  KIND_DHCP, KIND_SHELL, KIND_CALL, KIND_PING, KIND_TUNNEL,
    };
    uint8_t kind = flow % 400 == 0 ? KIND_BULK : kinds[lot % 20];
    return kind == KIND_DHCP && flow % 3 == 0 ? KIND_NOISE : kind;
}

static void flow_make(flow_t *flow, uint32_t number)
{
    uint64_t state = number + UINT64_C(77);
    *flow = (flow_t){
        .client = 0x0a010000 | random_below(&state, 4000),
        .server = 0xcb007100 + random_skewed(&state, 20000),
        .client_port = (uint16_t)(1024 + random_below(&state, 64000)),
        .kind = kind_of(number),
        .ipv6 = random_below(&state, 10) < 3,
        .tags = (uint8_t)(random_below(&state, 10) < 8 ? 0 : 1 + random_below(&state, 2)),
    };
}

static uint8_t *link_put(const flow_t *flow, int back, uint8_t *at)
{
    memset(at, 0x02, 12);
    at[5] = (uint8_t)back;
    at += 12;
    for (int i = flow->tags; i > 0; i--)
        at = put16(put16(at, i == 2 ? 0x88a8 : 0x8100), 100u + (flow->client & 7));
    return put16(at, flow->ipv6 ? 0x86dd : 0x0800);
}

static uint8_t *address6_put(uint8_t *at, uint32_t address)
{
    at = put32(put32(put32(at, 0x20010db8), 0), 0);
    return put32(at, address);
}

static uint8_t *ip_put(const flow_t *flow, int back, unsigned protocol, unsigned payload,
                       uint8_t *at)
{
    uint32_t src = back ? flow->server : flow->client, dst = back ? flow->client : flow->server;
    if (flow->ipv6) {
        at = put16(put32(at, 0x60000000), payload);
        at = put16(at, protocol << 8 | 64);
        return address6_put(address6_put(at, src), dst);
    }
    at = put32(put32(at, 0x45000000 | (payload + 20)), 0x4000);
    at = put32(at, 64u << 24 | protocol << 16);
    return put32(put32(at, src), dst);
}

static unsigned server_port(const flow_t *flow)
{
    static const uint16_t ports[KIND_COUNT] = {
        [KIND_WEB] = 443,    [KIND_HTTP] = 80,  [KIND_NTP] = 123,    [KIND_DHCP] = 67,
        [KIND_NOISE] = 7531, [KIND_BULK] = 443, [KIND_QUIC] = 443,   [KIND_DNS] = 53,
        [KIND_CALL] = 16400, [KIND_SHELL] = 22, [KIND_TUNNEL] = 4789};
    return ports[flow->kind];
}

static uint8_t *ports_put(const flow_t *flow, int back, uint8_t *at)
{
    unsigned server = server_port(flow);
    return back ? put16(put16(at, server), flow->client_port)
                : put16(put16(at, flow->client_port), server);
}

static uint8_t *tcp_put(flow_t *flow, int back, unsigned flags, uint32_t length, uint8_t *at)
{
    at = put32(put32(ports_put(flow, back, at), flow->seq[back]), flow->seq[!back]);
    at = put16(put16(at, 0x8000 | flags), 501);
    at = put16(put16(at, 0), 0);
    at = put32(put32(put32(at, 0x0101080a), flow->seq[0]), flow->seq[1]);
    flow->seq[back] += length + ((flags & 3) != 0);
    return at;
}

/* Direction and payload of a flow's next packet. */
static unsigned payload_choose(const flow_t *flow, uint64_t *state, int *ret_back)
{
    *ret_back = random_below(state, 100) < 60;
    switch (flow->kind) {
    case KIND_BULK:
        *ret_back = random_below(state, 100) < 66;
        return *ret_back ? 1448 : 0;
    case KIND_WEB:
    case KIND_HTTP:
        return *ret_back ? (random_below(state, 4) ? 1448 : random_below(state, 1400))
               : random_below(state, 3) ? 0
                                        : 500;
    case KIND_QUIC:
        return *ret_back ? 1250 : 40 + random_below(state, 100);
    case KIND_NTP:
    case KIND_DHCP:
        *ret_back = flow->step & 1;
        return 48;
    case KIND_DNS:
        *ret_back = flow->step & 1;
        return *ret_back ? 60 + random_below(state, 400) : 30 + random_below(state, 30);
    case KIND_CALL:
        return 172;
    case KIND_SHELL:
        return 36 + random_below(state, 100);
    default:
        return 56;
    }
}

static int kind_is_tcp(uint8_t kind)
{
    return kind == KIND_WEB || kind == KIND_HTTP || kind == KIND_BULK || kind == KIND_SHELL;
}

static payload_t message_of(const flow_t *flow, int back)
{
    static const payload_kind_t kinds[KIND_COUNT] = {
        [KIND_WEB] = PAYLOAD_TLS,   [KIND_HTTP] = PAYLOAD_HTTP, [KIND_NTP] = PAYLOAD_NTP,
        [KIND_DHCP] = PAYLOAD_DHCP, [KIND_BULK] = PAYLOAD_TLS,  [KIND_QUIC] = PAYLOAD_QUIC,
        [KIND_DNS] = PAYLOAD_DNS,   [KIND_CALL] = PAYLOAD_RTP,  [KIND_SHELL] = PAYLOAD_SSH};
    return (payload_t){.kind = kinds[flow->kind],
                       .server = flow->server,
                       .number = flow->said[back],
                       .back = back};
}

/* The client speaks first (a server of SSH does), and its first message is never empty. */
static void first_direct(const flow_t *flow, int *back, unsigned *payload)
{
    int tcp = kind_is_tcp(flow->kind);
    if (flow->step < (tcp ? 3 : 0) || flow->step > (tcp ? 4 : 1))
        return;
    *back = flow->step == (tcp ? 4 : 1);
    if (flow->kind == KIND_SHELL)
        *back = !*back;
    *payload = *payload ? *payload : 400;
}

static unsigned handshake_flags(const flow_t *flow, int *back, unsigned *payload)
{
    static const unsigned flags[3] = {2, 18, 16};
    if (flow->step >= 3)
        return *payload ? 24 : 16;
    *back = flow->step == 1;
    *payload = 0;
    return flags[flow->step];
}

static size_t packet_make(flow_t *flow, uint64_t *state, uint8_t *frame)
{
    int back = 0;
    unsigned payload = payload_choose(flow, state, &back);
    first_direct(flow, &back, &payload);
    payload_t message = message_of(flow, back);
    if (payload && (!kind_is_tcp(flow->kind) || flow->step >= 3))
        payload = payload_length(&message, payload);
    uint8_t *at = frame;
    if (kind_is_tcp(flow->kind)) {
        unsigned flags = handshake_flags(flow, &back, &payload);
        at = ip_put(flow, back, 6, 32 + payload, link_put(flow, back, at));
        at = tcp_put(flow, back, flags, payload, at);
    } else if (flow->kind == KIND_PING) {
        at = ip_put(flow, back, flow->ipv6 ? 58 : 1, 8 + payload, link_put(flow, back, at));
        at = put32(put16(put16(at, flow->ipv6 ? (back ? 0x8100 : 0x8000) : (back ? 0 : 0x0800)), 0),
                   0x00010000);
    } else {
        at = ip_put(flow, back, 17, 8 + payload, link_put(flow, back, at));
        at = put16(put16(ports_put(flow, back, at), 8 + payload), 0);
    }
    payload_put(&message, payload, at);
    flow->said[back] += payload > 0;
    at += payload;
    if (at < frame + 60) {
        memset(at, 0, (size_t)(frame + 60 - at));
        at = frame + 60;
    }
    flow->step = (uint8_t)(flow->step < 250 ? flow->step + 1 : 250);
    return (size_t)(at - frame);
}

/* Now and then what is no IP. */
static size_t other_make(uint64_t *state, uint8_t *frame)
{
    memset(frame, 0xff, 60);
    if (random_below(state, 2)) {
        (void)put16(frame + 12, 0x0806);
    } else {
        (void)put16(frame + 12, 38);
        frame[14] = frame[15] = 0x42;
    }
    return 60;
}

/* Bulk flows take a third of the packets; a window of flows is active at any time. */
static uint32_t flow_choose(uint64_t *state, uint32_t flows, uint64_t written, uint64_t wanted)
{
    if (random_below(state, 100) < 35)
        return random_below(state, flows / 400) * 400;
    uint32_t newest = (uint32_t)(written * flows / wanted);
    uint32_t back = random_skewed(state, flows / 10);
    return newest > back ? newest - back : newest;
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!file) {
        (void)fprintf(stderr, "usage: make_mix FILE [FLOWS [MEGABYTES]]\n");
        return 2;
    }
    uint32_t count = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 80000;
    count = count < 400 ? 400 : count;
    uint64_t wanted = (argc > 3 ? strtoul(argv[3], NULL, 10) : 300) * UINT64_C(1000000);
    flow_t *flows = calloc(count, sizeof(*flows));
    if (!flows || payload_begin() < 0) {
        free(flows);
        return 1;
    }
    for (uint32_t i = 0; i < count; i++)
        flow_make(&flows[i], i);
    uint64_t state = 2, time_us = UINT64_C(1700000000000000);
    pcap_begin(file, 1, 0);
    for (uint64_t written = 0; written < wanted;) {
        uint8_t frame[2048];
        uint32_t chosen = flow_choose(&state, count, written, wanted);
        size_t n = random_below(&state, 500)
                       ? packet_make(&flows[chosen < count ? chosen : count - 1], &state, frame)
                       : other_make(&state, frame);
        time_us += random_below(&state, 200);
        pcap_record(file, time_us, frame, (uint32_t)n, (uint32_t)n);
        written += n + 16;
    }
    free(flows);
    return fclose(file) == 0 ? 0 : 1;
}
