/*
 * Lists of this machine that say who made network cards and what ports are called: the first byte
 * chooses which one the rest is.
 */
#include "packet/digest.h"
#include "packet/services.h"
#include "packet/vendors.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void vendors_try(weir_span_t csv, weir_texts_t *texts)
{
    weir_vendors_t vendors = {0};
    if (weir_vendors_add(&vendors, csv, texts) == 0) {
        weir_vendors_seal(&vendors);
        for (size_t i = 0; i < vendors.count; i++) {
            uint8_t mac[6];
            for (int byte = 0; byte < 6; byte++)
                mac[byte] = (uint8_t)(vendors.blocks[i] >> (56 - 8 * byte));
            if (!(mac[0] & 3) && !weir_vendors_find(&vendors, mac))
                __builtin_trap();
        }
    }
    weir_vendors_done(&vendors);
}

static void services_try(weir_span_t list, weir_texts_t *texts)
{
    weir_services_t services = {0};
    if (weir_services_add(&services, list, texts) == 0)
        for (unsigned port = 0; port <= UINT16_MAX; port += 7) {
            uint32_t number = weir_services_find(&services, WEIR_IP_TCP, (uint16_t)port);
            if (number && !weir_texts_at(texts, number)[0])
                __builtin_trap();
        }
    weir_services_done(&services);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weir_texts_t texts;
    weir_texts_init(&texts, 1000);
    if (size && data[0] == 's')
        services_try((weir_span_t){data + 1, size - 1}, &texts);
    else if (size)
        vendors_try((weir_span_t){data + 1, size - 1}, &texts);
    weir_texts_done(&texts);
    return 0;
}
