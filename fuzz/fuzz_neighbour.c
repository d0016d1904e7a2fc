/*
 * Netlink messages of a neighbour, as a kernel that lies might send them.
 */
#include "platform/linux/neighbours.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > UINT16_MAX)
        return 0;
    /* A copy of exactly this size, so that every byte read beyond it is noticed. */
    char *buffer = malloc(sizeof(struct nlmsghdr) + size);
    if (!buffer)
        return 0;
    struct nlmsghdr header = {.nlmsg_len = (uint32_t)(sizeof(header) + size),
                              .nlmsg_type = RTM_NEWNEIGH};
    memcpy(buffer, &header, sizeof(header));
    if (size)
        memcpy(buffer + sizeof(header), data, size);
    weir_link_neighbour_t neighbour;
    weir_neighbour_word_t word =
        weir_neighbour_parse((const struct nlmsghdr *)(void *)buffer, &neighbour);
    if (word != WEIR_NEIGHBOUR_NOTHING &&
        (neighbour.iface == 0 || neighbour.address.family == WEIR_FAMILY_NONE))
        __builtin_trap();
    if (word == WEIR_NEIGHBOUR_ANSWERS && (neighbour.mac[0] & 1))
        __builtin_trap();
    free(buffer);
    return 0;
}
