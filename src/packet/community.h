/*
 * Community ID version 1 (github.com/corelight/community-id-spec): a flow's name that other tools
 * compute alike.
 */
#ifndef WEIR_PACKET_COMMUNITY_H
#define WEIR_PACKET_COMMUNITY_H

#include "model/address.h"

#define WEIR_COMMUNITY_SIZE 31 /* "1:", 28 characters of base64, NUL */

typedef struct weir_community_key {
    const weir_address_t *src, *dst; /* of one packet, either direction */
    uint16_t src_port, dst_port;     /* ICMP: type and code */
    uint8_t protocol;
    uint16_t seed; /* 0 unless a site agreed on another */
} weir_community_key_t;

void weir_community_id(const weir_community_key_t *key, char ret_text[static WEIR_COMMUNITY_SIZE]);

#endif
