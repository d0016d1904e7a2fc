/*
 * Netlink messages of an interface, as a kernel that lies might send them.
 */
#include "platform/linux/link_parse.h"

#include "message.h"

#include <linux/rtnetlink.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nlmsghdr *message = fuzz_message(RTM_NEWLINK, data, size);
    if (!message)
        return 0;
    weir_link_t link;
    if (weir_link_parse(message, &link) == 0 &&
        (link.index == 0 || !memchr(link.name, '\0', sizeof(link.name)) ||
         !memchr(link.alias, '\0', sizeof(link.alias)) || link.mac_len > sizeof(link.mac)))
        __builtin_trap();
    free(message);
    return 0;
}
