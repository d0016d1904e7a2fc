/*
 * Findings, by the columns of the contract: nothing here depends on how a record is stored. Their
 * own order is worst first.
 */
#include "model/finding.h"
#include "tui/view.h"

static bool finding_is_off(const void *record)
{
    return ((const weir_finding_t *)record)->state == WEIR_FINDING_OVER;
}

static const char *const COLUMNS[] = {"severity", "text", "since", "count", "rule", NULL};
static const char *const DROPS[] = {"count", "since", "rule", "object", NULL};
static const char *const KEYS[] = {"rule", "object", NULL};

static const weir_view_width_t WIDTHS[] = {
    {"severity", 8, 8, 8, false},
    {"text", 40, 75, 120, true},
    {"rule", 16, 16, 16, false},
    {"object", 15, 20, 39, false},
};

static const weir_view_line_t LINES[] = {
    {"finding", "text"},
    {"what", "severity state rule object"},
    {"when", "since last_seen count"},
    {"measure", "observed expected"},
    {"evidence", "evidence"},
};

const weir_view_t WEIR_VIEW_FINDINGS = {
    .columns = COLUMNS,
    .is_off = finding_is_off,
    .drops = DROPS,
    .keys = KEYS,
    .widths = WIDTHS,
    .width_count = WEIR_COUNT(WIDTHS),
    .lines = LINES,
    .line_count = WEIR_COUNT(LINES),
};
