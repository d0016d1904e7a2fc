#include "engine/driver_unit.h"

#define ETHERNET_HEADER 14U

uint8_t weir_driver_header(uint8_t kind, bool rx)
{
    if (kind == WEIR_KIND_LOOPBACK || kind == WEIR_KIND_TUNNEL)
        return 0;
    /* Linux takes the header off before these count what came (br_pass_frame_up, vlan_do_receive).
     */
    if (rx && (kind == WEIR_KIND_BRIDGE || kind == WEIR_KIND_VLAN))
        return 0;
    return ETHERNET_HEADER;
}

uint64_t weir_driver_packets(const weir_driver_unit_t *unit, const weir_socket_counts_t *counts)
{
    return counts->packets - (unit->merged ? counts->merged_packets : 0);
}

uint64_t weir_driver_bytes(const weir_driver_unit_t *unit, const weir_socket_counts_t *counts)
{
    return counts->bytes - (unit->merged ? counts->merged_bytes : 0) +
           weir_driver_packets(unit, counts) * unit->header;
}

weir_driver_unit_t weir_driver_unit_guess(uint8_t header, const weir_socket_counts_t *counts,
                                          const weir_socket_counts_t *tags,
                                          const weir_driver_count_t *counted)
{
    weir_driver_unit_t unit = {.header = header};
    uint64_t apart = counts->packets - counts->merged_packets;
    unit.merged = weir_driver_apart(counts->packets, counted->packets) >
                  weir_driver_apart(apart, counted->packets);
    uint64_t bytes = weir_driver_bytes(&unit, counts);
    uint64_t with_tags = bytes + weir_driver_packets(&unit, tags) * WEIR_DRIVER_TAG;
    if (weir_driver_apart(with_tags, counted->bytes) < weir_driver_apart(bytes, counted->bytes))
        unit.tag = WEIR_DRIVER_TAG;
    return unit;
}
