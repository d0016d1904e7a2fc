#include "cli/options.h"

#include "base/number.h"
#include "base/text.h"
#include "platform/capture.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <string.h>

#define TIMEOUT_MAX_S 1000000000

const weir_option_t WEIR_OPTIONS[WEIR_OPTION_IDS] = {
    [WEIR_OPTION_FORMAT] = {"format", 0, "FORMAT", "table, json (one document a line) or csv",
                            "table json csv html"},
    [WEIR_OPTION_COLUMNS] = {"columns", 0, "A,B,C",
                             "columns to show, in this order (`weir help columns`)", NULL},
    [WEIR_OPTION_SORT] = {"sort", 0, "COLUMN", "order by a column; -COLUMN puts the largest first",
                          NULL},
    [WEIR_OPTION_LIMIT] = {"limit", 0, "N", "show at most N rows; 0 = all", NULL},
    [WEIR_OPTION_FILTER] = {"filter", 0, "EXPR",
                            "show matching rows: 'state=up and rx_bytes_per_s>1M'", NULL},
    [WEIR_OPTION_INTERFACE] = {"interface", 'i', "NAME", "show this interface only", NULL},
    [WEIR_OPTION_INTERVAL] = {"interval", 0, "SECONDS",
                              "time between refreshes, 0.1 to 3600 (default 1)", NULL},
    [WEIR_OPTION_COUNT] = {"count", 0, "N", "end after N refreshes (capture: packets); 0 = go on",
                           NULL},
    [WEIR_OPTION_UNITS] = {"units", 0, "UNIT", "show rates in bits (default) or bytes",
                           "bits bytes"},
    [WEIR_OPTION_AMOUNTS] = {"amounts", 0, "UNIT", "show totals in bytes (default) or bits",
                             "bits bytes"},
    [WEIR_OPTION_SI] = {"si", 0, NULL, "prefixes k M G of 1000 (default)", NULL},
    [WEIR_OPTION_IEC] = {"iec", 0, NULL, "prefixes Ki Mi Gi of 1024", NULL},
    [WEIR_OPTION_REPLAY] = {"replay", 0, "FILE",
                            "show a recording (lines of --format json) instead of this machine",
                            NULL},
    [WEIR_OPTION_SPEED] = {"speed", 0, "N",
                           "replay N times as fast; 0 = without waiting (default 1)", NULL},
    [WEIR_OPTION_FILE] = {"file", 0, "FILE",
                          "show a capture (pcap, pcapng, packed or not; - = standard input)", NULL},
    [WEIR_OPTION_INNER] = {"inner", 0, NULL, "captures: list the flows inside tunnels too", NULL},
    [WEIR_OPTION_LOCAL] = {"local", 0, "NET|MAC",
                           "captures: this side's network or network card (repeatable)", NULL},
    [WEIR_OPTION_LINK_SPEED] = {"link-speed", 0, "BITS",
                                "captures: the link carries BITS per second (100M, 2.5G)", NULL},
    [WEIR_OPTION_IDLE_TIMEOUT] =
        {"idle-timeout", 0, "S", "captures: a flow ends after S seconds of silence (default never)",
         NULL},
    [WEIR_OPTION_ACTIVE_TIMEOUT] = {"active-timeout", 0, "S",
                                    "captures: a flow is split after S seconds (default never)",
                                    NULL},
    [WEIR_OPTION_MAX_FLOWS] = {"max-flows", 0, "N",
                               "captures: keep N flows, count the others; 0 = all (default)", NULL},
    [WEIR_OPTION_THREADS] = {"threads", 0, "N",
                             "captures: read with N threads; 0 = one for each core (default)",
                             NULL},
    [WEIR_OPTION_NO_APPS] = {"no-apps", 0, NULL,
                             "do not recognise the applications of flows (names stay)", NULL},
    [WEIR_OPTION_GEOIP] = {"geoip", 0, "FILE",
                           "countries and networks by this .mmdb file (repeatable)", NULL},
    [WEIR_OPTION_NO_GEOIP] = {"no-geoip", 0, NULL, "look up no countries and networks", NULL},
    [WEIR_OPTION_RESOLVE] = {"resolve", 0, NULL,
                             "ask name servers for names that traffic does not tell", NULL},
    [WEIR_OPTION_BPF] = {"bpf", 'f', "BPF",
                         "capture what this filter lets pass (`man pcap-filter`)", NULL},
    [WEIR_OPTION_WRITE] = {"write", 'w', "FILE", "record into a pcapng file; - = standard output",
                           NULL},
    [WEIR_OPTION_SNAPLEN] = {"snaplen", 0, "N", "keep N bytes of each packet (default 262144)",
                             NULL},
    [WEIR_OPTION_ROTATE] = {"rotate", 0, "SIZE|TIME",
                            "begin a new file after 100M (bytes), 60s, 5m or 1h", NULL},
    [WEIR_OPTION_CONFIG] = {"config", 0, "FILE", "read this configuration file only", NULL},
    [WEIR_OPTION_HELP] = {"help", 'h', NULL, "explain and exit", NULL},
    [WEIR_OPTION_VERSION] = {"version", 'V', NULL, "print the version and exit", NULL},
};

int weir_measure_parse(const char *text, weir_measure_t *ret_measure)
{
    if (strcmp(text, "bits") == 0)
        *ret_measure = WEIR_BITS;
    else if (strcmp(text, "bytes") == 0)
        *ret_measure = WEIR_BYTES;
    else
        return -EINVAL;
    return 0;
}

static int word_fail(const weir_option_t *option, const char *typed)
{
    const char *words[4];
    char copy[64];
    size_t n = 0;
    char *rest = NULL;
    (void)strncpy(copy, option->words, sizeof(copy) - 1); /* the table's own, short words */
    copy[sizeof(copy) - 1] = '\0';
    for (char *word = strtok_r(copy, " ", &rest); word && n < WEIR_COUNT(words);
         word = strtok_r(NULL, " ", &rest))
        words[n++] = word;
    const char *nearest = weir_text_nearest(typed, words, n);
    if (nearest)
        return weir_say(WEIR_EXIT_USAGE, "--%s: '%s' is none of: %s; did you mean '%s'?",
                        option->name, typed, option->words, nearest);
    return weir_say(WEIR_EXIT_USAGE, "--%s: '%s' is none of: %s", option->name, typed,
                    option->words);
}

static int format_set(const char *text, weir_invocation_t *invocation)
{
    static const char *const words[] = {"table", "json", "csv", "html"};
    for (size_t i = 0; i < WEIR_COUNT(words); i++) {
        if (strcmp(words[i], text) == 0) {
            invocation->format = (weir_format_t)i;
            invocation->format_given = true;
            return WEIR_EXIT_OK;
        }
    }
    return word_fail(&WEIR_OPTIONS[WEIR_OPTION_FORMAT], text);
}

static int measure_set(weir_option_id_t id, const char *text, weir_measure_t *measure)
{
    return weir_measure_parse(text, measure) < 0 ? word_fail(&WEIR_OPTIONS[id], text)
                                                 : WEIR_EXIT_OK;
}

static int whole_set(weir_option_id_t id, const char *text, uint64_t *value)
{
    uint64_t number = 0;
    if (weir_number_parse(text, UINT32_MAX, &number) < 0)
        return weir_say(WEIR_EXIT_USAGE, "--%s: '%s' is no whole number from 0 to %u",
                        WEIR_OPTIONS[id].name, text, UINT32_MAX);
    *value = number;
    return WEIR_EXIT_OK;
}

static int interval_set(const char *text, uint64_t *interval_ns)
{
    double seconds = 0;
    size_t n = weir_number_scan(text, strlen(text), &seconds);
    if (n == 0 || n != strlen(text) || seconds < WEIR_INTERVAL_MIN_S ||
        seconds > WEIR_INTERVAL_MAX_S)
        return weir_say(WEIR_EXIT_USAGE,
                        "--interval: '%s' is no number of seconds from 0.1 to 3600", text);
    *interval_ns = (uint64_t)llround(seconds * 1e9);
    return WEIR_EXIT_OK;
}

static int speed_set(const char *text, double *speed)
{
    double value = 0;
    size_t n = weir_number_scan(text, strlen(text), &value);
    if (n == 0 || n != strlen(text) || value < 0)
        return weir_say(WEIR_EXIT_USAGE, "--speed: '%s' is no number from 0 up", text);
    *speed = value;
    return WEIR_EXIT_OK;
}

static int geoip_set(const char *text, weir_invocation_t *invocation)
{
    if (invocation->geoip_count == WEIR_COUNT(invocation->geoip))
        return weir_say(WEIR_EXIT_USAGE, "--geoip: more than %zu of them",
                        WEIR_COUNT(invocation->geoip));
    invocation->geoip[invocation->geoip_count++] = text;
    return WEIR_EXIT_OK;
}

/* The options whose argument is only kept. */
static int text_set(weir_option_id_t id, const char *text, weir_invocation_t *invocation)
{
    switch (id) {
    case WEIR_OPTION_COLUMNS:
        invocation->columns = text;
        break;
    case WEIR_OPTION_SORT:
        invocation->sort = text;
        break;
    case WEIR_OPTION_FILTER:
        invocation->filter = text;
        break;
    case WEIR_OPTION_INTERFACE:
        invocation->iface = text;
        break;
    case WEIR_OPTION_REPLAY:
        invocation->replay = text;
        break;
    case WEIR_OPTION_FILE:
        invocation->file = text;
        break;
    case WEIR_OPTION_BPF:
        invocation->bpf = text;
        break;
    case WEIR_OPTION_WRITE:
        invocation->write = text;
        break;
    default: /* --config was read before */
        break;
    }
    return WEIR_EXIT_OK;
}

static int limit_set(const char *text, size_t *limit)
{
    uint64_t value = 0;
    int r = whole_set(WEIR_OPTION_LIMIT, text, &value);
    if (r == WEIR_EXIT_OK)
        *limit = (size_t)value;
    return r;
}

static int timeout_set(weir_option_id_t id, const char *text, uint64_t *timeout_ns)
{
    double seconds = 0;
    size_t n = weir_number_scan(text, strlen(text), &seconds);
    if (n == 0 || n != strlen(text) || seconds < 0 || seconds > TIMEOUT_MAX_S)
        return weir_say(WEIR_EXIT_USAGE, "--%s: '%s' is no number of seconds from 0 to %d",
                        WEIR_OPTIONS[id].name, text, TIMEOUT_MAX_S);
    *timeout_ns = (uint64_t)llround(seconds * 1e9);
    return WEIR_EXIT_OK;
}

static int local_set(const char *text, weir_invocation_t *invocation)
{
    weir_address_t address;
    weir_mac_t mac;
    bool is_mac = weir_mac_parse(text, &mac) == 0;
    if (!is_mac && weir_address_parse(text, strlen(text), &address) < 0)
        return weir_say(WEIR_EXIT_USAGE,
                        "--local: '%s' is neither a network (10.0.0.0/8, 2001:db8::/32) nor the "
                        "address of a network card (02:00:5e:10:00:01)",
                        text);
    if (invocation->local_count == WEIR_LOCALS_MAX || invocation->mac_count == WEIR_LOCALS_MAX)
        return weir_say(WEIR_EXIT_USAGE, "--local: more than %d of them", WEIR_LOCALS_MAX);
    if (is_mac)
        invocation->macs[invocation->mac_count++] = mac;
    else
        invocation->locals[invocation->local_count++] = address;
    return WEIR_EXIT_OK;
}

static int link_speed_set(const char *text, uint64_t *link_bps)
{
    double value = 0;
    size_t n = weir_number_scan_scaled(text, strlen(text), &value);
    if (n == 0 || text[n] || value < 1 || value > 1e15)
        return weir_say(WEIR_EXIT_USAGE,
                        "--link-speed: '%s' is no number of bits per second; write it like 100M or "
                        "2.5G",
                        text);
    *link_bps = (uint64_t)llround(value);
    return WEIR_EXIT_OK;
}

static int snaplen_set(const char *text, uint64_t *snaplen)
{
    uint64_t value = 0;
    if (weir_number_parse(text, WEIR_SNAPLEN_MOST, &value) < 0 || value == 0)
        return weir_say(WEIR_EXIT_USAGE, "--snaplen: '%s' is no number of bytes from 1 to %u", text,
                        WEIR_SNAPLEN_MOST);
    *snaplen = value;
    return WEIR_EXIT_OK;
}

/* "100M" and "1Gi" are sizes, "60s", "5m" and "1h" times. */
static int rotate_set(const char *text, weir_invocation_t *invocation)
{
    static const struct {
        const char *word;
        double seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
    double value = 0;
    size_t n = weir_number_scan(text, strlen(text), &value);
    for (size_t i = 0; n > 0 && i < WEIR_COUNT(units); i++) {
        if (strcmp(text + n, units[i].word) == 0 && value * units[i].seconds >= 1 &&
            value * units[i].seconds <= TIMEOUT_MAX_S) {
            invocation->rotate_ns = (uint64_t)llround(value * units[i].seconds * 1e9);
            return WEIR_EXIT_OK;
        }
    }
    n = weir_number_scan_scaled(text, strlen(text), &value);
    if (n == 0 || (text[n] && strcmp(text + n, "B") != 0) || value < 1e4 || value > 1e15)
        return weir_say(WEIR_EXIT_USAGE,
                        "--rotate: '%s' is neither a size from 10K up (100M) nor a time from 1 s "
                        "up (60s, 5m, 1h)",
                        text);
    invocation->rotate_bytes = (uint64_t)llround(value);
    return WEIR_EXIT_OK;
}

/* Options about how captures are read. */
static int reading_set(weir_option_id_t id, const char *text, weir_invocation_t *invocation)
{
    weir_reading_t *reading = &invocation->reading;
    uint64_t threads = 0;
    int status = WEIR_EXIT_OK;
    switch (id) {
    case WEIR_OPTION_GEOIP:
        return geoip_set(text, invocation);
    case WEIR_OPTION_LOCAL:
        return local_set(text, invocation);
    case WEIR_OPTION_LINK_SPEED:
        return link_speed_set(text, &reading->link_bps);
    case WEIR_OPTION_IDLE_TIMEOUT:
        return timeout_set(id, text, &reading->idle_ns);
    case WEIR_OPTION_ACTIVE_TIMEOUT:
        return timeout_set(id, text, &reading->active_ns);
    case WEIR_OPTION_MAX_FLOWS:
        return whole_set(id, text, &reading->max_flows);
    case WEIR_OPTION_THREADS:
        status = whole_set(id, text, &threads);
        reading->threads = (unsigned)threads;
        return status;
    default:
        return text_set(id, text, invocation);
    }
}

static int value_set(weir_option_id_t id, const char *text, weir_invocation_t *invocation)
{
    switch (id) {
    case WEIR_OPTION_FORMAT:
        return format_set(text, invocation);
    case WEIR_OPTION_LIMIT:
        return limit_set(text, &invocation->limit);
    case WEIR_OPTION_INTERVAL:
        return interval_set(text, &invocation->interval_ns);
    case WEIR_OPTION_COUNT:
        invocation->count_given = true;
        return whole_set(id, text, &invocation->count);
    case WEIR_OPTION_UNITS:
        return measure_set(id, text, &invocation->units.rates);
    case WEIR_OPTION_AMOUNTS:
        return measure_set(id, text, &invocation->units.amounts);
    case WEIR_OPTION_SPEED:
        return speed_set(text, &invocation->speed);
    case WEIR_OPTION_SNAPLEN:
        return snaplen_set(text, &invocation->snaplen);
    case WEIR_OPTION_ROTATE:
        return rotate_set(text, invocation);
    default:
        return reading_set(id, text, invocation);
    }
}

static int option_set(weir_option_id_t id, const char *text, weir_invocation_t *invocation)
{
    invocation->given |= WEIR_OPTION_BIT(id);
    switch (id) {
    case WEIR_OPTION_SI:
        invocation->units.base = WEIR_SI;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_IEC:
        invocation->units.base = WEIR_IEC;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_INNER:
        invocation->reading.inner = true;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_NO_APPS:
        invocation->reading.no_apps = true;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_RESOLVE:
        invocation->resolve = true;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_NO_GEOIP:
        invocation->no_geoip = true;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_HELP:
        invocation->help = true;
        return WEIR_EXIT_OK;
    case WEIR_OPTION_VERSION:
        invocation->version = true;
        return WEIR_EXIT_OK;
    default:
        return value_set(id, text, invocation);
    }
}

static bool option_belongs(const weir_command_t *command, size_t id)
{
    return command->options & WEIR_OPTION_BIT(id);
}

static int unknown_fail(const weir_command_t *command, const char *typed)
{
    const char *names[WEIR_OPTION_IDS];
    size_t n = 0;
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++)
        if (option_belongs(command, i))
            names[n++] = WEIR_OPTIONS[i].name;
    char word[64] = "";
    const char *name = typed + strspn(typed, "-");
    memcpy(word, name, strnlen(name, sizeof(word) - 1));
    word[strcspn(word, "=")] = '\0';
    const char *nearest = weir_text_nearest(word, names, n);
    if (nearest)
        return weir_say(WEIR_EXIT_USAGE, "%s: there is no option '%s'; did you mean '--%s'?",
                        command->name, typed, nearest);
    return weir_say(WEIR_EXIT_USAGE, "%s: there is no option '%s'; `weir %s --help` lists them",
                    command->name, typed, command->name);
}

#define LONG_BASE 256 /* getopt values of options without a letter */

/* The tables that getopt wants, for the options of one command. */
typedef struct getopt_tables {
    struct option longs[WEIR_OPTION_IDS + 1];
    char shorts[2 * WEIR_OPTION_IDS + 3];
} getopt_tables_t;

static void tables_make(const weir_command_t *command, getopt_tables_t *tables)
{
    size_t longs = 0;
    size_t shorts = 0;
    *tables = (getopt_tables_t){0};
    tables->shorts[shorts++] = ':'; /* a missing argument is told from an unknown option */
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++) {
        if (!option_belongs(command, i))
            continue;
        const weir_option_t *option = &WEIR_OPTIONS[i];
        tables->longs[longs++] =
            (struct option){option->name, option->argument ? required_argument : no_argument, NULL,
                            LONG_BASE + (int)i};
        if (!option->letter)
            continue;
        tables->shorts[shorts++] = option->letter;
        if (option->argument)
            tables->shorts[shorts++] = ':';
    }
}

static int option_by_letter(int letter)
{
    for (int i = 0; i < WEIR_OPTION_IDS; i++)
        if (WEIR_OPTIONS[i].letter == letter)
            return i;
    return -1;
}

static int result_handle(const weir_command_t *command, int result, char **argv,
                         weir_invocation_t *invocation)
{
    const char *typed = argv[optind - 1];
    if (result == '?') {
        char letter[3] = {'-', (char)optopt, '\0'};
        bool clustered = optopt > 0 && optopt < LONG_BASE;
        return unknown_fail(command, clustered ? letter : typed);
    }
    if (result == ':')
        return weir_say(WEIR_EXIT_USAGE, "%s: the option '%s' wants a value", command->name, typed);
    int id = result >= LONG_BASE ? result - LONG_BASE : option_by_letter(result);
    return option_set((weir_option_id_t)id, optarg, invocation);
}

int weir_options_parse(const weir_command_t *command, int argc, char **argv,
                       weir_invocation_t *invocation)
{
    getopt_tables_t tables;
    tables_make(command, &tables);
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    int result = 0;
    while ((result = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        int r = result_handle(command, result, argv, invocation);
        if (r != WEIR_EXIT_OK)
            return r;
    }
    if (invocation->format == WEIR_FORMAT_HTML && !command->pages)
        return weir_say(WEIR_EXIT_USAGE,
                        "--format html: `weir %s` prints table, json or csv; `weir read --format "
                        "html FILE` makes a page of a capture",
                        command->name);
    invocation->operand_count = argc - optind;
    invocation->operands = argv + optind;
    return WEIR_EXIT_OK;
}

const char *weir_options_config(int argc, char **argv)
{
    static const char name[] = "--config";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], name, strlen(name)) != 0)
            continue;
        if (argv[i][strlen(name)] == '=')
            return argv[i] + strlen(name) + 1;
        if (argv[i][strlen(name)] == '\0' && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}
