/*
 * What the configuration says of findings:
 *
 *     finding "port-scan" { ports = 30  mute = {"192.0.2.7", "10.1.0.0/16"} }
 *     watch = {"203.0.113.0/24", "bad.example"}
 */
#ifndef WEIR_CLI_CONFIG_FINDINGS_H
#define WEIR_CLI_CONFIG_FINDINGS_H

#include "cli/cli.h"

#include <confuse.h>

#define WEIR_FINDING_KEYS "finding", "mute", "watch"

/** The keys of a section; owned, NULL: no memory. `sink`: the hidden key that takes errors. */
cfg_opt_t *weir_config_finding_opts(cfg_opt_t sink);
/** For cfg_set_validate_func() on the section: whether rule and limits exist. */
int weir_config_finding_check(cfg_t *cfg, cfg_opt_t *opt);
/** Add what the file says. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_config_findings_take(cfg_t *cfg, weir_config_t *config);
void weir_config_findings_done(weir_config_t *config);

#endif
