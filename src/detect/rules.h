/*
 * The rules as data: what each means, where that comes from, how grave it is, and its limits with
 * their reasons. Help, configuration and detectors walk it.
 */
#ifndef WEIR_DETECT_RULES_H
#define WEIR_DETECT_RULES_H

#include "model/finding.h"

#include <stdbool.h>

typedef enum weir_rule_id {
    WEIR_RULE_PORT_SCAN,
    WEIR_RULE_HOST_SCAN,
    WEIR_RULE_BRUTE_FORCE,
    WEIR_RULE_SYN_FLOOD,
    WEIR_RULE_UDP_FLOOD,
    WEIR_RULE_ICMP_FLOOD,
    WEIR_RULE_AMPLIFICATION,
    WEIR_RULE_BEACON,
    WEIR_RULE_ARP_CHANGE,
    WEIR_RULE_ARP_DUPLICATE,
    WEIR_RULE_ARP_STORM,
    WEIR_RULE_ARP_GRATUITOUS,
    WEIR_RULE_ROGUE_DHCP,
    WEIR_RULE_ROGUE_ROUTER,
    WEIR_RULE_DGA,
    WEIR_RULE_DNS_TUNNEL,
    WEIR_RULE_DNS_FAILURES,
    WEIR_RULE_EXFILTRATION,
    WEIR_RULE_NEW_DEVICE,
    WEIR_RULE_NEW_LISTENER,
    WEIR_RULE_LINK_FLAPPING,
    WEIR_RULE_INTERFACE_ERRORS,
    WEIR_RULE_INTERFACE_DROPS,
    WEIR_RULE_QUEUE_DROPS,
    WEIR_RULE_SATURATION,
    WEIR_RULE_RETRANSMISSIONS,
    WEIR_RULE_RTT_RISE,
    WEIR_RULE_RESETS,
    WEIR_RULE_MTU_BLACK_HOLE,
    WEIR_RULE_WATCHED,
    WEIR_RULE_COUNT
} weir_rule_id_t;

/** Places of the limits below. */
enum { WEIR_PORT_SCAN_PORTS, WEIR_PORT_SCAN_WINDOW };
enum { WEIR_HOST_SCAN_HOSTS, WEIR_HOST_SCAN_WINDOW };
enum { WEIR_BRUTE_FORCE_SESSIONS, WEIR_BRUTE_FORCE_WINDOW };
enum { WEIR_BEACON_CALLS, WEIR_BEACON_SECONDS, WEIR_BEACON_JITTER };
enum { WEIR_ARP_CHANGE_WINDOW };
enum { WEIR_ARP_STORM_FRAMES, WEIR_ARP_STORM_WINDOW };
enum { WEIR_DGA_NAMES, WEIR_DGA_FAILED, WEIR_DGA_WINDOW };
enum { WEIR_DNS_TUNNEL_NAMES, WEIR_DNS_TUNNEL_LENGTH, WEIR_DNS_TUNNEL_WINDOW };
enum { WEIR_DNS_FAILURES_COUNT, WEIR_DNS_FAILURES_SHARE };

enum { WEIR_AMPLIFICATION_RATE, WEIR_AMPLIFICATION_REFLECTED };
enum {
    WEIR_EXFILTRATION_BYTES,
    WEIR_EXFILTRATION_HABIT,
    WEIR_EXFILTRATION_LEARN,
    WEIR_EXFILTRATION_NEW
};
enum { WEIR_NEW_DEVICE_FRAMES, WEIR_NEW_DEVICE_LEARN };
enum { WEIR_NEW_LISTENER_HELD, WEIR_NEW_LISTENER_LEARN };
enum { WEIR_LINK_FLAPPING_CHANGES, WEIR_LINK_FLAPPING_WINDOW };
enum { WEIR_LOSS_SHARE, WEIR_LOSS_PACKETS, WEIR_LOSS_WINDOW }; /* of interfaces, queues, hosts */
enum { WEIR_SATURATION_SHARE, WEIR_SATURATION_SECONDS };
enum { WEIR_RTT_RISE_TIMES, WEIR_RTT_RISE_MS, WEIR_RTT_RISE_CONNECTIONS };
enum { WEIR_RESETS_CONNECTIONS, WEIR_RESETS_WINDOW };
enum { WEIR_MTU_CONNECTIONS };

#define WEIR_LIMITS_MOST 4

typedef struct weir_limit {
    const char *name; /* in the configuration; NULL: no more */
    double usual;
    const char *why; /* what it is, its unit, and why that much */
} weir_limit_t;

typedef struct weir_rule {
    const char *id;
    const char *definition; /* sentences */
    const char *source;     /* of the definition */
    weir_severity_t severity;
    weir_limit_t limits[WEIR_LIMITS_MOST];
} weir_rule_t;

const weir_rule_t *weir_rule(weir_rule_id_t id);
/** The rule's id, or -ENOENT. */
int weir_rule_find(const char *name);
/** The place of a rule's limit, or -ENOENT. */
int weir_rule_limit_find(weir_rule_id_t id, const char *name);

/** What is wrong with the options, as a sentence; NULL: nothing. Static, or in `text`. */
const char *weir_rules_check(const weir_finding_options_t *options, char *text, size_t size);

/** The limits of all rules, with what the configuration changes. */
typedef struct weir_limits {
    double of[WEIR_RULE_COUNT][WEIR_LIMITS_MOST];
} weir_limits_t;

void weir_limits_set(weir_limits_t *limits, const weir_finding_options_t *options);

#endif
