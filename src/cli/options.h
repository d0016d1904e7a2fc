/*
 * The options of all commands, as one table: parsing, help and completions walk it.
 */
#ifndef WEIR_CLI_OPTIONS_H
#define WEIR_CLI_OPTIONS_H

#include "cli/cli.h"

typedef enum weir_option_id {
    WEIR_OPTION_FORMAT,
    WEIR_OPTION_COLUMNS,
    WEIR_OPTION_SORT,
    WEIR_OPTION_LIMIT,
    WEIR_OPTION_FILTER,
    WEIR_OPTION_INTERFACE,
    WEIR_OPTION_INTERVAL,
    WEIR_OPTION_COUNT,
    WEIR_OPTION_UNITS,
    WEIR_OPTION_AMOUNTS,
    WEIR_OPTION_SI,
    WEIR_OPTION_IEC,
    WEIR_OPTION_REPLAY,
    WEIR_OPTION_SPEED,
    WEIR_OPTION_FILE,
    WEIR_OPTION_INNER,
    WEIR_OPTION_LOCAL,
    WEIR_OPTION_LINK_SPEED,
    WEIR_OPTION_IDLE_TIMEOUT,
    WEIR_OPTION_ACTIVE_TIMEOUT,
    WEIR_OPTION_MAX_FLOWS,
    WEIR_OPTION_THREADS,
    WEIR_OPTION_NO_APPS,
    WEIR_OPTION_GEOIP,
    WEIR_OPTION_NO_GEOIP,
    WEIR_OPTION_RESOLVE,
    WEIR_OPTION_BPF,
    WEIR_OPTION_WRITE,
    WEIR_OPTION_SNAPLEN,
    WEIR_OPTION_ROTATE,
    WEIR_OPTION_CONFIG,
    WEIR_OPTION_HELP,
    WEIR_OPTION_VERSION,
    WEIR_OPTION_IDS
} weir_option_id_t;

#define WEIR_OPTION_BIT(id) (UINT64_C(1) << (id))

typedef struct weir_option {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* "SECONDS"; NULL: takes none */
    const char *help;
    const char *words; /* the argument's possible values, by spaces; NULL: anything */
} weir_option_t;

extern const weir_option_t WEIR_OPTIONS[WEIR_OPTION_IDS];

/**
 * Read the options of `command` from argv (argv[0] is skipped) into *invocation, which holds the
 * configuration's values already. Returns WEIR_EXIT_OK, or WEIR_EXIT_USAGE after saying what is
 * wrong.
 */
int weir_options_parse(const weir_command_t *command, int argc, char **argv,
                       weir_invocation_t *invocation);

/** The file of --config, before anything else is parsed; NULL: not given. */
const char *weir_options_config(int argc, char **argv);

/** Units as the configuration and the options write them. Returns 0 or -EINVAL. */
WEIR_NODISCARD int weir_measure_parse(const char *text, weir_measure_t *ret_measure);

#endif
