#include "model/address.h"

#include "base/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

unsigned weir_address_bits(uint8_t family)
{
    return family == WEIR_FAMILY_IPV4 ? 32 : family == WEIR_FAMILY_IPV6 ? 128 : 0;
}

static int host_parse(const char *text, weir_address_t *ret_address)
{
    weir_address_t address = {0};
    if (inet_pton(AF_INET, text, address.bytes) == 1)
        address.family = WEIR_FAMILY_IPV4;
    else if (inet_pton(AF_INET6, text, address.bytes) == 1)
        address.family = WEIR_FAMILY_IPV6;
    else
        return -EINVAL;
    address.prefix = (uint8_t)weir_address_bits(address.family);
    *ret_address = address;
    return 0;
}

int weir_address_parse(const char *text, size_t n, weir_address_t *ret_address)
{
    char copy[INET6_ADDRSTRLEN + 4];
    if (n >= sizeof(copy) || memchr(text, '\0', n))
        return -EINVAL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    char *slash = strchr(copy, '/');
    if (slash)
        *slash = '\0';
    weir_address_t address;
    int r = host_parse(copy, &address);
    if (r < 0)
        return r;
    if (slash) {
        uint64_t prefix = 0;
        if (weir_number_parse(slash + 1, address.prefix, &prefix) < 0)
            return -EINVAL;
        address.prefix = (uint8_t)prefix;
    }
    *ret_address = address;
    return 0;
}

weir_address_t weir_address_from_words(const uint64_t words[static 2], bool ipv6)
{
    weir_address_t address = {.family = WEIR_FAMILY_IPV4, .prefix = 32};
    if (ipv6) {
        address.family = WEIR_FAMILY_IPV6;
        address.prefix = 128;
    }
    memcpy(address.bytes, words, sizeof(address.bytes));
    return address;
}

void weir_address_put(weir_buf_t *buf, const weir_address_t *address, bool always_prefix)
{
    char text[INET6_ADDRSTRLEN];
    int family = address->family == WEIR_FAMILY_IPV4 ? AF_INET : AF_INET6;
    if (address->family == WEIR_FAMILY_NONE ||
        !inet_ntop(family, address->bytes, text, sizeof(text)))
        return;
    weir_buf_puts(buf, text);
    unsigned bits = weir_address_bits(address->family);
    if (address->prefix < bits || (always_prefix && address->prefix == bits)) {
        weir_buf_putc(buf, '/');
        weir_number_put(buf, address->prefix);
    }
}

bool weir_address_within(const weir_address_t *address, const weir_address_t *network)
{
    if (address->family != network->family || address->family == WEIR_FAMILY_NONE)
        return false;
    size_t whole = network->prefix / 8;
    unsigned rest = network->prefix % 8;
    if (memcmp(address->bytes, network->bytes, whole) != 0)
        return false;
    return rest == 0 ||
           ((address->bytes[whole] ^ network->bytes[whole]) & (0xff00u >> rest) & 0xff) == 0;
}

int weir_address_compare(const weir_address_t *a, const weir_address_t *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    int r = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
    return r ? r : (int)a->prefix - (int)b->prefix;
}

static int hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

int weir_mac_parse(const char *text, weir_mac_t *ret_mac)
{
    weir_mac_t mac;
    if (strlen(text) != sizeof(mac.bytes) * 3 - 1)
        return -EINVAL;
    for (size_t i = 0; i < sizeof(mac.bytes); i++) {
        int high = hex_digit(text[i * 3]), low = hex_digit(text[i * 3 + 1]);
        char after = text[i * 3 + 2]; /* the last one is the text's end */
        bool parted = i + 1 == sizeof(mac.bytes) || after == ':' || after == '-';
        if (high < 0 || low < 0 || !parted)
            return -EINVAL;
        mac.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *ret_mac = mac;
    return 0;
}
