#include "base/text.h"
#include "tui/view.h"

/* Beside the address: the name, else who made the network card. */
static void host_note(weir_buf_t *buf, const void *record, bool utf8)
{
    const weir_host_t *host = record;
    const char *text = host->name && host->name[0] ? host->name : host->vendor;
    if (text)
        (void)weir_text_put_safe(buf, text, utf8); /* its width is asked where it is needed */
}

static const char *host_flows(weir_buf_t *filter, const void *record)
{
    weir_buf_puts(filter, "host=");
    weir_address_put(filter, &((const weir_host_t *)record)->address, false);
    return NULL;
}

static const char *const COLUMNS[] = {"address",  "rx_bytes_per_s", "tx_bytes_per_s", "history",
                                      "rx_bytes", "tx_bytes",       "flows",          NULL};
static const char *const DROPS[] = {"flows", "history", NULL};
static const char *const KEYS[] = {"address", NULL};

static const weir_view_title_t TITLES[] = {
    {"address", "Host", "Host"},
};

static const weir_view_width_t WIDTHS[] = {{"address", 15, 39, 60, false}};

static const weir_view_line_t LINES[] = {
    {"who", "address name name_by local"},
    {"where", "mac vendor country as_number as_name"},
    {"traffic", "rx_bytes rx_packets tx_bytes tx_packets flows"},
    {"rates", "rx_bytes_per_s tx_bytes_per_s"},
};

const weir_view_t WEIR_VIEW_HOSTS = {
    .columns = COLUMNS,
    .drops = DROPS,
    .name_column = "address",
    .keys = KEYS,
    .titles = TITLES,
    .title_count = WEIR_COUNT(TITLES),
    .widths = WIDTHS,
    .width_count = WEIR_COUNT(WIDTHS),
    .lines = LINES,
    .line_count = WEIR_COUNT(LINES),
    .note = host_note,
    .flows = host_flows,
};
