#include "detect/rules.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const weir_rule_t RULES[WEIR_RULE_COUNT] = {
    [WEIR_RULE_PORT_SCAN] =
        {.id = "port-scan",
         .severity = WEIR_SEVERITY_WARNING,
         .definition =
             "One host tried many ports of another, and most attempts failed: no answer, refused, "
             "dropped in mid-handshake, or opened and closed without a byte. The technique is read "
             "from the packets: TCP connect, SYN, FIN, NULL, Xmas, or UDP. Only who opened counts, "
             "so a server's replies never do.",
         .source = "Zeek policy misc/scan (15 ports); nmap reference guide, port scanning "
                   "techniques; RFC 9293, 3.10.7",
         .limits = {{"ports", 15, "different ports of one host; honest clients fail at few"},
                    {"window", 3600, "[s] in which they count, so that slow scans are found too"}}},
    [WEIR_RULE_HOST_SCAN] =
        {.id = "host-scan",
         .severity = WEIR_SEVERITY_WARNING,
         .definition =
             "One host tried the same port (or ICMP echo) of many hosts, and most attempts failed. "
             "Peer-to-peer programs, which fail at many hosts and many ports alike, do not count.",
         .source = "Zeek policy misc/scan (25 hosts)",
         .limits = {{"hosts", 25, "different hosts with one port; honest clients fail at few"},
                    {"window", 3600, "[s] in which they count, so that slow scans are found too"}}},
    [WEIR_RULE_BRUTE_FORCE] =
        {.id = "brute-force",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "Many short sessions of one host with one login service (SSH, FTP, Telnet, "
                       "RDP, VNC, SMB, mail), each no longer than a refused password takes.",
         .source = "MITRE ATT&CK T1110; OpenSSH: MaxAuthTries 6 ends a session",
         .limits = {{"sessions", 30, "short sessions; people and jobs need fewer"},
                    {"window", 300, "[s] in which they count"}}},
    [WEIR_RULE_SYN_FLOOD] =
        {.id = "syn-flood",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "Handshakes with one port are begun and not finished: more a second than "
                       "the limit, than four times what is usual there, and than half of the other "
                       "connections of that port.",
         .source = "RFC 4987",
         .limits = {{"rate", 100, "[1/s] a backlog of 4,096 fills in under a minute"}}},
    [WEIR_RULE_UDP_FLOOD] =
        {.id = "udp-flood",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "UDP packets to one host that it does not answer, although its answers are "
                       "seen elsewhere in the capture; and more than four times what is usual.",
         .source = "RFC 4732, 2.1.1",
         .limits = {{"rate", 5000, "[1/s] streams that nobody answers stay below"}}},
    [WEIR_RULE_ICMP_FLOOD] = {.id = "icmp-flood",
                              .severity = WEIR_SEVERITY_CRITICAL,
                              .definition = "ICMP echo requests to one host, answered or not.",
                              .source = "RFC 4732, 2.1.1",
                              .limits = {{"rate", 500,
                                          "[1/s] monitors ask once a second or less"}}},
    [WEIR_RULE_AMPLIFICATION] =
        {.id = "amplification",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition =
             "UDP answers of at least ten servers (DNS, NTP, SSDP, memcached ...) come "
             "to one host that has not asked them: its address was forged. Or, seen at such a "
             "server: it answers one asker with more than ten times what that sends, steadily.",
         .source = "CISA alert TA14-017A; RFC 5358",
         .limits = {{"rate", 1000000, "[byte/s] 8 Mbit/s of answers that nobody asked for"},
                    {"reflected", 125000,
                     "[byte/s] 1 Mbit/s of answers of one server to one asker; "
                     "resolvers need less of one server"}}},
    [WEIR_RULE_BEACON] =
        {.id = "beacon",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition =
             "One host calls another at a steady beat, each time by a new connection. Hosts that "
             "call many at a beat are monitors, those that many call are services: neither counts, "
             "nor do NTP, DNS, DHCP and announcements.",
         .source = "MITRE ATT&CK T1071, T1029; Hubbard, Beacon Analysis (2020)",
         .limits = {{"calls", 20, "at least; fewer can be chance"},
                    {"seconds", 180, "[s] that they span at least"},
                    {"jitter", 0.1, "mean deviation by mean interval, at most"}}},
    [WEIR_RULE_ARP_CHANGE] =
        {.id = "arp-change",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "An address has moved to another network card soon after the old one was "
                       "seen. Virtual router addresses (VRRP, HSRP) may move.",
         .source = "RFC 826; RFC 5227, 2.4",
         .limits = {{"window", 600, "[s] after which an address may be given to another host"}}},
    [WEIR_RULE_ARP_DUPLICATE] =
        {.id = "arp-duplicate",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "Two network cards claim the same address in turn: a duplicate address, or "
                       "ARP spoofing.",
         .source = "RFC 5227, 2.4"},
    [WEIR_RULE_ARP_STORM] = {.id = "arp-storm",
                             .severity = WEIR_SEVERITY_WARNING,
                             .definition = "One network card sends ARP without end.",
                             .source = "RFC 1122, 2.3.2.1: one request a second and destination",
                             .limits = {{"frames", 1000, "in the window; a sweep of a /24 is 254"},
                                        {"window", 10, "[s]"}}},
    [WEIR_RULE_ARP_GRATUITOUS] =
        {.id = "arp-gratuitous",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "One network card announces addresses without being asked, again and again.",
         .source = "RFC 5227, 3",
         .limits = {{"frames", 50, "announcements in the window of arp-storm; two are usual"}}},
    [WEIR_RULE_ROGUE_DHCP] =
        {.id = "rogue-dhcp",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "A second DHCP server gives addresses. The first that was seen is taken for "
                       "the right one; mute the other if it is.",
         .source = "RFC 2131; MITRE ATT&CK T1557.003"},
    [WEIR_RULE_ROGUE_ROUTER] =
        {.id = "rogue-router",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "A second IPv6 router advertises itself. The first that was seen is taken "
                       "for the right one; mute the other if it is.",
         .source = "RFC 6104"},
    [WEIR_RULE_DGA] =
        {.id = "dga",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition =
             "One host asks for many different domains that look generated (their letters are "
             "unlike those of words and real domains), or that mostly do not exist: malware that "
             "looks for its master. Only the registered part of a name counts, so names of CDNs, "
             "block lists and hash look-ups do not. Domains of words after each other look real: "
             "they "
             "are found while most do not exist, not when all are answered.",
         .source = "Plohmann and others, USENIX Security 2016; Antonakakis and others, USENIX "
                   "Security 2012",
         .limits = {{"names", 10, "domains that look generated; of real ones about 0.03 % do"},
                    {"failed", 40, "domains that do not exist, whatever they look like"},
                    {"window", 600, "[s] in which they count"}}},
    [WEIR_RULE_DNS_TUNNEL] =
        {.id = "dns-tunnel",
         .severity = WEIR_SEVERITY_CRITICAL,
         .definition = "One host asks for many different, long names of different lengths below "
                       "one domain: data travels in them. Names of one length (hashes) and short "
                       "ones do not count.",
         .source = "SANS, Detecting DNS Tunneling (2013); MITRE ATT&CK T1071.004",
         .limits = {{"names", 100, "different names below the domain"},
                    {"length", 40, "mean length of what stands before the domain"},
                    {"window", 600, "[s] in which they count"}}},
    [WEIR_RULE_DNS_FAILURES] =
        {.id = "dns-failures",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "A name server fails or refuses most questions (SERVFAIL, REFUSED).",
         .source = "RFC 1035, 4.1.1",
         .limits = {{"count", 50, "failures at least"},
                    {"share", 0.5, "of its answers, at least"}}},
    [WEIR_RULE_EXFILTRATION] =
        {.id = "exfiltration",
         .severity = WEIR_SEVERITY_WARNING,
         .definition =
             "A host of this side (private addresses) uploads to a destination beyond it that it "
             "did not upload to before, far more than its habit: the most that it uploaded to one "
             "destination in an hour. Its habit is learnt first.",
         .source = "MITRE ATT&CK TA0010, T1048",
         .limits = {{"bytes", 100000000, "[byte] at least; less is a photograph album"},
                    {"habit", 10, "times the habit, at least"},
                    {"learn", 3600, "[s] from the first flow on, before habits count"},
                    {"new", 86400,
                     "[s] for which a destination is new, from the first upload of 1 MB on"}}},
    [WEIR_RULE_NEW_DEVICE] =
        {.id = "new-device",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition = "A network card that was not seen while learning: by its ARP frames, IPv6 "
                       "neighbour discovery, DHCP leases, router advertisements, or this machine's "
                       "own neighbour table, which needs no capture.",
         .source = "RFC 826; RFC 4861; NIST SP 800-53, CM-8(3)",
         .limits = {{"frames", 3,
                     "of it, at least; a damaged frame makes no device. One that this machine has "
                     "talked with needs none"},
                    {"learn", 3600,
                     "[s] from the first such message on; what is seen until then "
                     "is known"}}},
    [WEIR_RULE_NEW_LISTENER] =
        {.id = "new-listener",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition =
             "A program of this machine has opened a port to others that was not open when "
             "watching began: TCP that listens, or UDP that is not connected, on another port than "
             "those that the system gives to clients. A port that closes and opens again is known. "
             "Ports of the loopback address do not count: nobody else reaches them, and editors, "
             "debuggers and browsers open them all day; one that opens to others later does.",
         .source = "MITRE ATT&CK T1571, T1205; NIST SP 800-53, CM-7(1)",
         .limits = {{"held", 10, "[s] that it is open; data ports of FTP and the like are shorter"},
                    {"learn", 60,
                     "[s] from the beginning on; services that start with the machine "
                     "are open by then"}}},
    [WEIR_RULE_LINK_FLAPPING] =
        {.id = "link-flapping",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "An interface loses its carrier and gets it back, again and again.",
         .source = "Linux, IFLA_CARRIER_CHANGES; RFC 2863, 3.1.12",
         .limits = {{"changes", 6,
                     "of the carrier: three outages; a cable that is moved makes one"},
                    {"window", 600, "[s] in which they count"}}},
    [WEIR_RULE_INTERFACE_ERRORS] =
        {.id = "interface-errors",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "An interface counts too many packets with errors: a cable, plug, duplex or "
                       "driver.",
         .source = "RFC 2863, ifInErrors, ifOutErrors; `ip -s link`",
         .limits = {{"share", 0.01, "of the packets of a direction; sound links have 0"},
                    {"packets", 20, "with errors, at least"},
                    {"window", 30, "[s] in which they count"}}},
    [WEIR_RULE_INTERFACE_DROPS] =
        {.id = "interface-drops",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "An interface drops too many packets: buffers that are too small, a machine "
                       "that is too slow, or protocols that nobody here speaks.",
         .source = "RFC 2863, ifInDiscards, ifOutDiscards; `ip -s link`",
         .limits = {{"share", 0.01, "of the packets of a direction"},
                    {"packets", 100, "dropped, at least; idle links drop what nobody wants"},
                    {"window", 30, "[s] in which they count"}}},
    [WEIR_RULE_QUEUE_DROPS] =
        {.id = "queue-drops",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition = "The queue of an interface drops too many of the packets that are to be "
                       "sent: more comes than the link or a shaper lets through.",
         .source = "`tc -s qdisc`; RFC 7567",
         .limits = {{"share", 0.01, "of the packets; TCP alone makes less"},
                    {"packets", 100, "dropped, at least"},
                    {"window", 30, "[s] in which they count"}}},
    [WEIR_RULE_SATURATION] =
        {.id = "saturation",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition = "A direction of an interface is full: its rate is at the capacity that is "
                       "configured, or at the speed of the link.",
         .source = "RFC 7567, 1; `capacity` in the configuration",
         .limits = {{"share", 0.95, "of the capacity; above it queues grow"},
                    {"seconds", 30, "[s] without a break; short transfers may fill a link"}}},
    [WEIR_RULE_RETRANSMISSIONS] =
        {.id = "retransmissions",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition = "Too many TCP packets to or from one host are sent again, and more than "
                       "twice as many as before: loss on the way.",
         .source = "RFC 6298; RFC 5681",
         .limits = {{"share", 0.05, "of the packets; from 1 to 2 % on TCP slows down much"},
                    {"packets", 50, "sent again, at least"},
                    {"window", 60, "[s] in which they count"}}},
    [WEIR_RULE_RTT_RISE] =
        {.id = "rtt-rise",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition =
             "Most new TCP connections take much longer to their hosts than before, each "
             "compared with its own host: a queue on the way that they share. It is about "
             "one host if that has most of them, else about one client if all are his, "
             "else about all hosts.",
         .source = "RFC 9293, 3.5; bufferbloat (RFC 8290, 1)",
         .limits = {{"times", 3, "the usual time of the host's handshake"},
                    {"ms", 50, "[ms] above it, at least"},
                    {"connections", 20, "within a minute to hosts whose usual time is known"}}},
    [WEIR_RULE_RESETS] =
        {.id = "resets",
         .severity = WEIR_SEVERITY_NOTICE,
         .definition = "One service resets (RST) most connections after it had accepted them: it "
                       "is overloaded, broken, or something on the way ends them.",
         .source = "RFC 9293, 3.5.2",
         .limits = {{"connections", 50, "reset by the service, at least"},
                    {"window", 60, "[s] in which they count"}}},
    [WEIR_RULE_MTU_BLACK_HOLE] =
        {.id = "mtu-black-hole",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "Connections of two hosts stand still on large packets: the handshake and "
                       "small packets pass, full segments are sent again and again and never "
                       "acknowledged. A smaller MTU lies on the way, and the message that would "
                       "say so (ICMP, packet too big) is lost.",
         .source = "RFC 2923, 2.1; RFC 4821",
         .limits = {{"connections", 3, "that got stuck so, at least; one may be an outage"}}},
    [WEIR_RULE_WATCHED] =
        {.id = "watched",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "Traffic from or to an address or network of the user's list, or a question "
                       "for one of its names or what is below it.",
         .source = "`watch` in the configuration"},
};

const weir_rule_t *weir_rule(weir_rule_id_t id)
{
    return &RULES[id];
}

int weir_rule_find(const char *name)
{
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        if (strcmp(RULES[i].id, name) == 0)
            return i;
    return -ENOENT;
}

int weir_rule_limit_find(weir_rule_id_t id, const char *name)
{
    for (int i = 0; i < WEIR_LIMITS_MOST && RULES[id].limits[i].name; i++)
        if (strcmp(RULES[id].limits[i].name, name) == 0)
            return i;
    return -ENOENT;
}

static const char *rule_nearest(const char *name)
{
    const char *names[WEIR_RULE_COUNT];
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        names[i] = RULES[i].id;
    const char *nearest = weir_text_nearest(name, names, WEIR_COUNT(names));
    return nearest ? nearest : "port-scan";
}

const char *weir_rules_check(const weir_finding_options_t *options, char *text, size_t size)
{
    for (size_t i = 0; i < options->mute_count; i++) {
        const char *rule = options->mutes[i].rule;
        if (strcmp(rule, "*") == 0 || weir_rule_find(rule) >= 0)
            continue;
        (void)snprintf(text, size, "there is no rule '%s'; did you mean '%s'?", rule,
                       rule_nearest(rule));
        return text;
    }
    for (size_t i = 0; i < options->limit_count; i++) {
        const weir_finding_limit_t *limit = &options->limits[i];
        int rule = weir_rule_find(limit->rule);
        if (rule >= 0 && weir_rule_limit_find((weir_rule_id_t)rule, limit->name) >= 0 &&
            isfinite(limit->value) && limit->value >= 0)
            continue;
        if (rule < 0)
            (void)snprintf(text, size, "there is no rule '%s'; did you mean '%s'?", limit->rule,
                           rule_nearest(limit->rule));
        else
            (void)snprintf(text, size,
                           "the rule %s has no limit '%s', or not with that value; `weir help "
                           "findings` lists them",
                           limit->rule, limit->name);
        return text;
    }
    return NULL;
}

void weir_limits_set(weir_limits_t *limits, const weir_finding_options_t *options)
{
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        for (int j = 0; j < WEIR_LIMITS_MOST; j++)
            limits->of[i][j] = RULES[i].limits[j].usual;
    for (size_t i = 0; options && i < options->limit_count; i++) {
        const weir_finding_limit_t *limit = &options->limits[i];
        int rule = weir_rule_find(limit->rule);
        int at = rule < 0 ? rule : weir_rule_limit_find((weir_rule_id_t)rule, limit->name);
        if (at >= 0)
            limits->of[rule][at] = limit->value;
    }
}
