#include "detect/rules.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const weir_rule_t RULES[WEIR_RULE_COUNT] = {
    [WEIR_RULE_PORT_SCAN] =
        {.id = "port-scan",
         .severity = WEIR_SEVERITY_WARNING,
         .definition =
             "One host tried many ports of another, and most attempts failed: no answer, refused, "
             "dropped in mid-handshake, or opened and closed without a byte. The technique is read "
             "from the packets: TCP connect, SYN, FIN, NULL, Xmas, or UDP. Only who opened counts, "
             "so a server's replies never do.",
         .source = "Zeek policy misc/scan (15 ports); nmap reference guide, port scanning "
                   "techniques; RFC 9293, 3.10.7",
         .limits = {{"ports", 15, "different ports of one host; honest clients fail at few"},
                    {"window", 3600, "[s] in which they count, so that slow scans are found too"}}},
    [WEIR_RULE_HOST_SCAN] =
        {.id = "host-scan",
         .severity = WEIR_SEVERITY_WARNING,
         .definition =
             "One host tried the same port (or ICMP echo) of many hosts, and most attempts failed. "
             "Peer-to-peer programs, which fail at many hosts and many ports alike, do not count.",
         .source = "Zeek policy misc/scan (25 hosts)",
         .limits = {{"hosts", 25, "different hosts with one port; honest clients fail at few"},
                    {"window", 3600, "[s] in which they count, so that slow scans are found too"}}},
    [WEIR_RULE_WATCHED] =
        {.id = "watched",
         .severity = WEIR_SEVERITY_WARNING,
         .definition = "Traffic from or to an address or network of the user's list, or a question "
                       "for one of its names or what is below it.",
         .source = "`watch` in the configuration"},
};

const weir_rule_t *weir_rule(weir_rule_id_t id)
{
    return &RULES[id];
}

int weir_rule_find(const char *name)
{
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        if (strcmp(RULES[i].id, name) == 0)
            return i;
    return -ENOENT;
}

int weir_rule_limit_find(weir_rule_id_t id, const char *name)
{
    for (int i = 0; i < WEIR_LIMITS_MOST && RULES[id].limits[i].name; i++)
        if (strcmp(RULES[id].limits[i].name, name) == 0)
            return i;
    return -ENOENT;
}

static const char *rule_nearest(const char *name)
{
    const char *names[WEIR_RULE_COUNT];
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        names[i] = RULES[i].id;
    const char *nearest = weir_text_nearest(name, names, WEIR_COUNT(names));
    return nearest ? nearest : "port-scan";
}

const char *weir_rules_check(const weir_finding_options_t *options, char *text, size_t size)
{
    for (size_t i = 0; i < options->mute_count; i++) {
        const char *rule = options->mutes[i].rule;
        if (strcmp(rule, "*") == 0 || weir_rule_find(rule) >= 0)
            continue;
        (void)snprintf(text, size, "there is no rule '%s'; did you mean '%s'?", rule,
                       rule_nearest(rule));
        return text;
    }
    for (size_t i = 0; i < options->limit_count; i++) {
        const weir_finding_limit_t *limit = &options->limits[i];
        int rule = weir_rule_find(limit->rule);
        if (rule >= 0 && weir_rule_limit_find((weir_rule_id_t)rule, limit->name) >= 0 &&
            isfinite(limit->value) && limit->value >= 0)
            continue;
        if (rule < 0)
            (void)snprintf(text, size, "there is no rule '%s'; did you mean '%s'?", limit->rule,
                           rule_nearest(limit->rule));
        else
            (void)snprintf(text, size,
                           "the rule %s has no limit '%s', or not with that value; `weir help "
                           "findings` lists them",
                           limit->rule, limit->name);
        return text;
    }
    return NULL;
}

void weir_limits_set(weir_limits_t *limits, const weir_finding_options_t *options)
{
    for (int i = 0; i < WEIR_RULE_COUNT; i++)
        for (int j = 0; j < WEIR_LIMITS_MOST; j++)
            limits->of[i][j] = RULES[i].limits[j].usual;
    for (size_t i = 0; options && i < options->limit_count; i++) {
        const weir_finding_limit_t *limit = &options->limits[i];
        int rule = weir_rule_find(limit->rule);
        int at = rule < 0 ? rule : weir_rule_limit_find((weir_rule_id_t)rule, limit->name);
        if (at >= 0)
            limits->of[rule][at] = limit->value;
    }
}
