#include "platform/linux/capture_checks.h"

#include "platform/linux/capture_filter.h"
#include "platform/linux/check_set.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CHECKS 4

static int socket_check(weir_check_t *check)
{
    char error[WEIR_CAPTURE_ERROR_SIZE];
    bool helped = false;
    int fd = -1;
    int r = weir_capture_socket(&helped, &fd, error);
    check->what = "capture";
    if (r == 0) {
        weir_check_set(check, WEIR_CHECK_OK, "permitted, by %s",
                       helped ? "weir-load" : "CAP_NET_RAW");
        return fd;
    }
    weir_check_set(check, WEIR_CHECK_LIMITED,
                   "not permitted: `weir capture` and the flows and hosts of packets are hidden");
    (void)snprintf(check->fix, sizeof(check->fix),
                   "sudo weir capture; for good: sudo ./run install, sudo usermod -aG weir "
                   "\"$USER\"");
    return -1;
}

static void ring_check(weir_check_t *check, int fd)
{
    int version = TPACKET_V3;
    check->what = "packet ring";
    if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) == 0) {
        weir_check_set(check, WEIR_CHECK_OK, "TPACKET_V3: the kernel hands over blocks of packets");
        return;
    }
    weir_check_set(check, WEIR_CHECK_LIMITED,
                   "TPACKET_V3 is refused (%s): live flows of packets are hidden", strerror(errno));
    (void)snprintf(check->fix, sizeof(check->fix),
                   "WEIR_CAPTURE=pcap weir capture takes packets by libpcap");
}

/* Joined on loopback, with a filter that lets nothing pass. */
static void fanout_check(weir_check_t *check, int fd)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex("lo")};
    int group = (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    int r = weir_capture_filter_block(fd);
    if (r == 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        r = -errno;
    if (r == 0 && setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)) < 0)
        r = -errno;
    check->what = "fanout";
    if (r == 0)
        weir_check_set(check, WEIR_CHECK_OK, "packets are spread over the processors by flow");
    else
        weir_check_set(check, WEIR_CHECK_LIMITED,
                       "refused (%s): live flows of packets are hidden where there are several "
                       "processors; `weir capture` works",
                       strerror(-r));
}

/* "libpcap version 1.10.3 (with TPACKET_V3)", of which the number is told. */
static void library_check(weir_check_t *check, bool permitted)
{
    const char *number = strpbrk(pcap_lib_version(), "0123456789");
    check->what = "libpcap";
    weir_check_set(check, WEIR_CHECK_OK, "%.*s, the language of -f%s",
                   number ? (int)strcspn(number, " ") : 0, number ? number : "",
                   permitted ? "; WEIR_CAPTURE=pcap captures by it, too" : "");
}

size_t weir_capture_checks(weir_check_t *checks, size_t room)
{
    size_t n = 0;
    if (room < CHECKS)
        return 0;
    WEIR_CLEANUP(weir_closep) int fd = socket_check(&checks[n++]);
    if (fd >= 0) {
        ring_check(&checks[n++], fd);
        fanout_check(&checks[n++], fd);
    }
    library_check(&checks[n++], fd >= 0);
    return n;
}
