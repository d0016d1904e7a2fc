#include "detect/watched.h"

#include "model/units.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static uint64_t name_hash(const char *name)
{
    uint64_t hash = 0;
    for (const char *c = name; *c; c++)
        hash = weir_hash_u64(hash ^ (uint8_t)tolower((unsigned char)*c));
    return hash;
}

static uint64_t host_hash(const weir_facts_t *facts, const uint8_t bytes[16])
{
    uint64_t words[2];
    memcpy(words, bytes, sizeof(words));
    return weir_facts_address(facts, words);
}

static int entry_add(weir_watched_t *watched, const char *text)
{
    weir_watched_entry_t *entry = &watched->entries[watched->count];
    *entry = (weir_watched_entry_t){.text = text};
    if (weir_address_parse(text, strlen(text), &entry->network) < 0) {
        entry->network.family = WEIR_FAMILY_NONE;
        return weir_index_set(&watched->names, name_hash(text), (uint32_t)watched->count++);
    }
    if (entry->network.prefix == weir_address_bits(entry->network.family))
        return weir_index_set(&watched->hosts, host_hash(watched->facts, entry->network.bytes),
                              (uint32_t)watched->count++);
    watched->networks++;
    watched->count++;
    return 0;
}

int weir_watched_init(weir_watched_t *watched, weir_facts_t *facts,
                      const weir_finding_options_t *options)
{
    size_t count = options ? options->watched_count : 0;
    *watched = (weir_watched_t){.facts = facts};
    watched->entries = calloc(count + 1, sizeof(*watched->entries));
    int r = watched->entries ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = entry_add(watched, options->watched[i]);
    return r;
}

void weir_watched_done(weir_watched_t *watched)
{
    weir_index_done(&watched->hosts);
    weir_index_done(&watched->names);
    free(watched->entries);
}

static void entry_see(weir_watched_entry_t *entry, int64_t first_ns, int64_t last_ns)
{
    entry->first_ns = entry->flows + entry->queries ? entry->first_ns : first_ns;
    entry->last_ns = last_ns > entry->last_ns ? last_ns : entry->last_ns;
}

static void entry_flow(weir_watched_entry_t *entry, const weir_flow_brief_t *flow,
                       const uint64_t other[static 2])
{
    entry_see(entry, flow->first_ns, flow->last_ns);
    if (entry->flows == 0) {
        memcpy(entry->other, other, sizeof(entry->other));
        entry->other_ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    }
    entry->flows += !(flow->traits & WEIR_BRIEF_CONTINUES);
    entry->packets += flow->src_packets + flow->dst_packets;
    entry->bytes += flow->src_ip_bytes + flow->dst_ip_bytes;
}

static void end_look(weir_watched_t *watched, const weir_flow_brief_t *flow,
                     const uint64_t end[static 2], const uint64_t other[static 2])
{
    uint32_t at = weir_index_get(&watched->hosts, weir_facts_address(watched->facts, end));
    if (at != WEIR_INDEX_NONE)
        entry_flow(&watched->entries[at], flow, other);
    if (!watched->networks)
        return;
    weir_address_t address = weir_address_from_words(end, flow->traits & WEIR_BRIEF_IPV6);
    for (size_t i = 0; i < watched->count; i++) {
        const weir_address_t *network = &watched->entries[i].network;
        if (network->family != WEIR_FAMILY_NONE &&
            network->prefix < weir_address_bits(network->family) &&
            weir_address_within(&address, network))
            entry_flow(&watched->entries[i], flow, other);
    }
}

void weir_watched_flow(weir_watched_t *watched, const weir_flow_brief_t *flow)
{
    if (!watched->hosts.count && !watched->networks)
        return;
    end_look(watched, flow, flow->src, flow->dst);
    end_look(watched, flow, flow->dst, flow->src);
}

/* The name itself, or one that it is a part of. */
void weir_watched_event(weir_watched_t *watched, const weir_event_t *event)
{
    if (event->kind != WEIR_EVENT_DNS || event->dns.answer || !watched->names.count)
        return;
    for (const char *name = event->dns.name; name; name = strchr(name, '.')) {
        name += *name == '.';
        uint32_t at = weir_index_get(&watched->names, name_hash(name));
        if (at == WEIR_INDEX_NONE)
            continue;
        weir_watched_entry_t *entry = &watched->entries[at];
        entry_see(entry, event->time_ns, event->time_ns);
        if (entry->queries++ == 0) {
            memcpy(entry->other, event->src.bytes, sizeof(entry->other));
            entry->other_ipv6 = event->src.family == WEIR_FAMILY_IPV6;
        }
    }
}

static void entry_report(const weir_watched_t *watched, const weir_watched_entry_t *entry)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_buf_puts(&telling.object, entry->text);
    weir_buf_printf(&telling.text, "traffic with %s, which is on your list: ", entry->text);
    if (entry->flows) {
        weir_count_put(&telling.text, entry->flows);
        weir_buf_puts(&telling.text, entry->flows == 1 ? " flow, " : " flows, ");
        weir_quantity_put(&telling.text, &WEIR_UNITS_DEFAULT, WEIR_UNIT_BYTES,
                          (double)entry->bytes);
    } else {
        weir_count_put(&telling.text, entry->queries);
        weir_buf_puts(&telling.text,
                      entry->queries == 1 ? " question for it" : " questions for it");
    }
    weir_buf_puts(&telling.evidence, entry->flows ? "first with " : "first asked by ");
    weir_words_put(&telling.evidence, entry->other, entry->other_ipv6);
    weir_raise_t raise = {.rule = WEIR_RULE_WATCHED,
                          .since = entry->first_ns,
                          .last_seen = entry->last_ns,
                          .count = entry->flows + entry->queries,
                          .observed = (double)(entry->flows + entry->queries)};
    weir_telling_raise(&telling, watched->facts->book, &raise);
}

void weir_watched_report(weir_watched_t *watched)
{
    for (size_t i = 0; i < watched->count; i++)
        if (watched->entries[i].flows + watched->entries[i].queries)
            entry_report(watched, &watched->entries[i]);
}
