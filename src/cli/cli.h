/*
 * The command line: what main hands to each command.
 */
#ifndef WEIR_CLI_CLI_H
#define WEIR_CLI_CLI_H

#include "client/client.h"
#include "client/packets.h"
#include "export/export.h"
#include "tui/rescue.h"

#include <signal.h>

typedef enum weir_exit {
    WEIR_EXIT_OK = 0,
    WEIR_EXIT_FAILED = 1,
    WEIR_EXIT_USAGE = 2,
    WEIR_EXIT_DENIED = 3,
    WEIR_EXIT_SIGNAL = 128, /* plus the signal's number */
} weir_exit_t;

#define WEIR_INTERVAL_MIN_S 0.1
#define WEIR_INTERVAL_MAX_S 3600.0

/** What the configuration files say; defaults where they say nothing. Owned texts. */
typedef struct weir_config {
    weir_units_t units;
    uint64_t interval_ns;
    weir_capacity_t *capacities; /* owned, names too */
    size_t capacity_count;
    weir_finding_options_t findings; /* of the lists below */
    weir_finding_limit_t *limits;    /* owned, texts too */
    weir_finding_mute_t *mutes;      /* likewise */
    const char **watched;            /* likewise */
} weir_config_t;

#define WEIR_LOCALS_MAX 64

/** What the options of one invocation say. Texts are borrowed from argv. */
typedef struct weir_invocation {
    weir_format_t format;
    bool format_given;
    const char *columns, *sort, *filter, *iface, *replay, *file; /* NULL: not given */
    const char *bpf, *write;                                     /* capture */
    uint64_t snaplen, rotate_bytes, rotate_ns;                   /* 0: not given */
    weir_reading_t reading;                                      /* of captures; without paths */
    weir_address_t locals[WEIR_LOCALS_MAX];
    size_t local_count;
    weir_mac_t macs[WEIR_LOCALS_MAX]; /* --local with those of network cards */
    size_t mac_count;
    const char *geoip[8]; /* databases */
    size_t geoip_count;
    bool no_geoip, resolve;
    weir_table_id_t table;
    size_t limit;
    uint64_t interval_ns, count; /* count 0: until the end */
    bool count_given;
    double speed;
    weir_units_t units;
    bool help, version;
    uint64_t given;    /* bits of the options that were given */
    int operand_count; /* what follows the options */
    char **operands;
} weir_invocation_t;

typedef struct weir_context {
    weir_invocation_t invocation;
    weir_config_t config;
    bool utf8;                           /* the locale shows UTF-8 */
    bool terminal;                       /* standard output is one */
    const volatile sig_atomic_t *signal; /* the signal that asks to end, 0 none */
    sigset_t wait_mask;                  /* signals are let in only while waiting with this */
    weir_rescue_t *rescue;               /* gives the terminal back when the program dies */
} weir_context_t;

typedef struct weir_command {
    const char *name;
    const char *operands;                /* "[TABLE]" */
    const char *summary;                 /* one line */
    const char *examples;                /* lines */
    uint64_t options;                    /* bits of weir_option_id_t */
    bool pages;                          /* --format html is one of them */
    int (*run)(weir_context_t *context); /* returns a weir_exit_t */
} weir_command_t;

extern const weir_command_t WEIR_COMMANDS[];
extern const size_t WEIR_COMMANDS_COUNT;
/** The command of that name, or NULL. */
const weir_command_t *weir_command_find(const char *name);
/** The name nearest to what was typed, or NULL. */
const char *weir_command_nearest(const char *typed);

/** Whether `live` is to fill the terminal: there is one, and no format was asked for. */
bool weir_fullscreen_wanted(const weir_context_t *context);
/**
 * Show `client` so; filter: a valid one or NULL; reading: how far that of a capture is. Returns a
 * weir_exit_t.
 */
int weir_fullscreen_run(weir_context_t *context, weir_client_t *client, const weir_export_t *export,
                        const char *filter, weir_reading_progress_t *reading);

/** Run the packet list in full screen; `iface`: where packets are captured, "" every one. */
int weir_fullscreen_packets(weir_context_t *context, weir_packets_t *packets, const char *iface);

int weir_show_run(weir_context_t *context);
int weir_live_run(weir_context_t *context);
int weir_read_run(weir_context_t *context);
int weir_sniff_run(weir_context_t *context);
int weir_gui_run(weir_context_t *context);
int weir_doctor_run(weir_context_t *context);
int weir_help_run(weir_context_t *context);
int weir_completion_run(weir_context_t *context);

/** Print the help of one command (NULL: of Weir) on standard output. Returns a weir_exit_t. */
int weir_help_print(const weir_command_t *command);

/** "weir: MESSAGE" on standard error as one line, made safe. Returns `status`, for `return`. */
__attribute__((format(printf, 2, 3))) int weir_say(int status, const char *format, ...);

/** Columns of the terminal, 0 when standard output is none. */
size_t weir_terminal_width(const weir_context_t *context);

/**
 * Write all of `buf` to standard output. Returns WEIR_EXIT_OK, or WEIR_EXIT_FAILED after saying
 * why; *ret_closed tells that the reader has gone, which is no failure.
 */
int weir_print(weir_buf_t *buf, bool *ret_closed);

#endif
