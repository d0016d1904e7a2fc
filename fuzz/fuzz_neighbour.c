/*
 * Netlink messages of a neighbour, as a kernel that lies might send them.
 */
#include "platform/linux/neighbours.h"

#include "message.h"

#include <linux/rtnetlink.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nlmsghdr *message = fuzz_message(RTM_NEWNEIGH, data, size);
    if (!message)
        return 0;
    weir_link_neighbour_t neighbour;
    weir_neighbour_word_t word = weir_neighbour_parse(message, &neighbour);
    if (word != WEIR_NEIGHBOUR_NOTHING &&
        (neighbour.iface == 0 || neighbour.address.family == WEIR_FAMILY_NONE))
        __builtin_trap();
    if (word == WEIR_NEIGHBOUR_ANSWERS && (neighbour.mac[0] & 1))
        __builtin_trap();
    free(message);
    return 0;
}
