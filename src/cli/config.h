/*
 * Configuration: /etc/weir/weir.conf, then $XDG_CONFIG_HOME/weir/weir.conf; the later file wins,
 * and options win over both.
 */
#ifndef WEIR_CLI_CONFIG_H
#define WEIR_CLI_CONFIG_H

#include "cli/cli.h"

/**
 * Read the configuration into *ret_config (free it with weir_config_done()). only: this file
 * instead of the usual ones. Returns WEIR_EXIT_OK, or WEIR_EXIT_USAGE after saying which line is
 * wrong.
 */
int weir_config_read(const char *only, weir_config_t *ret_config);
void weir_config_done(weir_config_t *config);

#define WEIR_CONFIG_PATHS 2
/** Path `i` of the usual files, below WEIR_CONFIG_PATHS; "" when there is no such place. */
void weir_config_path(size_t i, char *path, size_t size);

#endif
