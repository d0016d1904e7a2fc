/*
 * One UDP message: a byte that chooses its ports, then the payload.
 */
#include "packet/messages.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t ports[] = {WEIR_PORT_DNS, WEIR_PORT_DHCP_CLIENT, WEIR_PORT_MDNS,
                                     WEIR_PORT_LLMNR};
    if (size < 1)
        return 0;
    uint8_t *copy = malloc(size); /* of its exact size, so that a byte too far is seen */
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    weir_events_t events;
    weir_events_init(&events, 4);
    weir_hostnames_t *hostnames = weir_hostnames_new(8);
    weir_learnt_t learnt = {.events = &events, .hostnames = hostnames};
    uint16_t port = ports[data[0] % WEIR_COUNT(ports)];
    weir_message_t message = {.src_port = port,
                              .dst_port = port,
                              .payload = {copy + 1, size - 1},
                              .wire_len = (uint32_t)size - 1};
    weir_message_read(&message, &learnt);
    weir_events_done(&events);
    weir_hostnames_free(hostnames);
    free(copy);
    return 0;
}
