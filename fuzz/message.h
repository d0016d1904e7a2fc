/*
 * A netlink message out of a fuzzer's bytes.
 */
#ifndef WEIR_FUZZ_MESSAGE_H
#define WEIR_FUZZ_MESSAGE_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** A copy of exactly this size, so that every byte read beyond it is noticed; free() it. NULL: too
 * large for a message, or no memory. */
static inline struct nlmsghdr *fuzz_message(uint16_t type, const uint8_t *data, size_t size)
{
    struct nlmsghdr header = {.nlmsg_len = (uint32_t)(sizeof(header) + size), .nlmsg_type = type};
    char *buffer = size > UINT16_MAX ? NULL : malloc(sizeof(header) + size);
    if (!buffer)
        return NULL;
    memcpy(buffer, &header, sizeof(header));
    if (size)
        memcpy(buffer + sizeof(header), data, size);
    return (struct nlmsghdr *)(void *)buffer;
}

#endif
