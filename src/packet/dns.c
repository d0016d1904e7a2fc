#include "packet/dns.h"

#include <errno.h>
#include <string.h>

#define HEADER_SIZE 12u
#define WIRE_NAME_MOST 255u

static size_t text_put(char *text, size_t n, uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z')
        byte = (uint8_t)(byte + ('a' - 'A'));
    if (byte > ' ' && byte <= '~' && byte != '\\' && byte != '.') {
        text[n] = (char)byte;
        return n + 1;
    }
    text[n] = '\\';
    text[n + 1] = (char)('0' + byte / 100);
    text[n + 2] = (char)('0' + byte / 10 % 10);
    text[n + 3] = (char)('0' + byte % 10);
    return n + 4;
}

/*
 * A pointer must lead to before the labels that it ends (RFC 1035, 4.1.4: "a prior occurrence"), so
 * that each leads further back and none in a circle.
 */
size_t weir_dns_name(weir_span_t message, size_t at, char ret_text[static WEIR_DNS_NAME_SIZE])
{
    size_t n = 0, wire = 0, end = 0, limit = at;
    while (at < message.len) {
        uint8_t length = message.data[at];
        if (length >= 0xc0) {
            if (at + 1 >= message.len)
                break;
            end = end ? end : at + 2;
            at = weir_be16(message.data + at) & 0x3fff;
            if (at >= limit)
                break;
            limit = at;
            continue;
        }
        wire += length + 1u;
        if (length > 63 || wire > WIRE_NAME_MOST || at + 1 + length > message.len)
            break;
        if (length == 0) {
            ret_text[n] = '\0';
            return end ? end : at + 1;
        }
        if (n > 0)
            ret_text[n++] = '.';
        for (size_t i = 1; i <= length; i++)
            n = text_put(ret_text, n, message.data[at + i]);
        at += 1u + length;
    }
    ret_text[0] = '\0';
    return 0;
}

/* Skip the questions; the first one is kept. */
static int questions_read(weir_dns_t *dns)
{
    char other[WEIR_DNS_NAME_SIZE]; /* clearing it all would cost more than all the rest */
    other[0] = '\0';
    size_t at = HEADER_SIZE;
    for (unsigned i = 0; i < dns->questions; i++) {
        size_t end = weir_dns_name(dns->message, at, i == 0 ? dns->name : other);
        if (end == 0 || dns->message.len - end < 4)
            return -EBADMSG;
        if (i == 0)
            dns->type = weir_be16(dns->message.data + end);
        at = end + 4;
    }
    dns->records = weir_scan(dns->message);
    weir_scan_skip(&dns->records, at);
    return 0;
}

int weir_dns_open(weir_span_t message, weir_dns_t *ret_dns)
{
    weir_scan_t scan = weir_scan(message);
    weir_scan_skip(&scan, 2); /* id */
    uint16_t flags = weir_scan_be16(&scan);
    ret_dns->message = message;
    ret_dns->answer = flags >> 15;
    ret_dns->opcode = flags >> 11 & 15;
    ret_dns->code = flags & 15;
    ret_dns->questions = weir_scan_be16(&scan);
    ret_dns->answers = weir_scan_be16(&scan);
    ret_dns->authorities = weir_scan_be16(&scan);
    ret_dns->additionals = weir_scan_be16(&scan);
    ret_dns->type = 0;
    ret_dns->name[0] = '\0';
    /* Bit 6 is reserved, and nobody asks hundreds of questions: other traffic on these ports. */
    if (scan.bad || flags >> 6 & 1 || ret_dns->questions > 64)
        return -EBADMSG;
    return questions_read(ret_dns);
}

bool weir_dns_next(weir_dns_t *dns, weir_dns_record_t *ret_record)
{
    weir_scan_t *scan = &dns->records;
    char name[WEIR_DNS_NAME_SIZE];
    size_t at = dns->message.len - weir_scan_left(scan);
    size_t end = scan->bad || weir_scan_left(scan) == 0 ? 0 : weir_dns_name(dns->message, at, name);
    if (end == 0) {
        scan->bad = true;
        return false;
    }
    weir_scan_skip(scan, end - at);
    weir_dns_record_t record = {.name_at = at};
    record.type = weir_scan_be16(scan);
    record.class = weir_scan_be16(scan);
    weir_scan_skip(scan, 4); /* time to live */
    record.length = weir_scan_be16(scan);
    record.data_at = dns->message.len - weir_scan_left(scan);
    weir_scan_skip(scan, record.length);
    if (scan->bad)
        return false;
    *ret_record = record;
    return true;
}

bool weir_dns_address(const weir_dns_t *dns, const weir_dns_record_t *record,
                      weir_address_t *ret_address)
{
    bool ipv6 = record->type == WEIR_DNS_AAAA;
    if ((!ipv6 && record->type != WEIR_DNS_A) || record->length != (ipv6 ? 16 : 4))
        return false;
    *ret_address = (weir_address_t){.family = ipv6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                                    .prefix = ipv6 ? 128 : 32};
    memcpy(ret_address->bytes, dns->message.data + record->data_at, record->length);
    return true;
}

/* "4.3.2.1" backwards into bytes; `n` is the text's length. */
static bool reverse_ipv4(const char *text, size_t n, uint8_t bytes[static 4])
{
    unsigned value = 0, digits = 0, part = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && text[i] >= '0' && text[i] <= '9' && digits < 3) {
            value = value * 10 + (unsigned)(text[i] - '0');
            digits++;
            continue;
        }
        if ((i < n && text[i] != '.') || digits == 0 || value > 255 || part == 4)
            return false;
        bytes[3 - part++] = (uint8_t)value;
        value = digits = 0;
    }
    return part == 4;
}

static int nibble_of(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* 32 hexadecimal digits with dots between, backwards. */
static bool reverse_ipv6(const char *text, size_t n, uint8_t bytes[static 16])
{
    if (n != 63)
        return false;
    memset(bytes, 0, 16);
    for (size_t i = 0; i < 32; i++) {
        int nibble = nibble_of(text[2 * i]);
        if (nibble < 0 || (i < 31 && text[2 * i + 1] != '.'))
            return false;
        bytes[15 - i / 2] |= (uint8_t)(i & 1 ? nibble << 4 : nibble);
    }
    return true;
}

static bool name_ends(const char *name, const char *end, size_t *ret_before)
{
    size_t n = strlen(name), m = strlen(end);
    if (n <= m || strcmp(name + n - m, end) != 0)
        return false;
    *ret_before = n - m;
    return true;
}

bool weir_dns_reverse(const char *name, weir_address_t *ret_address)
{
    size_t n = 0;
    weir_address_t ipv4 = {.family = WEIR_FAMILY_IPV4, .prefix = 32};
    weir_address_t ipv6 = {.family = WEIR_FAMILY_IPV6, .prefix = 128};
    if (name_ends(name, ".in-addr.arpa", &n) && reverse_ipv4(name, n, ipv4.bytes)) {
        *ret_address = ipv4;
        return true;
    }
    if (name_ends(name, ".ip6.arpa", &n) && reverse_ipv6(name, n, ipv6.bytes)) {
        *ret_address = ipv6;
        return true;
    }
    return false;
}
