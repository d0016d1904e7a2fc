#include "packet/dhcp.h"

#include <errno.h>
#include <string.h>

#define COOKIE UINT32_C(0x63825363)

enum option {
    OPTION_PAD = 0,
    OPTION_HOST_NAME = 12,
    OPTION_ADDRESS = 50,
    OPTION_MESSAGE = 53,
    OPTION_SERVER = 54,
    OPTION_FQDN = 81,
    OPTION_END = 255,
};

static weir_address_t address_of(weir_span_t bytes)
{
    weir_address_t address = {.family = WEIR_FAMILY_IPV4, .prefix = 32};
    if (bytes.len != 4 || weir_be32(bytes.data) == 0)
        return (weir_address_t){0};
    memcpy(address.bytes, bytes.data, 4);
    return address;
}

static bool byte_is_name(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_' || byte == '.';
}

/* A name as text; what no host name has makes all of it worthless. */
static void name_set(char *name, weir_span_t text)
{
    char lower[WEIR_DHCP_NAME_SIZE];
    size_t n = text.len;
    while (n > 0 && (text.data[n - 1] == '\0' || text.data[n - 1] == '.'))
        n--;
    if (n == 0 || n >= sizeof(lower))
        return;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = text.data[i];
        byte = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
        if (!byte_is_name(byte))
            return;
        lower[i] = (char)byte;
    }
    memcpy(name, lower, n);
    name[n] = '\0';
}

/* RFC 4702, 2.1: flags, two codes, then the name: as DNS labels when the E bit is set. */
static void fqdn_set(char *name, weir_span_t option)
{
    weir_scan_t scan = weir_scan(option);
    bool labels = weir_scan_u8(&scan) & 4;
    weir_scan_skip(&scan, 2);
    if (scan.bad)
        return;
    if (!labels) {
        name_set(name, (weir_span_t){scan.at, weir_scan_left(&scan)});
        return;
    }
    uint8_t text[WEIR_DHCP_NAME_SIZE];
    size_t n = 0;
    for (size_t length = weir_scan_u8(&scan); length > 0 && !scan.bad;
         length = weir_scan_left(&scan) ? weir_scan_u8(&scan) : 0) {
        weir_span_t label = weir_scan_span(&scan, length);
        if (n + label.len + 1 > sizeof(text))
            return;
        memcpy(text + n, label.data, label.len);
        n += label.len;
        text[n++] = '.';
    }
    if (!scan.bad)
        name_set(name, (weir_span_t){text, n});
}

static void option_read(weir_dhcp_t *dhcp, uint8_t code, weir_span_t option)
{
    switch (code) {
    case OPTION_MESSAGE:
        dhcp->message = option.len == 1 ? option.data[0] : 0;
        break;
    case OPTION_ADDRESS:
        dhcp->asked = address_of(option);
        break;
    case OPTION_SERVER:
        dhcp->server = address_of(option);
        break;
    case OPTION_HOST_NAME:
        if (!dhcp->name[0])
            name_set(dhcp->name, option);
        break;
    case OPTION_FQDN:
        fqdn_set(dhcp->name, option);
        break;
    default:
        break;
    }
}

static void options_read(weir_dhcp_t *dhcp, weir_scan_t *scan)
{
    while (weir_scan_left(scan) > 0) {
        uint8_t code = weir_scan_u8(scan);
        if (code == OPTION_PAD)
            continue;
        if (code == OPTION_END)
            return;
        size_t length = weir_scan_u8(scan);
        weir_span_t option = weir_scan_span(scan, length);
        if (scan->bad)
            return;
        option_read(dhcp, code, option);
    }
}

int weir_dhcp_read(weir_span_t message, weir_dhcp_t *ret_dhcp)
{
    weir_dhcp_t dhcp = {0};
    weir_scan_t scan = weir_scan(message);
    uint8_t operation = weir_scan_u8(&scan);
    uint8_t hardware = weir_scan_u8(&scan), hardware_length = weir_scan_u8(&scan);
    weir_scan_skip(&scan, 1 + 4 + 2 + 2); /* hops, transaction, seconds, flags */
    dhcp.client = address_of(weir_scan_span(&scan, 4));
    dhcp.given = address_of(weir_scan_span(&scan, 4));
    weir_scan_skip(&scan, 4 + 4); /* next server, relay */
    weir_span_t mac = weir_scan_span(&scan, 16);
    weir_scan_skip(&scan, 64 + 128); /* server name, file */
    if (weir_scan_be32(&scan) != COOKIE || scan.bad || operation < 1 || operation > 2)
        return -EBADMSG;
    dhcp.reply = operation == 2;
    if (hardware == 1 && hardware_length == WEIR_DHCP_MAC_SIZE)
        memcpy(dhcp.client_mac, mac.data, WEIR_DHCP_MAC_SIZE);
    options_read(&dhcp, &scan);
    *ret_dhcp = dhcp;
    return 0;
}
