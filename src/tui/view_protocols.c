#include "model/catalogue.h"
#include "tui/view.h"

#include <string.h>

/* Flows are of IP, so that layers below have none, and beside it neither. */
static const char *network_flows(weir_buf_t *filter, const char *name)
{
    if (strcmp(name, "ipv4") != 0 && strcmp(name, "ipv6") != 0)
        return "flows are of IP only: this protocol has none";
    weir_buf_puts(filter, strcmp(name, "ipv4") == 0 ? "net=0.0.0.0/0" : "net=::/0");
    return NULL;
}

static const char *protocol_flows(weir_buf_t *filter, const void *record)
{
    const weir_protocol_t *protocol = record;
    switch (protocol->layer) {
    case WEIR_LAYER_NETWORK:
        return network_flows(filter, protocol->name);
    case WEIR_LAYER_TRANSPORT:
    case WEIR_LAYER_APPLICATION:
        weir_buf_puts(filter,
                      protocol->layer == WEIR_LAYER_TRANSPORT ? "protocol=" : "application=");
        weir_view_quote(filter, protocol->name);
        return NULL;
    default:
        return "every flow is carried by the link: 4 shows them all";
    }
}

static double protocol_use(const void *record, bool *ret_known)
{
    const weir_protocol_t *protocol = record;
    *ret_known = protocol->present & weir_column_bit(weir_table(WEIR_TABLE_PROTOCOLS), "share");
    return protocol->share;
}

static const char *const COLUMNS[] = {"name",           "layer",       "share",   "rx_bytes_per_s",
                                      "tx_bytes_per_s", "bytes_per_s", "history", "bytes",
                                      "packets",        "flows",       NULL};
static const char *const DROPS[] = {"history", NULL};
static const char *const KEYS[] = {"layer", "name", NULL};

static const weir_view_title_t TITLES[] = {
    {"bytes_per_s", "Rate", "Rate"},
};

static const weir_view_width_t WIDTHS[] = {{"name", 12, 24, 30, false}};

static const weir_view_line_t LINES[] = {
    {"protocol", "name layer share"},
    {"traffic", "bytes packets flows"},
};

const weir_view_t WEIR_VIEW_PROTOCOLS = {
    .columns = COLUMNS,
    .drops = DROPS,
    .name_column = "name",
    .keys = KEYS,
    .titles = TITLES,
    .title_count = WEIR_COUNT(TITLES),
    .widths = WIDTHS,
    .width_count = WEIR_COUNT(WIDTHS),
    .lines = LINES,
    .line_count = WEIR_COUNT(LINES),
    .use = protocol_use,
    .flows = protocol_flows,
};
