#include "detect/lan.h"

#include "base/clock.h"
#include "model/units.h"

#include <string.h>

#define SETS ((size_t)1024)
#define DHCP_NAK 6
#define STALE_NS (INT64_C(86400) * (int64_t)WEIR_NS_PER_S)

typedef struct binding {
    weir_shelf_entry_t entry;
    weir_address_t address;
    uint8_t mac[WEIR_MAC_SIZE], before[WEIR_MAC_SIZE];
    int64_t first_ns, mac_ns;  /* mac_ns: when `mac` was seen last */
    uint32_t changes, returns; /* returns: to the one before */
} binding_t;

typedef struct sender {
    weir_shelf_entry_t entry;
    uint8_t mac[WEIR_MAC_SIZE];
    int64_t begin_ns, first_ns;
    uint32_t frames, announcements; /* in the window */
    uint32_t most_frames, most_announcements;
    uint64_t all;
    weir_address_t about; /* the address that it spoke of last */
    bool resolved;        /* this machine has talked with it */
} sender_t;

static void mac_put(weir_buf_t *buf, const uint8_t mac[static WEIR_MAC_SIZE])
{
    for (int i = 0; i < WEIR_MAC_SIZE; i++)
        weir_buf_printf(buf, i ? ":%02x" : "%02x", mac[i]);
}

/* "02:00:5e:10:00:01", and who made it: " [Example Ltd]". */
static void card_put(const weir_lan_t *lan, weir_buf_t *buf,
                     const uint8_t mac[static WEIR_MAC_SIZE])
{
    const weir_finding_options_t *options = lan->facts->options;
    const char *vendor = options && options->vendor ? options->vendor(options->context, mac) : NULL;
    mac_put(buf, mac);
    if (vendor)
        weir_buf_printf(buf, " [%s]", vendor);
}

static uint64_t mac_word(const uint8_t mac[static WEIR_MAC_SIZE])
{
    uint64_t word = 0;
    memcpy(&word, mac, WEIR_MAC_SIZE);
    return word;
}

/* VRRP and HSRP: two routers share an address, and take it over by design (RFC 5798, 7.3). */
static bool mac_is_shared(const uint8_t mac[static WEIR_MAC_SIZE])
{
    static const uint8_t vrrp[] = {0x00, 0x00, 0x5e, 0x00, 0x01},
                         hsrp[] = {0x00, 0x00, 0x0c, 0x07, 0xac};
    return memcmp(mac, vrrp, sizeof(vrrp)) == 0 || memcmp(mac, hsrp, sizeof(hsrp)) == 0;
}

/* ---- ARP ------------------------------------------------------------------------------------- */

static void binding_move(const weir_lan_t *lan, binding_t *binding, const weir_event_t *event)
{
    const uint8_t *mac = event->arp.sender_mac;
    double limit_s = lan->facts->limits.of[WEIR_RULE_ARP_CHANGE][WEIR_ARP_CHANGE_WINDOW];
    bool soon = (double)(event->time_ns - binding->mac_ns) / (double)WEIR_NS_PER_S <= limit_s;
    bool shared = mac_is_shared(mac) || mac_is_shared(binding->mac);
    if (soon && !shared) { /* else it was given to another host in peace */
        binding->first_ns = binding->changes ? binding->first_ns : event->time_ns;
        binding->changes++;
        binding->returns +=
            binding->changes > 1 && memcmp(mac, binding->before, WEIR_MAC_SIZE) == 0;
        binding->entry.weight++;
        binding->entry.last_ns = event->time_ns;
    }
    memcpy(binding->before, binding->mac, WEIR_MAC_SIZE);
    memcpy(binding->mac, mac, WEIR_MAC_SIZE);
}

static void binding_follow(weir_lan_t *lan, const weir_event_t *event)
{
    static const uint8_t none[16] = {0};
    if (event->src.family != WEIR_FAMILY_IPV4 || memcmp(event->src.bytes, none, 4) == 0 ||
        memcmp(event->arp.sender_mac, none, WEIR_MAC_SIZE) == 0)
        return; /* a probe for an address that is not taken yet (RFC 5227) */
    uint64_t word = 0;
    memcpy(&word, event->src.bytes, sizeof(word));
    binding_t *binding = weir_shelf_obtain(
        &lan->bindings, weir_facts_hash(lan->facts, word, event->arp.vlan + 7u), event->time_ns);
    if (binding->mac_ns == 0) {
        binding->address = event->src;
        memcpy(binding->mac, event->arp.sender_mac, WEIR_MAC_SIZE);
        binding->entry.weight = 1;
    } else if (memcmp(binding->mac, event->arp.sender_mac, WEIR_MAC_SIZE) != 0) {
        binding_move(lan, binding, event);
    }
    binding->mac_ns = event->time_ns;
}

/* A network card that spoke. */
static sender_t *sender_obtain(weir_lan_t *lan, const weir_event_t *event,
                               const uint8_t mac[static WEIR_MAC_SIZE],
                               const weir_address_t *address)
{
    sender_t *sender = weir_shelf_obtain(
        &lan->senders, weir_facts_hash(lan->facts, mac_word(mac), 3), event->time_ns);
    sender->first_ns = sender->first_ns ? sender->first_ns : event->time_ns;
    memcpy(sender->mac, mac, WEIR_MAC_SIZE);
    sender->about = *address;
    sender->entry.weight++;
    sender->entry.last_ns = event->time_ns;
    return sender;
}

static void sender_follow(weir_lan_t *lan, const weir_event_t *event)
{
    sender_t *sender = sender_obtain(lan, event, event->arp.sender_mac, &event->src);
    double window_s = lan->facts->limits.of[WEIR_RULE_ARP_STORM][WEIR_ARP_STORM_WINDOW];
    double passed_s = (double)(event->time_ns - sender->begin_ns) / (double)WEIR_NS_PER_S;
    if (passed_s < 0 || passed_s > window_s) {
        sender->begin_ns = event->time_ns;
        sender->frames = sender->announcements = 0;
    }
    sender->all++;
    sender->frames++;
    sender->announcements += weir_address_compare(&event->src, &event->dst) == 0;
    if (sender->frames > sender->most_frames)
        sender->most_frames = sender->frames;
    if (sender->announcements > sender->most_announcements)
        sender->most_announcements = sender->announcements;
}

static void binding_tell(const weir_lan_t *lan, const binding_t *binding)
{
    bool fought = binding->returns > 0;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_address_put(&telling.object, &binding->address, false);
    weir_address_put(&telling.text, &binding->address, false);
    weir_buf_puts(&telling.text, fought ? " is claimed by two network cards at once, "
                                        : " has moved to another network card, from ");
    card_put(lan, &telling.text, binding->before);
    weir_buf_puts(&telling.text, fought ? " and " : " to ");
    card_put(lan, &telling.text, binding->mac);
    weir_buf_puts(&telling.text, fought ? ": a duplicate address, or ARP spoofing" : "");
    weir_buf_printf(&telling.evidence, "%u changes, %u of them back", binding->changes,
                    binding->returns);
    weir_raise_t raise = {.rule = fought ? WEIR_RULE_ARP_DUPLICATE : WEIR_RULE_ARP_CHANGE,
                          .since = binding->first_ns,
                          .last_seen = binding->entry.last_ns,
                          .count = binding->changes,
                          .observed = binding->changes};
    weir_telling_raise(&telling, lan->facts->book, &raise);
}

static void sender_tell(const weir_lan_t *lan, const sender_t *sender, bool announces)
{
    const double *limits = lan->facts->limits.of[WEIR_RULE_ARP_STORM];
    weir_telling_t telling;
    weir_telling_init(&telling);
    mac_put(&telling.object, sender->mac);
    card_put(lan, &telling.text, sender->mac);
    weir_buf_puts(&telling.text,
                  announces ? " floods with ARP announcements: " : " floods with ARP frames: ");
    weir_count_put(&telling.text, announces ? sender->most_announcements : sender->most_frames);
    weir_buf_puts(&telling.text, " in ");
    weir_span_put(&telling.text, (int64_t)(limits[WEIR_ARP_STORM_WINDOW] * (double)WEIR_NS_PER_S));
    weir_buf_puts(&telling.evidence, "last about ");
    weir_address_put(&telling.evidence, &sender->about, false);
    weir_raise_t raise = {.rule = announces ? WEIR_RULE_ARP_GRATUITOUS : WEIR_RULE_ARP_STORM,
                          .since = sender->first_ns,
                          .last_seen = sender->entry.last_ns,
                          .count = sender->all,
                          .observed = announces ? sender->most_announcements : sender->most_frames,
                          .expected = announces ? lan->facts->limits.of[WEIR_RULE_ARP_GRATUITOUS][0]
                                                : limits[0]};
    weir_telling_raise(&telling, lan->facts->book, &raise);
}

/* Once cards were pushed out for want of room, nobody knows which are new. */
static bool sender_is_new(const weir_lan_t *lan, const sender_t *sender)
{
    const double *limits = lan->facts->limits.of[WEIR_RULE_NEW_DEVICE];
    bool sound = sender->resolved || sender->entry.weight >= limits[WEIR_NEW_DEVICE_FRAMES];
    return lan->senders.pushed_out == 0 && sound &&
           weir_window_passed(lan->begin_ns, sender->first_ns, limits[WEIR_NEW_DEVICE_LEARN]);
}

static void device_tell(const weir_lan_t *lan, const sender_t *sender)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    mac_put(&telling.object, sender->mac);
    weir_buf_puts(&telling.text, "a new device, ");
    mac_put(&telling.text, sender->mac);
    weir_buf_puts(&telling.text, ", has come with ");
    weir_address_put(&telling.text, &sender->about, false);
    weir_buf_printf(&telling.evidence, "%zu network cards are known", lan->senders.used);
    weir_raise_t raise = {.rule = WEIR_RULE_NEW_DEVICE,
                          .since = sender->first_ns,
                          .last_seen = sender->entry.last_ns,
                          .count = sender->entry.weight,
                          .observed = 1};
    weir_telling_raise(&telling, lan->facts->book, &raise);
}

/* ---- Servers --------------------------------------------------------------------------------- */

static void server_follow(weir_lan_servers_t *servers, const weir_event_t *event,
                          const uint8_t mac[static WEIR_MAC_SIZE])
{
    size_t i = 0;
    while (i < servers->count &&
           (weir_address_compare(&servers->list[i].address, &event->src) != 0 ||
            memcmp(servers->list[i].mac, mac, WEIR_MAC_SIZE) != 0))
        i++;
    if (i == WEIR_LAN_SERVERS)
        return; /* those that are there say enough */
    weir_lan_server_t *server = &servers->list[i];
    if (i == servers->count) {
        servers->count++;
        *server = (weir_lan_server_t){.address = event->src, .first_ns = event->time_ns};
        memcpy(server->mac, mac, WEIR_MAC_SIZE);
    }
    server->last_ns = event->time_ns;
    server->count++;
}

/* All but the first, which is taken for the right one. */
static void servers_tell(const weir_lan_t *lan, const weir_lan_servers_t *servers,
                         weir_rule_id_t rule)
{
    const weir_lan_server_t *right = &servers->list[0];
    bool dhcp = rule == WEIR_RULE_ROGUE_DHCP;
    for (size_t i = 1; i < servers->count; i++) {
        const weir_lan_server_t *server = &servers->list[i];
        weir_telling_t telling;
        weir_telling_init(&telling);
        weir_address_put(&telling.object, &server->address, false);
        weir_address_put(&telling.text, &server->address, false);
        weir_buf_puts(&telling.text, " (");
        card_put(lan, &telling.text, server->mac);
        weir_buf_puts(&telling.text, dhcp ? ") gives addresses by DHCP, beside "
                                          : ") advertises itself as a router, beside ");
        weir_address_put(&telling.text, &right->address, false);
        weir_buf_puts(&telling.text, " (");
        card_put(lan, &telling.text, right->mac);
        weir_buf_puts(&telling.text, "), which was first");
        weir_count_put(&telling.evidence, server->count);
        weir_buf_puts(&telling.evidence, " messages, beside ");
        weir_count_put(&telling.evidence, right->count);
        weir_raise_t raise = {.rule = rule,
                              .since = server->first_ns,
                              .last_seen = server->last_ns,
                              .count = server->count,
                              .observed = (double)servers->count,
                              .expected = 1};
        weir_telling_raise(&telling, lan->facts->book, &raise);
    }
}

/* ---- All ------------------------------------------------------------------------------------- */

static void dhcp_follow(weir_lan_t *lan, const weir_event_t *event)
{
    if (event->dhcp.message == DHCP_NAK)
        return;
    server_follow(&lan->dhcp, event, event->dhcp.server_mac);
    (void)sender_obtain(lan, event, event->dhcp.client_mac, &event->dst);
}

void weir_lan_event(weir_lan_t *lan, const weir_event_t *event)
{
    lan->begin_ns = lan->begin_ns ? lan->begin_ns : event->time_ns;
    if (event->kind == WEIR_EVENT_ARP) {
        binding_follow(lan, event);
        sender_follow(lan, event);
    } else if (event->kind == WEIR_EVENT_DHCP) {
        dhcp_follow(lan, event);
    } else if (event->kind == WEIR_EVENT_NEIGHBOUR) {
        sender_t *sender = sender_obtain(lan, event, event->neighbour.mac, &event->src);
        if (event->neighbour.resolved)
            sender->resolved = true;
    } else if (event->kind == WEIR_EVENT_ROUTER) {
        (void)sender_obtain(lan, event, event->router.mac, &event->src);
        if (event->router.lifetime_s > 0)
            server_follow(&lan->routers, event, event->router.mac);
    }
}

void weir_lan_report(weir_lan_t *lan)
{
    const binding_t *binding = NULL;
    for (size_t at = 0; (binding = weir_shelf_next(&lan->bindings, &at));)
        if (binding->changes)
            binding_tell(lan, binding);
    const sender_t *sender = NULL;
    for (size_t at = 0; (sender = weir_shelf_next(&lan->senders, &at));) {
        if (sender->most_announcements >= lan->facts->limits.of[WEIR_RULE_ARP_GRATUITOUS][0])
            sender_tell(lan, sender, true);
        else if (sender->most_frames >= lan->facts->limits.of[WEIR_RULE_ARP_STORM][0])
            sender_tell(lan, sender, false);
        if (sender_is_new(lan, sender))
            device_tell(lan, sender);
    }
    servers_tell(lan, &lan->dhcp, WEIR_RULE_ROGUE_DHCP);
    servers_tell(lan, &lan->routers, WEIR_RULE_ROGUE_ROUTER);
}

int weir_lan_init(weir_lan_t *lan, weir_facts_t *facts)
{
    *lan = (weir_lan_t){.facts = facts};
    int r = weir_shelf_init(&lan->bindings, SETS, sizeof(binding_t), STALE_NS);
    return r < 0 ? r : weir_shelf_init(&lan->senders, SETS / 4, sizeof(sender_t), STALE_NS);
}

void weir_lan_done(weir_lan_t *lan)
{
    weir_shelf_done(&lan->bindings);
    weir_shelf_done(&lan->senders);
}
