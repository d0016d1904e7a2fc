/*
 * Names of ports, in the form of /etc/services: "https 443/tcp aliases # comment".
 */
#ifndef WEIR_PACKET_SERVICES_H
#define WEIR_PACKET_SERVICES_H

#include "base/cleanup.h"
#include "base/index.h"
#include "packet/bytes.h"
#include "packet/texts.h"

/** A zeroed struct knows none. One thread until it is filled, then any. */
typedef struct weir_services {
    weir_index_t index; /* IP protocol and port to the number of a text */
} weir_services_t;

void weir_services_done(weir_services_t *services);
/** Add what `text` names; the first name of a port counts. 0, or -ENOMEM with a part of it. */
WEIR_NODISCARD int weir_services_add(weir_services_t *services, weir_span_t text,
                                     weir_texts_t *texts);
/** The number of the name; 0: unknown. */
uint32_t weir_services_find(const weir_services_t *services, uint8_t ip_protocol, uint16_t port);

#endif
