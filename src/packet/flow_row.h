/*
 * A compact flow record as a row of the table "flows", whoever holds the record.
 */
#ifndef WEIR_PACKET_FLOW_ROW_H
#define WEIR_PACKET_FLOW_ROW_H

#include "model/brief.h"
#include "packet/flow_table.h"

/** Texts that rows point to. */
typedef struct weir_flow_texts {
    char flags[256][9]; /* "SAF" by the union of TCP flags */
    char protocols[256][12];
} weir_flow_texts_t;

void weir_flow_texts_make(weir_flow_texts_t *texts);

/**
 * `community`: room for the Community ID, whose text it then is; NULL: none is made. Texts of the
 * row live as long as `texts`.
 */
void weir_flow_row(const weir_flow_texts_t *texts, const weir_flow_record_t *record,
                   char *community, weir_flow_t *ret_flow);

weir_flow_state_t weir_record_state(const weir_flow_record_t *record);

/** As a brief for detectors: many millions of times, so nothing is made of texts. */
void weir_brief_from_record(const weir_flow_record_t *record, weir_flow_brief_t *ret_brief);

#endif
