/*
 * DNS messages (RFC 1035), also as multicast DNS (RFC 6762) and LLMNR (RFC 4795) have them.
 */
#ifndef WEIR_PACKET_DNS_H
#define WEIR_PACKET_DNS_H

#include "base/cleanup.h"
#include "model/address.h"
#include "packet/scan.h"

/** A name of 254 bytes, each of which may stand as \DDD, and the end. */
#define WEIR_DNS_NAME_SIZE 1024

enum weir_dns_type {
    WEIR_DNS_A = 1,
    WEIR_DNS_CNAME = 5,
    WEIR_DNS_PTR = 12,
    WEIR_DNS_AAAA = 28,
};

/** An open message: its header, its first question, and how far its records are read. */
typedef struct weir_dns {
    weir_span_t message;
    weir_scan_t records;
    uint16_t questions, answers, authorities, additionals; /* as the header says */
    uint16_t type;                                         /* of the first question, 0 none */
    uint8_t opcode, code;
    bool answer;                   /* QR is set */
    char name[WEIR_DNS_NAME_SIZE]; /* of the first question, see weir_dns_name(); "" none */
} weir_dns_t;

/** 0, or -EBADMSG for what is no DNS message. */
WEIR_NODISCARD int weir_dns_open(weir_span_t message, weir_dns_t *ret_dns);

typedef struct weir_dns_record {
    size_t name_at; /* [byte] in the message */
    size_t data_at; /* likewise */
    uint16_t type, class;
    uint16_t length; /* [byte] of the data */
} weir_dns_record_t;

/** The next record of any section; false: there is none that is whole. */
bool weir_dns_next(weir_dns_t *dns, weir_dns_record_t *ret_record);

/**
 * The name at `at` of the message: lower case, without the last dot; bytes outside of [!-~], the
 * backslash, and dots inside a label stand as \DDD. Returns where it ends in the message, or 0 with
 * an empty text: cut, longer than 255 bytes, or pointing in circles.
 */
size_t weir_dns_name(weir_span_t message, size_t at, char ret_text[static WEIR_DNS_NAME_SIZE]);

/** The address in an A or AAAA record. */
bool weir_dns_address(const weir_dns_t *dns, const weir_dns_record_t *record,
                      weir_address_t *ret_address);

/** The address that "4.3.2.1.in-addr.arpa" or a name under ip6.arpa asks for (RFC 1035, 3596). */
bool weir_dns_reverse(const char *name, weir_address_t *ret_address);

#endif
