/*
 * The numbers of a report with their names, once for all formats that are read by programs.
 */
#ifndef WEIR_EXPORT_REPORT_FACTS_H
#define WEIR_EXPORT_REPORT_FACTS_H

#include "model/report.h"

typedef enum weir_fact_type {
    WEIR_FACT_COUNT,
    WEIR_FACT_REAL,
    WEIR_FACT_TIME,
    WEIR_FACT_UNKNOWN /* this capture does not tell */
} weir_fact_type_t;

typedef struct weir_fact {
    const char *key; /* with its unit, as in the command line's contract */
    weir_fact_type_t type;
    union {
        uint64_t count;
        double real;
        int64_t wall_ns; /* since 1970 */
    };
} weir_fact_t;

#define WEIR_FACTS_MOST 40

/** Quality of TCP and RTP. Returns how many. */
size_t weir_report_quality_facts(const weir_quality_t *quality,
                                 weir_fact_t ret_facts[static WEIR_FACTS_MOST]);
/** Rates and use of the link. Returns how many. */
size_t weir_report_throughput_facts(const weir_report_t *report,
                                    weir_fact_t ret_facts[static WEIR_FACTS_MOST]);

#endif
