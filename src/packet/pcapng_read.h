/*
 * What else pcapng blocks hold (draft-ietf-opsawg-pcapng): comments, names of interfaces and of
 * addresses. Bounds-checked; a damaged list ends where the damage begins.
 */
#ifndef WEIR_PACKET_PCAPNG_READ_H
#define WEIR_PACKET_PCAPNG_READ_H

#include "base/buf.h"
#include "model/address.h"
#include "packet/bytes.h"

#include <stdbool.h>

#define WEIR_PCAPNG_SECTION UINT32_C(0x0a0d0d0a)
#define WEIR_PCAPNG_IFACE 1
#define WEIR_PCAPNG_NAMES 4

enum weir_pcapng_option {
    WEIR_PCAPNG_OPTION_COMMENT = 1,
    WEIR_PCAPNG_OPTION_IFACE_NAME = 2,
};

/** The options of a section's or an interface's body. */
weir_span_t weir_pcapng_options(uint32_t type, weir_span_t body);

/** Append the texts of all options `code`, each ended by 0; what follows a 0 inside is left out. */
void weir_pcapng_texts_put(weir_buf_t *buf, weir_span_t options, bool big, uint16_t code);

/** Call `take` with each address and name of a block of names; `name` ends with the call. */
void weir_pcapng_names_read(weir_span_t body, bool big,
                            void (*take)(void *context, const weir_address_t *address,
                                         const char *name),
                            void *context);

#endif
