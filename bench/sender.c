/*
 * Sends small UDP packets at a pace: sender INTERFACE PACKETS_PER_SECOND SECONDS (0: as fast as it
 * goes). They go straight to the device, addressed to a host that is not there, so that the other
 * end has no work with them but to show them to who captures. Prints how many it sent.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

static const unsigned char frame[60] = {
    2,    0,    0, 0,  0, 99, 2,    0, 0,  0,  0, 1, 8,  0,                    /* Ethernet */
    0x45, 0,    0, 46, 0, 7,  0x40, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2, /* IPv4 */
    0x9c, 0x40, 0, 9,  0, 26, 0,    0,                                         /* UDP, 40000 > 9 */
};

static double now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at); /* cannot fail */
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint64_t send_all(int fd, double rate, double seconds)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)frame, .iov_len = sizeof(frame)};
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof(messages));
    for (int i = 0; i < BATCH; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
    double begin = now();
    uint64_t sent = 0;
    for (double at = begin; at - begin < seconds; at = now()) {
        if (rate > 0 && (double)sent > (at - begin) * rate)
            continue;
        int n = sendmmsg(fd, messages, BATCH, 0);
        sent += n > 0 ? (uint64_t)n : 0;
    }
    return sent;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "sender INTERFACE PACKETS_PER_SECOND SECONDS\n");
        return 2;
    }
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
    int fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) < 0 ||
        bind(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("sender");
        return 1;
    }
    (void)printf("%llu\n",
                 (unsigned long long)send_all(fd, strtod(argv[2], NULL), strtod(argv[3], NULL)));
    (void)close(fd); /* what was sent is sent */
    return 0;
}
