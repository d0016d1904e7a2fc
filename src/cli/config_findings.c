#include "cli/config_findings.h"

#include "detect/rules.h"

#include <errno.h>
#include <string.h>

/* The limits' names, each once, and `mute`. */
cfg_opt_t *weir_config_finding_opts(cfg_opt_t sink)
{
    size_t most = (size_t)WEIR_RULE_COUNT * WEIR_LIMITS_MOST + 3, count = 0;
    cfg_opt_t *opts = calloc(most, sizeof(*opts));
    if (!opts)
        return NULL;
    for (int i = 0; i < WEIR_RULE_COUNT; i++) {
        const weir_limit_t *limits = weir_rule((weir_rule_id_t)i)->limits;
        for (int j = 0; j < WEIR_LIMITS_MOST && limits[j].name; j++) {
            size_t k = 0;
            while (k < count && strcmp(opts[k].name, limits[j].name) != 0)
                k++;
            if (k == count)
                opts[count++] = (cfg_opt_t)CFG_FLOAT(limits[j].name, 0, CFGF_NODEFAULT);
        }
    }
    opts[count++] = (cfg_opt_t)CFG_STR_LIST("mute", NULL, CFGF_NODEFAULT);
    opts[count++] = sink;
    opts[count] = (cfg_opt_t)CFG_END();
    return opts;
}

/* The limit of `rule` that the section sets, from place *at on; false: no more. */
static bool limit_next(cfg_t *section, size_t *at, weir_finding_limit_t *ret_limit)
{
    for (; *at < cfg_num(section); ++*at) {
        cfg_opt_t *opt = cfg_getnopt(section, (unsigned)*at);
        if (opt->type != CFGT_FLOAT || cfg_opt_size(opt) == 0)
            continue;
        *ret_limit = (weir_finding_limit_t){cfg_title(section), cfg_opt_name(opt),
                                            cfg_opt_getnfloat(opt, 0)};
        ++*at;
        return true;
    }
    return false;
}

int weir_config_finding_check(cfg_t *cfg, cfg_opt_t *opt)
{
    cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
    const weir_finding_mute_t mute = {cfg_title(section), "*"};
    weir_finding_limit_t limit = {0};
    char text[160];
    const weir_finding_options_t rule = {.mutes = &mute, .mute_count = 1};
    const weir_finding_options_t one = {.limits = &limit, .limit_count = 1};
    const char *wrong = weir_rules_check(&rule, text, sizeof(text));
    for (size_t at = 0; !wrong && limit_next(section, &at, &limit);)
        wrong = weir_rules_check(&one, text, sizeof(text));
    if (wrong)
        cfg_error(cfg, "%s", wrong);
    return wrong ? -1 : 0;
}

static const char *text_keep(const char *text)
{
    return strdup(text);
}

static int limits_take(cfg_t *section, weir_config_t *config)
{
    weir_finding_limit_t limit;
    for (size_t at = 0; limit_next(section, &at, &limit);) {
        weir_finding_limit_t *larger =
            realloc(config->limits, (config->findings.limit_count + 1) * sizeof(*larger));
        if (!larger)
            return -ENOMEM;
        config->findings.limits = config->limits = larger;
        limit.rule = text_keep(limit.rule);
        limit.name = text_keep(limit.name);
        larger[config->findings.limit_count++] = limit;
        if (!limit.rule || !limit.name)
            return -ENOMEM;
    }
    return 0;
}

static int mutes_take(cfg_t *section, weir_config_t *config)
{
    for (unsigned i = 0; i < cfg_size(section, "mute"); i++) {
        weir_finding_mute_t *larger =
            realloc(config->mutes, (config->findings.mute_count + 1) * sizeof(*larger));
        if (!larger)
            return -ENOMEM;
        config->findings.mutes = config->mutes = larger;
        weir_finding_mute_t mute = {text_keep(cfg_title(section)),
                                    text_keep(cfg_getnstr(section, "mute", i))};
        larger[config->findings.mute_count++] = mute;
        if (!mute.rule || !mute.object)
            return -ENOMEM;
    }
    return 0;
}

static int watched_take(cfg_t *cfg, weir_config_t *config)
{
    for (unsigned i = 0; i < cfg_size(cfg, "watch"); i++) {
        const char **larger =
            realloc(config->watched, (config->findings.watched_count + 1) * sizeof(*larger));
        if (!larger)
            return -ENOMEM;
        config->findings.watched = config->watched = larger;
        larger[config->findings.watched_count] = text_keep(cfg_getnstr(cfg, "watch", i));
        if (!larger[config->findings.watched_count++])
            return -ENOMEM;
    }
    return 0;
}

int weir_config_findings_take(cfg_t *cfg, weir_config_t *config)
{
    int r = watched_take(cfg, config);
    for (unsigned i = 0; r == 0 && i < cfg_size(cfg, "finding"); i++) {
        cfg_t *section = cfg_getnsec(cfg, "finding", i);
        r = limits_take(section, config);
        r = r == 0 ? mutes_take(section, config) : r;
    }
    return r;
}

static void text_free(const char *text)
{
    free((void *)(uintptr_t)text);
}

void weir_config_findings_done(weir_config_t *config)
{
    for (size_t i = 0; i < config->findings.limit_count; i++) {
        text_free(config->limits[i].rule);
        text_free(config->limits[i].name);
    }
    for (size_t i = 0; i < config->findings.mute_count; i++) {
        text_free(config->mutes[i].rule);
        text_free(config->mutes[i].object);
    }
    for (size_t i = 0; i < config->findings.watched_count; i++)
        text_free(config->watched[i]);
    free(config->limits);
    free(config->mutes);
    free(config->watched);
}
