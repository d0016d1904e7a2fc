#include "detect/listeners.h"

#include "model/units.h"

#include <stdio.h>
#include <string.h>

#define SETS ((size_t)1024)
#define STALE_NS (INT64_C(86400) * (int64_t)WEIR_NS_PER_S * 365) /* known for good */
#define NAME_SIZE 64
#define PATH_SIZE 192

typedef struct port {
    weir_shelf_entry_t entry;
    weir_address_t address; /* family NONE: every address */
    uint16_t port;
    uint8_t protocol;
    bool known;        /* it is no news */
    uint64_t open_ns;  /* [ns] boot time since when it is open, 0 it is not */
    int64_t since;     /* of the first time */
    uint32_t openings; /* since then */
    uint32_t pid;      /* of the newest, 0 unknown */
    char app[NAME_SIZE], exe[PATH_SIZE];
} port_t;

static bool address_is_any(const weir_address_t *address)
{
    static const uint8_t none[16] = {0};
    return memcmp(address->bytes, none, sizeof(none)) == 0;
}

static bool address_is_loopback(const weir_address_t *address)
{
    static const uint8_t loopback6[16] = {[15] = 1};
    return address->family == WEIR_FAMILY_IPV4
               ? address->bytes[0] == 127
               : memcmp(address->bytes, loopback6, sizeof(loopback6)) == 0;
}

/* Every address of IPv4 and every one of IPv6 are one thing: most servers open both. */
static uint64_t port_key(const weir_listeners_t *listeners, const weir_event_t *event, bool any)
{
    uint64_t words[2] = {0};
    if (!any)
        memcpy(words, event->src.bytes, sizeof(words));
    return weir_facts_hash(listeners->facts, weir_facts_address(listeners->facts, words),
                           (uint64_t)event->listen.port << 8 | event->listen.protocol);
}

/* One address more of a port that all addresses have is no news. */
static bool port_is_known(const weir_listeners_t *listeners, const weir_event_t *event)
{
    double learn_s = listeners->facts->limits.of[WEIR_RULE_NEW_LISTENER][WEIR_NEW_LISTENER_LEARN];
    double passed_s =
        (double)(listeners->now.boot_ns - listeners->begin_ns) / (double)WEIR_NS_PER_S;
    const port_t *all = weir_shelf_find(&listeners->ports, port_key(listeners, event, true));
    return event->listen.before || passed_s < learn_s || (all && all->known);
}

static void port_open(const weir_listeners_t *listeners, const weir_event_t *event, port_t *port)
{
    const weir_event_program_t *program = &event->listen.program;
    port->open_ns = listeners->now.boot_ns;
    port->since = port->since ? port->since : event->time_ns;
    port->openings++;
    port->pid = program->pid;
    (void)snprintf(port->app, sizeof(port->app), "%s", program->app ? program->app : "");
    (void)snprintf(port->exe, sizeof(port->exe), "%s", program->exe ? program->exe : "");
}

void weir_listeners_event(weir_listeners_t *listeners, const weir_event_t *event)
{
    if (address_is_loopback(&event->src))
        return;
    bool any = address_is_any(&event->src);
    uint64_t key = port_key(listeners, event, any);
    port_t *port = weir_shelf_find(&listeners->ports, key);
    if (event->listen.ended) {
        if (port)
            port->open_ns = 0;
        return;
    }
    if (!port) {
        bool known = port_is_known(listeners, event);
        port = weir_shelf_obtain(&listeners->ports, key, event->time_ns);
        port->entry.weight = 1;
        port->known = known;
        if (!any)
            port->address = event->src;
        port->port = event->listen.port;
        port->protocol = event->listen.protocol;
    }
    port_open(listeners, event, port);
}

static const char *protocol_word(uint8_t protocol)
{
    return protocol == WEIR_IP_UDP ? "UDP" : "TCP";
}

static void who_put(weir_buf_t *buf, const port_t *port)
{
    weir_buf_puts(buf, port->app[0] ? port->app : "a program");
    if (port->pid)
        weir_buf_printf(buf, " (pid %u)", port->pid);
}

static void port_tell(const weir_listeners_t *listeners, const port_t *port)
{
    bool any = port->address.family == WEIR_FAMILY_NONE;
    weir_telling_t telling;
    weir_telling_init(&telling);
    if (any)
        weir_buf_puts(&telling.object, "*");
    else
        weir_address_put(&telling.object, &port->address, false);
    weir_buf_printf(&telling.object, " port %u/%s", port->port,
                    port->protocol == WEIR_IP_UDP ? "udp" : "tcp");
    who_put(&telling.text, port);
    weir_buf_printf(&telling.text, " has begun to listen on %s port %u of ",
                    protocol_word(port->protocol), port->port);
    if (any)
        weir_buf_puts(&telling.text, "every address");
    else
        weir_address_put(&telling.text, &port->address, false);
    if (port->exe[0])
        weir_buf_printf(&telling.evidence, "%s; ", port->exe);
    weir_buf_printf(&telling.evidence, "%zu ports are known, opened %u times",
                    listeners->ports.used, port->openings);
    weir_raise_t raise = {.rule = WEIR_RULE_NEW_LISTENER,
                          .since = port->since,
                          .last_seen = listeners->now.wall_ns,
                          .count = port->openings,
                          .observed = 1};
    weir_telling_raise(&telling, listeners->facts->book, &raise);
}

/* Once ports were pushed out for want of room, nobody knows which are new. */
void weir_listeners_report(weir_listeners_t *listeners)
{
    double held_s = listeners->facts->limits.of[WEIR_RULE_NEW_LISTENER][WEIR_NEW_LISTENER_HELD];
    if (listeners->ports.pushed_out)
        return;
    const port_t *port = NULL;
    for (size_t at = 0; (port = weir_shelf_next(&listeners->ports, &at));) {
        double open_s = (double)(listeners->now.boot_ns - port->open_ns) / (double)WEIR_NS_PER_S;
        if (!port->known && port->open_ns && open_s >= held_s)
            port_tell(listeners, port);
    }
}

void weir_listeners_begin(weir_listeners_t *listeners, const weir_instant_t *now)
{
    listeners->begin_ns = listeners->begin_ns ? listeners->begin_ns : now->boot_ns;
    listeners->now = *now;
}

int weir_listeners_init(weir_listeners_t *listeners, weir_facts_t *facts)
{
    *listeners = (weir_listeners_t){.facts = facts};
    return weir_shelf_init(&listeners->ports, SETS, sizeof(port_t), STALE_NS);
}

void weir_listeners_done(weir_listeners_t *listeners)
{
    weir_shelf_done(&listeners->ports);
}
