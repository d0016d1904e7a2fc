#include "packet/dpi.h"

#include <dlfcn.h>
#include <errno.h>
#include <ndpi/ndpi_api.h>
#include <string.h>
#include <sys/mman.h>

#define LIBRARY "libndpi.so.4.2"
#define VERSION "4.2"
#define SPARES 64                      /* flows kept for reuse */
#define START_ROOM ((size_t)384 << 20) /* [byte] */

/** What is called of the library. */
typedef struct calls {
    struct ndpi_detection_module_struct *(*init)(ndpi_init_prefs prefs);
    void (*set_bitmask)(struct ndpi_detection_module_struct *module,
                        const NDPI_PROTOCOL_BITMASK *bitmask);
    void (*finalize)(struct ndpi_detection_module_struct *module);
    void (*exit)(struct ndpi_detection_module_struct *module);
    ndpi_protocol (*process)(struct ndpi_detection_module_struct *module,
                             struct ndpi_flow_struct *flow, const unsigned char *packet,
                             const unsigned short length, const u_int64_t time_ms);
    ndpi_protocol (*giveup)(struct ndpi_detection_module_struct *module,
                            struct ndpi_flow_struct *flow, u_int8_t guess, u_int8_t *guessed);
    u_int16_t (*host)(struct ndpi_detection_module_struct *module, struct in_addr *address,
                      u_int16_t port);
    u_int8_t (*extra_possible)(struct ndpi_detection_module_struct *module,
                               struct ndpi_flow_struct *flow);
    char *(*name)(struct ndpi_detection_module_struct *module, ndpi_protocol protocol, char *text,
                  u_int size);
    void (*free_data)(struct ndpi_flow_struct *flow);
    u_int32_t (*flow_size)(void);
    char *(*revision)(void);
} calls_t;

struct weir_dpi_flow {
    ndpi_protocol protocol; /* so far */
    bool over;
    _Alignas(16) uint8_t state[]; /* a struct ndpi_flow_struct of the library's size */
};

struct weir_dpi {
    void *library;
    calls_t calls;
    struct ndpi_detection_module_struct *module;
    size_t flow_size; /* [byte] of the library's part */
    weir_dpi_flow_t *spares[SPARES];
    size_t spare_count;
};

typedef struct symbol {
    const char *name;
    void *place; /* of the pointer in calls_t */
} symbol_t;

/* 0 or -ENOTSUP. */
static int calls_find(void *library, calls_t *calls)
{
    const symbol_t symbols[] = {
        {"ndpi_init_detection_module", &calls->init},
        {"ndpi_set_protocol_detection_bitmask2", &calls->set_bitmask},
        {"ndpi_finalize_initialization", &calls->finalize},
        {"ndpi_exit_detection_module", &calls->exit},
        {"ndpi_detection_process_packet", &calls->process},
        {"ndpi_detection_giveup", &calls->giveup},
        {"ndpi_network_port_ptree_match", &calls->host},
        {"ndpi_extra_dissection_possible", &calls->extra_possible},
        {"ndpi_protocol2name", &calls->name},
        {"ndpi_free_flow_data", &calls->free_data},
        {"ndpi_detection_get_sizeof_ndpi_flow_struct", &calls->flow_size},
        {"ndpi_revision", &calls->revision},
    };
    for (size_t i = 0; i < WEIR_COUNT(symbols); i++) {
        void *found = dlsym(library, symbols[i].name);
        if (!found)
            return -ENOTSUP;
        memcpy(symbols[i].place, &found, sizeof(found));
    }
    return strncmp(calls->revision(), VERSION, strlen(VERSION)) == 0 ? 0 : -ENOTSUP;
}

/* nDPI does not ask whether the allocations of its start succeed. It takes 8 MiB, for which the C
 * library sets 128 MiB of addresses aside in a thread of its own: it may begin only where there is
 * much more room than that, under any limit that makes allocations fail at all. */
static bool memory_suffices(void)
{
    void *room = mmap(NULL, START_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    (void)munmap(room, START_ROOM); /* it was there a moment ago */
    return true;
}

static int module_make(weir_dpi_t *dpi)
{
    NDPI_PROTOCOL_BITMASK all;
    if (!memory_suffices())
        return -ENOMEM;
    NDPI_BITMASK_SET_ALL(all);
    dpi->module = dpi->calls.init(ndpi_no_prefs);
    if (!dpi->module)
        return -ENOMEM;
    dpi->calls.set_bitmask(dpi->module, &all);
    dpi->calls.finalize(dpi->module);
    dpi->flow_size = dpi->calls.flow_size();
    return 0;
}

int weir_dpi_new(weir_dpi_t **ret_dpi)
{
    weir_dpi_t *dpi = calloc(1, sizeof(*dpi));
    if (!dpi)
        return -ENOMEM;
    dpi->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    int r = dpi->library ? calls_find(dpi->library, &dpi->calls) : -ENOENT;
    r = r == 0 ? module_make(dpi) : r;
    if (r < 0)
        weir_dpi_free(dpi);
    else
        *ret_dpi = dpi;
    return r;
}

void weir_dpi_free(weir_dpi_t *dpi)
{
    if (!dpi)
        return;
    for (size_t i = 0; i < dpi->spare_count; i++)
        free(dpi->spares[i]);
    if (dpi->module)
        dpi->calls.exit(dpi->module);
    if (dpi->library)
        (void)dlclose(dpi->library); /* nothing of it is in use any more */
    free(dpi);
}

weir_dpi_flow_t *weir_dpi_flow_new(weir_dpi_t *dpi)
{
    size_t size = sizeof(weir_dpi_flow_t) + dpi->flow_size;
    weir_dpi_flow_t *flow = dpi->spare_count ? dpi->spares[--dpi->spare_count]
                                             : aligned_alloc(16, (size + 15) & ~(size_t)15);
    if (flow)
        memset(flow, 0, size);
    return flow;
}

static struct ndpi_flow_struct *flow_state(weir_dpi_flow_t *flow)
{
    return (struct ndpi_flow_struct *)(void *)flow->state;
}

uint32_t weir_dpi_hosts(const weir_dpi_t *dpi, weir_span_t packet)
{
    size_t ports_at = packet.len >= 20 && packet.data[0] >> 4 == 4 ? (packet.data[0] & 15u) * 4 : 0;
    if (ports_at < 20 || packet.len < ports_at + 4)
        return 0;
    uint32_t hosts = 0;
    for (size_t i = 0; i < 2; i++) {
        struct in_addr address;
        uint16_t port = 0;
        memcpy(&address, packet.data + 12 + 4 * i, sizeof(address));
        memcpy(&port, packet.data + ports_at + 2 * i, sizeof(port));
        hosts = hosts << 16 | dpi->calls.host(dpi->module, &address, port);
    }
    return hosts;
}

/* nDPI looks for more of these only to tell answers and versions, not what it is. */
static bool only_details_missing(const weir_dpi_t *dpi, ndpi_protocol protocol, weir_span_t packet)
{
    if (protocol.master_protocol == NDPI_PROTOCOL_TLS)
        return weir_dpi_hosts(dpi, packet) == 0;
    return protocol.app_protocol == NDPI_PROTOCOL_DNS ||
           protocol.master_protocol == NDPI_PROTOCOL_DNS ||
           protocol.app_protocol == NDPI_PROTOCOL_SSH;
}

bool weir_dpi_packet(weir_dpi_t *dpi, weir_dpi_flow_t *flow, weir_span_t packet, int64_t time_ns)
{
    uint16_t length = packet.len < UINT16_MAX ? (uint16_t)packet.len : UINT16_MAX;
    flow->protocol = dpi->calls.process(dpi->module, flow_state(flow), packet.data, length,
                                        (u_int64_t)(time_ns / 1000000));
    flow->over = flow->protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN &&
                 (only_details_missing(dpi, flow->protocol, packet) ||
                  !dpi->calls.extra_possible(dpi->module, flow_state(flow)));
    return flow->over;
}

void weir_dpi_flow_free(weir_dpi_t *dpi, weir_dpi_flow_t *flow)
{
    if (!flow)
        return;
    dpi->calls.free_data(flow_state(flow));
    if (dpi->spare_count < SPARES)
        dpi->spares[dpi->spare_count++] = flow;
    else
        free(flow);
}

bool weir_dpi_flow_name(const weir_dpi_t *dpi, const weir_dpi_flow_t *flow,
                        char ret_name[static WEIR_DPI_NAME_SIZE])
{
    ret_name[0] = '\0';
    if (flow->protocol.app_protocol == NDPI_PROTOCOL_UNKNOWN &&
        flow->protocol.master_protocol == NDPI_PROTOCOL_UNKNOWN)
        return false;
    (void)dpi->calls.name(dpi->module, flow->protocol, ret_name, WEIR_DPI_NAME_SIZE);
    return true;
}

void weir_dpi_flow_end(weir_dpi_t *dpi, weir_dpi_flow_t *flow,
                       char ret_name[static WEIR_DPI_NAME_SIZE])
{
    u_int8_t guessed = 0;
    if (flow->protocol.app_protocol == NDPI_PROTOCOL_UNKNOWN)
        flow->protocol = dpi->calls.giveup(dpi->module, flow_state(flow), 1, &guessed);
    (void)weir_dpi_flow_name(dpi, flow, ret_name); /* empty when unknown */
    weir_dpi_flow_free(dpi, flow);
}
