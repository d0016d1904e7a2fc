/*
 * Netlink messages of an interface, as a kernel that lies might send them.
 */
#include "platform/linux/link_parse.h"

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
                              .nlmsg_type = RTM_NEWLINK};
    memcpy(buffer, &header, sizeof(header));
    if (size)
        memcpy(buffer + sizeof(header), data, size);
    weir_link_t link;
    if (weir_link_parse((const struct nlmsghdr *)(void *)buffer, &link) == 0 &&
        (link.index == 0 || !memchr(link.name, '\0', sizeof(link.name)) ||
         !memchr(link.alias, '\0', sizeof(link.alias)) || link.mac_len > sizeof(link.mac)))
        __builtin_trap();
    free(buffer);
    return 0;
}
