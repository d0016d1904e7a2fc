#include "cli/config.h"

#include "base/number.h"
#include "base/text.h"
#include "cli/config_findings.h"
#include "cli/options.h"

#include <confuse.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define KEYS "interval", "units", "amounts", "prefixes", "interface", "capacity", WEIR_FINDING_KEYS
#define SINK "_" /* a hidden key that carries the address of the error's text to the handler */

typedef struct config_error {
    char text[192];
    int line;
} config_error_t;

/* The first error is the one that helps. */
__attribute__((format(printf, 2, 0))) static void error_take(cfg_t *cfg, const char *format,
                                                             va_list args)
{
    cfg_opt_t *sink = cfg_getopt(cfg, SINK);
    config_error_t *error = sink ? (config_error_t *)(void *)sink->simple_value.number : NULL;
    if (!error || error->text[0])
        return;
    error->line = cfg->line;
    (void)vsnprintf(error->text, sizeof(error->text), format, args);
}

static int interval_check(cfg_t *cfg, cfg_opt_t *opt)
{
    double seconds = cfg_opt_getnfloat(opt, 0);
    if (seconds >= WEIR_INTERVAL_MIN_S && seconds <= WEIR_INTERVAL_MAX_S)
        return 0;
    cfg_error(cfg, "'interval' is a number of seconds from 0.1 to 3600");
    return -1;
}

static int measure_check(cfg_t *cfg, cfg_opt_t *opt)
{
    weir_measure_t measure;
    if (weir_measure_parse(cfg_opt_getnstr(opt, 0), &measure) >= 0)
        return 0;
    cfg_error(cfg, "'%s' is \"bits\" or \"bytes\"", cfg_opt_name(opt));
    return -1;
}

static int prefixes_check(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *text = cfg_opt_getnstr(opt, 0);
    if (strcmp(text, "si") == 0 || strcmp(text, "iec") == 0)
        return 0;
    cfg_error(cfg, "'prefixes' is \"si\" or \"iec\"");
    return -1;
}

/* "100M/20M": download and upload in bit/s; one number stands for both. */
static int capacity_parse(const char *text, uint64_t *ret_rx_bps, uint64_t *ret_tx_bps)
{
    double values[2] = {0, 0};
    size_t n = strlen(text);
    size_t at = weir_number_scan_scaled(text, n, &values[0]);
    values[1] = values[0];
    if (at > 0 && at < n && text[at] == '/') {
        size_t more = weir_number_scan_scaled(text + at + 1, n - at - 1, &values[1]);
        at = more ? at + 1 + more : 0;
    }
    if (at == 0 || at != n || !(values[0] >= 1) || !(values[1] >= 1) || values[0] > 1e15 ||
        values[1] > 1e15)
        return -EINVAL;
    *ret_rx_bps = (uint64_t)llround(values[0]);
    *ret_tx_bps = (uint64_t)llround(values[1]);
    return 0;
}

static int capacity_check(cfg_t *cfg, cfg_opt_t *opt)
{
    uint64_t rx_bps;
    uint64_t tx_bps;
    if (capacity_parse(cfg_opt_getnstr(opt, 0), &rx_bps, &tx_bps) >= 0)
        return 0;
    cfg_error(cfg, "'capacity' is bit/s as \"100M\" or, download/upload, \"100M/20M\"");
    return -1;
}

/* ---- What is said of a wrong file ------------------------------------------------------------ */

/* The word in quotes of an error, "no such option 'intervall'". */
static bool quoted_word(const char *text, char *word, size_t size)
{
    const char *begin = strchr(text, '\'');
    const char *end = begin ? strchr(begin + 1, '\'') : NULL;
    if (!end || (size_t)(end - begin) > size)
        return false;
    memcpy(word, begin + 1, (size_t)(end - begin - 1));
    word[end - begin - 1] = '\0';
    return true;
}

/* Where `word` stands in line `line` of the file, from 1; 1 when it is not found. */
static size_t word_column(const char *path, int line, const char *word)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return 1;
    WEIR_CLEANUP(weir_freep) char *text = NULL;
    size_t size = 0;
    ssize_t n = 0;
    for (int i = 0; i < line && n >= 0; i++)
        n = getline(&text, &size, file);
    const char *found = text && n >= 0 && *word ? strstr(text, word) : NULL;
    size_t column = found ? (size_t)(found - text) + 1 : 1;
    (void)fclose(file); /* it was only read */
    return column;
}

static int error_say(const char *path, const config_error_t *error)
{
    static const char *const keys[] = {KEYS};
    char word[64] = "";
    bool quoted = quoted_word(error->text, word, sizeof(word));
    size_t column = word_column(path, error->line, word);
    const char *nearest = quoted ? weir_text_nearest(word, keys, WEIR_COUNT(keys)) : NULL;
    if (nearest && strcmp(nearest, word) != 0)
        return weir_say(WEIR_EXIT_USAGE, "%s, line %d, column %zu: %s; did you mean '%s'?", path,
                        error->line, column, error->text, nearest);
    return weir_say(WEIR_EXIT_USAGE, "%s, line %d, column %zu: %s", path, error->line, column,
                    error->text[0] ? error->text : "cannot be read");
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int capacity_add(weir_config_t *config, const char *name, const char *text)
{
    uint64_t rx_bps = 0;
    uint64_t tx_bps = 0;
    if (!text || capacity_parse(text, &rx_bps, &tx_bps) < 0)
        return 0;
    weir_capacity_t *capacities =
        realloc(config->capacities, (config->capacity_count + 1) * sizeof(*capacities));
    if (!capacities)
        return -ENOMEM;
    config->capacities = capacities;
    capacities[config->capacity_count] = (weir_capacity_t){strdup(name), rx_bps, tx_bps};
    if (!capacities[config->capacity_count].name)
        return -ENOMEM;
    config->capacity_count++;
    return 0;
}

static int config_take(cfg_t *cfg, weir_config_t *config)
{
    if (cfg_size(cfg, "interval"))
        config->interval_ns = (uint64_t)llround(cfg_getfloat(cfg, "interval") * 1e9);
    if (cfg_size(cfg, "units"))
        (void)!weir_measure_parse(cfg_getstr(cfg, "units"),
                                  &config->units.rates); /* it was checked */
    if (cfg_size(cfg, "amounts"))
        (void)!weir_measure_parse(cfg_getstr(cfg, "amounts"),
                                  &config->units.amounts); /* likewise */
    if (cfg_size(cfg, "prefixes"))
        config->units.base = strcmp(cfg_getstr(cfg, "prefixes"), "iec") == 0 ? WEIR_IEC : WEIR_SI;
    for (unsigned i = 0; i < cfg_size(cfg, "interface"); i++) {
        cfg_t *section = cfg_getnsec(cfg, "interface", i);
        if (capacity_add(config, cfg_title(section), cfg_getstr(section, "capacity")) < 0)
            return weir_say(WEIR_EXIT_FAILED, "out of memory for the configuration");
    }
    if (weir_config_findings_take(cfg, config) < 0)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the configuration");
    return WEIR_EXIT_OK;
}

/* A usual place that another user's HOME hides is as good as empty; `weir doctor` tells. */
static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES;
}

/* The parser's scanner would end the program. Sets errno. */
static bool folder_refuse(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
        return false;
    errno = EISDIR;
    return true;
}

static int file_read(const char *path, bool must_exist, weir_config_t *config)
{
    config_error_t error = {0};
    long *sink = (long *)(void *)&error;
    cfg_opt_t iface_opts[] = {CFG_STR("capacity", NULL, CFGF_NODEFAULT), CFG_SIMPLE_INT(SINK, sink),
                              CFG_END()};
    WEIR_CLEANUP(weir_freep)
    cfg_opt_t *finding_opts = weir_config_finding_opts((cfg_opt_t)CFG_SIMPLE_INT(SINK, sink));
    if (!finding_opts)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the configuration");
    cfg_opt_t opts[] = {CFG_FLOAT("interval", 0, CFGF_NODEFAULT),
                        CFG_STR("units", NULL, CFGF_NODEFAULT),
                        CFG_STR("amounts", NULL, CFGF_NODEFAULT),
                        CFG_STR("prefixes", NULL, CFGF_NODEFAULT),
                        CFG_SEC("interface", iface_opts, CFGF_MULTI | CFGF_TITLE),
                        CFG_SEC("finding", finding_opts, CFGF_MULTI | CFGF_TITLE),
                        CFG_STR_LIST("watch", NULL, CFGF_NODEFAULT),
                        CFG_SIMPLE_INT(SINK, sink),
                        CFG_END()};
    cfg_t *cfg = cfg_init(opts, CFGF_NONE);
    if (!cfg)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the configuration");
    (void)cfg_set_error_function(cfg, error_take);
    (void)cfg_set_validate_func(cfg, "interval", interval_check);
    (void)cfg_set_validate_func(cfg, "units", measure_check);
    (void)cfg_set_validate_func(cfg, "amounts", measure_check);
    (void)cfg_set_validate_func(cfg, "prefixes", prefixes_check);
    (void)cfg_set_validate_func(cfg, "interface|capacity", capacity_check);
    (void)cfg_set_validate_func(cfg, "finding", weir_config_finding_check);
    int r = folder_refuse(path) ? CFG_FILE_ERROR : cfg_parse(cfg, path);
    int status = WEIR_EXIT_OK;
    if (r == CFG_SUCCESS)
        status = config_take(cfg, config);
    else if (r == CFG_PARSE_ERROR)
        status = error_say(path, &error);
    else if (must_exist || !is_absent(errno))
        status = weir_say(WEIR_EXIT_USAGE, "cannot read the configuration %s: %s", path,
                          strerror(errno));
    (void)cfg_free(cfg); /* nothing is left to do when it fails */
    return status;
}

void weir_config_path(size_t i, char *path, size_t size)
{
    const char *config_home = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    path[0] = '\0';
    if (i == 0)
        (void)snprintf(path, size, "/etc/weir/weir.conf");
    else if (config_home && config_home[0] == '/')
        (void)snprintf(path, size, "%s/weir/weir.conf", config_home);
    else if (home && home[0] == '/')
        (void)snprintf(path, size, "%s/.config/weir/weir.conf", home);
}

int weir_config_read(const char *only, weir_config_t *ret_config)
{
    weir_config_t config = {.units = WEIR_UNITS_DEFAULT, .interval_ns = WEIR_NS_PER_S};
    int status = only ? file_read(only, true, &config) : WEIR_EXIT_OK;
    for (size_t i = 0; !only && i < WEIR_CONFIG_PATHS && status == WEIR_EXIT_OK; i++) {
        char path[4096];
        weir_config_path(i, path, sizeof(path));
        if (path[0])
            status = file_read(path, false, &config);
    }
    if (status != WEIR_EXIT_OK) {
        weir_config_done(&config);
        return status;
    }
    *ret_config = config;
    return WEIR_EXIT_OK;
}

void weir_config_done(weir_config_t *config)
{
    for (size_t i = 0; i < config->capacity_count; i++)
        free((void *)(uintptr_t)config->capacities[i].name);
    free(config->capacities);
    weir_config_findings_done(config);
    *config = (weir_config_t){0};
}
