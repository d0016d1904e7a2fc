#include "cli/cli.h"

#include "base/text.h"
#include "cli/options.h"

#include <string.h>

#define BIT(name) WEIR_OPTION_BIT(WEIR_OPTION_##name)
#define GENERAL (BIT(HELP) | BIT(VERSION) | BIT(CONFIG))
#define READING                                                                                    \
    (BIT(NO_APPS) | BIT(GEOIP) | BIT(NO_GEOIP) | BIT(RESOLVE) | BIT(INNER) | BIT(LOCAL) |          \
     BIT(LINK_SPEED) | BIT(IDLE_TIMEOUT) | BIT(ACTIVE_TIMEOUT) | BIT(MAX_FLOWS) | BIT(THREADS))
#define TABLES                                                                                     \
    (GENERAL | BIT(FORMAT) | BIT(COLUMNS) | BIT(SORT) | BIT(LIMIT) | BIT(FILTER) |                 \
     BIT(INTERFACE) | BIT(INTERVAL) | BIT(COUNT) | BIT(UNITS) | BIT(AMOUNTS) | BIT(SI) |           \
     BIT(IEC) | BIT(REPLAY) | BIT(SPEED) | BIT(FILE) | READING)

const weir_command_t WEIR_COMMANDS[] = {
    {.name = "live",
     .operands = "[TABLE]",
     .summary = "watch a table, refreshed every second",
     .examples = "  weir                                      every interface, every second\n"
                 "  weir live --interval 0.5 --units bytes    twice a second, rates in bytes\n"
                 "  weir live --format json >day.jsonl        record; `weir --replay day.jsonl` "
                 "shows it again\n"
                 "  weir live --filter 'state=up and not kind=veth'\n"
                 "  sudo weir live hosts                      who talks, and with which names\n"
                 "  weir live hosts --file trace.pcap         look through a capture\n",
     .options = TABLES,
     .run = weir_live_run},
    {.name = "show",
     .operands = "[TABLE]",
     .summary = "print a table once, after one interval, so that rates are known",
     .examples =
         "  weir show                                 every interface\n"
         "  weir show --sort -rx_bytes --limit 5      the five that received most\n"
         "  weir show -i eth0 --format json           for scripts: raw values, unknown is null\n"
         "  weir show --columns name,speed_bps,rx_utilisation,addresses\n"
         "  weir show --format csv --count 60         a minute, one row per interface and second\n"
         "  weir show hosts --file trace.pcap --sort -rx_bytes\n",
     .options = TABLES,
     .run = weir_show_run},
    {.name = "read",
     .operands = "FILE...",
     .summary = "analyse capture files (pcap, pcapng, gz, zst, - = standard input)",
     .examples = "  weir read trace.pcapng                    findings, protocols, hosts, quality\n"
                 "  weir read --format html trace.pcap >trace.html\n"
                 "  weir read --format json *.pcap.gz | jq .quality\n"
                 "  tcpdump -w - -c 1000 | weir read -        what is captured elsewhere\n"
                 "  weir show flows --file trace.pcap --sort -src_bytes --limit 10\n",
     .options = GENERAL | BIT(FORMAT) | BIT(LIMIT) | BIT(UNITS) | BIT(AMOUNTS) | BIT(SI) |
                BIT(IEC) | READING,
     .pages = true,
     .run = weir_read_run},
    {.name = "capture",
     .operands = "",
     .summary = "list packets as they pass, or those of a file; record them",
     .examples =
         "  sudo weir capture                         full screen, the default route's interface\n"
         "  weir capture -i any -f 'port 53'          DNS on every interface\n"
         "  weir capture --filter 'protocol=TLS and host=192.0.2.1' --format json\n"
         "  weir capture -w day.pcapng --rotate 1h    record, an hour a file, and watch it\n"
         "  weir capture --file trace.pcap            the same list of a capture\n"
         "  weir capture --file trace.pcap | less     one line for each packet\n",
     .options = GENERAL | BIT(FORMAT) | BIT(COLUMNS) | BIT(FILTER) | BIT(INTERFACE) | BIT(COUNT) |
                BIT(FILE) | BIT(BPF) | BIT(WRITE) | BIT(SNAPLEN) | BIT(ROTATE),
     .run = weir_sniff_run},
    {.name = "gui",
     .operands = "[RECORDING]",
     .summary = "open the desktop window",
     .examples = "  weir gui\n"
                 "  weir gui --units bytes --interval 0.5\n"
                 "  weir gui day.jsonl                        look at a recording\n",
     .options = GENERAL | BIT(FILTER) | BIT(INTERVAL) | BIT(UNITS) | BIT(AMOUNTS) | BIT(SI) |
                BIT(IEC) | BIT(REPLAY) | BIT(SPEED),
     .run = weir_gui_run},
    {.name = "doctor",
     .operands = "",
     .summary = "tell what works here, what is hidden and why, and what helps",
     .examples = "  weir doctor\n",
     .options = GENERAL,
     .run = weir_doctor_run},
    {.name = "help",
     .operands = "[COMMAND | columns [TABLE] | filters | findings]",
     .summary = "explain a command, the columns of a table, the filter language or the rules",
     .examples = "  weir help show\n  weir help columns interfaces\n  weir help filters\n"
                 "  weir help findings\n",
     .options = GENERAL,
     .run = weir_help_run},
    {.name = "completion",
     .operands = "bash|zsh|fish",
     .summary = "print the completions for a shell",
     .examples = "  weir completion bash >~/.local/share/bash-completion/completions/weir\n",
     .options = GENERAL,
     .run = weir_completion_run},
};
const size_t WEIR_COMMANDS_COUNT = WEIR_COUNT(WEIR_COMMANDS);

const weir_command_t *weir_command_find(const char *name)
{
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        if (strcmp(WEIR_COMMANDS[i].name, name) == 0)
            return &WEIR_COMMANDS[i];
    return NULL;
}

const char *weir_command_nearest(const char *typed)
{
    const char *names[WEIR_COUNT(WEIR_COMMANDS)];
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        names[i] = WEIR_COMMANDS[i].name;
    return weir_text_nearest(typed, names, WEIR_COMMANDS_COUNT);
}
