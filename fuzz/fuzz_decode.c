/*
 * One frame of any link type: 2 bytes link type, 1 byte what is missing on the wire, then the
 * frame. What it tells as an event (DNS, ARP, DHCP, router advertisements) is read through, too.
 */
#include "packet/events.h"
#include "packet/flow_table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every text must end, within what a name can have when each of its bytes is escaped. */
static void events_check(const weir_events_t *events)
{
    for (size_t i = 0; i < events->count; i++)
        if (events->events[i].kind == WEIR_EVENT_DNS && strlen(events->events[i].dns.name) > 1024)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    uint8_t *copy =
        malloc(size - 3 ? size - 3 : 1); /* of its exact size, so that a byte too far is seen */
    weir_fragments_t *fragments = weir_fragments_new();
    weir_flow_table_t table;
    weir_flow_limits_t limits = {.idle_ns = 1, .active_ns = 2};
    if (copy && fragments && weir_flow_table_init(&table, &limits) == 0) {
        memcpy(copy, data + 3, size - 3);
        weir_frame_t frame = {.data = copy,
                              .caplen = (uint32_t)(size - 3),
                              .wire_len = (uint32_t)(size - 3) + data[2],
                              .link = weir_be16(data)};
        weir_events_t events;
        weir_events_init(&events, 64);
        weir_decoder_t decoder = {
            .inner = true, .fragments = fragments, .learnt = {.events = &events}};
        weir_digest_t digests[WEIR_DEPTH_MOST];
        for (int i = 0; i < 3; i++) {
            frame.time_ns += i;
            weir_flow_table_add(&table, digests, weir_decode(&decoder, &frame, 1, digests));
        }
        if (weir_events_sort(&events) == 0)
            events_check(&events);
        weir_events_done(&events);
        weir_flow_table_done(&table);
    }
    weir_fragments_free(fragments);
    free(copy);
    return 0;
}
