#include "tui/view.h"

static const char *const COLUMNS[] = {"src",
                                      "src_port",
                                      "dst",
                                      "dst_port",
                                      "protocol",
                                      "src_bytes_per_s",
                                      "dst_bytes_per_s",
                                      "src_bytes",
                                      "dst_bytes",
                                      "state",
                                      "application",
                                      "server_name",
                                      "rtt_ms",
                                      "retransmits",
                                      "app",
                                      NULL};
static const char *const DROPS[] = {"src_bytes",   "protocol",    "state",
                                    "application", "server_name", "rtt_ms",
                                    "retransmits", "app",         NULL};
static const char *const LIVE[] = {"src_bytes_per_s", "dst_bytes_per_s", "app", NULL};
static const char *const KEYS[] = {"protocol", "src",   "src_port",   "dst", "dst_port",
                                   "vlan",     "depth", "first_seen", NULL};

static const weir_view_title_t TITLES[] = {
    {"src_bytes_per_s", "Rate →", "Rate out"},  {"dst_bytes_per_s", "Rate ←", "Rate in"},
    {"src_bytes", "Bytes →", "Bytes out"},      {"dst_bytes", "Bytes ←", "Bytes in"},
    {"bytes", "Bytes, all", "Bytes, all"},      {"src_packets", "Packets →", "Packets out"},
    {"dst_packets", "Packets ←", "Packets in"},
};

static const weir_view_width_t WIDTHS[] = {{"src", 15, 15, 39, false},
                                           {"dst", 15, 15, 39, false},
                                           {"server_name", 12, 24, 40, false},
                                           {"app", 8, 12, 20, false}};

static const weir_view_line_t LINES[] = {
    {"ends", "src src_port dst dst_port service vlan depth"},
    {"who", "app pid application server_name"},
    {"where", "src_country src_as_number src_as_name dst_country dst_as_number dst_as_name"},
    {"traffic", "src_packets src_bytes dst_packets dst_bytes bytes"},
    {"rates", "src_bytes_per_s dst_bytes_per_s mean_bytes_per_s peak_bytes_per_s"},
    {"time", "first_seen last_seen"},
    {"end", "protocol state tcp_flags end_reason"},
    {"delay", "rtt_ms rtt_min_ms rtt_smoothed_ms"},
    {"quality", "retransmits loss out_of_order duplicate_acks zero_windows"},
    {"rtp", "rtp_packets rtp_lost jitter_ms jitter_max_ms"},
    {"ip", "src_ip_bytes dst_ip_bytes community_id"},
};

const weir_view_t WEIR_VIEW_FLOWS = {
    .columns = COLUMNS,
    .drops = DROPS,
    .live = LIVE,
    .name_column = "src",
    .keys = KEYS,
    .capture_sort = "-bytes",
    .titles = TITLES,
    .title_count = WEIR_COUNT(TITLES),
    .widths = WIDTHS,
    .width_count = WEIR_COUNT(WIDTHS),
    .lines = LINES,
    .line_count = WEIR_COUNT(LINES),
};
