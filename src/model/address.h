/*
 * IP addresses and networks as values.
 */
#ifndef WEIR_MODEL_ADDRESS_H
#define WEIR_MODEL_ADDRESS_H

#include "base/buf.h"
#include "base/index.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef enum weir_family {
    WEIR_FAMILY_NONE,
    WEIR_FAMILY_IPV4,
    WEIR_FAMILY_IPV6,
} weir_family_t;

typedef struct weir_address {
    uint8_t bytes[16]; /* network order; IPv4 in the first four, the rest zero */
    uint8_t family;    /* weir_family_t */
    uint8_t prefix;    /* [bit] length of the network part; 32 or 128 for a single host */
} weir_address_t;

/** Bits of an address of this family: 32, 128, or 0. */
unsigned weir_address_bits(uint8_t family);

/** Parse "192.0.2.1", "2001:db8::/32" and the like; without a prefix all bits count. 0 or -EINVAL.
 */
WEIR_NODISCARD int weir_address_parse(const char *text, size_t n, weir_address_t *ret_address);

/** The address whose bytes stand in `words` as in memory. */
weir_address_t weir_address_from_words(const uint64_t words[static 2], bool ipv6);

/** Of an address that stands for its host alone, in a list of such: no prefix is ever said. */
#define WEIR_PREFIX_NONE 255

/** Append the address, with "/prefix" when it is shorter than the address or `always` is set. */
void weir_address_put(weir_buf_t *buf, const weir_address_t *address, bool always_prefix);

/** Whether `address` lies in `network` (its prefix counts; the families must be the same). */
bool weir_address_within(const weir_address_t *address, const weir_address_t *network);

/** Order by family, then by bytes, then by prefix: < 0, 0, > 0. */
int weir_address_compare(const weir_address_t *a, const weir_address_t *b);

/** Of family and bytes, without the prefix. */
static inline uint64_t weir_address_hash(const weir_address_t *address)
{
    uint64_t halves[2];
    memcpy(halves, address->bytes, sizeof(halves));
    return weir_hash_u64(weir_hash_u64(halves[0] ^ address->family) ^ halves[1]);
}

typedef struct weir_mac {
    uint8_t bytes[6];
} weir_mac_t;

/** Parse "02:00:5e:10:00:01", or with dashes. Returns 0, or -EINVAL. */
WEIR_NODISCARD int weir_mac_parse(const char *text, weir_mac_t *ret_mac);

#endif
