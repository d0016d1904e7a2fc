/*
 * A capture of N packets of 60 bytes (UDP and TCP in IPv4) over M flows of skewed popularity:
 *
 *     make_small FILE [PACKETS [FLOWS]]        10,000,000 and 500,000 if not said
 */
#include "generate.h"

#include <stdlib.h>
#include <string.h>

static void flow_frame(uint32_t flow, int back, uint32_t seq, uint8_t frame[60])
{
    uint64_t state = flow * UINT64_C(0x2545f4914f6cdd1d);
    uint32_t client = 0x0a000000 | random_below(&state, 1 << 20);
    uint32_t server = 0xc6120000 | random_below(&state, 1 << 14);
    unsigned client_port = 1024 + random_below(&state, 64000), server_port = flow % 3 ? 443 : 53;
    int tcp = flow % 3 != 0;
    memset(frame, 0, 60);
    uint8_t *at = put16(frame + 12, 0x0800);
    at = put16(at, 0x4500);
    at = put16(at, 46);
    at = put32(at, seq << 16);
    *at++ = 64;
    *at++ = tcp ? 6 : 17;
    at = put16(at, 0);
    at = put32(put32(at, back ? server : client), back ? client : server);
    at = put16(put16(at, back ? server_port : client_port), back ? client_port : server_port);
    if (tcp) {
        at = put32(put32(at, seq * 6), seq);
        (void)put16(put16(at, 0x5010), 512);
    } else {
        (void)put16(at, 26);
    }
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!file) {
        (void)fprintf(stderr, "usage: make_small FILE [PACKETS [FLOWS]]\n");
        return 2;
    }
    uint32_t packets = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 10000000;
    uint32_t flows = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 500000;
    uint64_t state = 1, time_us = UINT64_C(1700000000000000);
    pcap_begin(file, 1, 0);
    for (uint32_t i = 0; i < packets; i++) {
        uint8_t frame[60];
        /* every flow once, spread over the capture, and then by popularity */
        uint32_t turn = packets / flows ? packets / flows : 1;
        uint32_t flow = i % turn == 0 && i / turn < flows ? i / turn : random_skewed(&state, flows);
        flow_frame(flow, (int)(random_next(&state) & 1), i, frame);
        time_us += random_below(&state, 3);
        pcap_record(file, time_us, frame, 60, 60);
    }
    return fclose(file) == 0 ? 0 : 1;
}
