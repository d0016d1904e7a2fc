/*
 * The tables themselves; everyone else asks columns.h.
 */
#ifndef WEIR_MODEL_CATALOGUE_H
#define WEIR_MODEL_CATALOGUE_H

#include "model/app.h"
#include "model/columns.h"
#include "model/finding.h"
#include "model/flow.h"
#include "model/host.h"
#include "model/packet.h"
#include "model/protocol.h"

extern const weir_table_t WEIR_TABLES[WEIR_TABLE_COUNT];
extern const weir_table_t WEIR_PACKET_TABLE;

/** Words of the enumerations, as every output writes them. */
extern const char *const WEIR_KIND_WORDS[WEIR_KIND_COUNT];
extern const char *const WEIR_LINK_WORDS[WEIR_LINK_COUNT];
extern const char *const WEIR_RATE_WORDS[WEIR_RATE_LOST + 1];
extern const char *const WEIR_FLOW_STATE_WORDS[WEIR_FLOW_STATE_COUNT];
extern const char *const WEIR_FLOW_END_WORDS[WEIR_END_COUNT];
extern const char *const WEIR_LAYER_WORDS[WEIR_LAYER_COUNT];
extern const char *const WEIR_LOCAL_BY_WORDS[WEIR_LOCAL_BY_COUNT];
extern const char *const WEIR_NAME_BY_WORDS[WEIR_NAME_BY_COUNT];
extern const char *const WEIR_PACKET_DIRECTION_WORDS[WEIR_PACKET_DIRECTION_COUNT];
extern const char *const WEIR_SEVERITY_WORDS[WEIR_SEVERITY_COUNT];

extern const char *const WEIR_ACCURACY_WORDS[WEIR_ACCURACY_COUNT];

/** Columns of the tables that catalogue_apps.c and catalogue_traffic.c hold. */
#define WEIR_APP_COLUMN_COUNT 19
#define WEIR_FLOW_COLUMN_COUNT 48
#define WEIR_HOST_COLUMN_COUNT 27
#define WEIR_PROTOCOL_COLUMN_COUNT 6
extern const weir_column_t WEIR_APP_COLUMNS[WEIR_APP_COLUMN_COUNT];
extern const weir_column_t WEIR_FLOW_COLUMNS[WEIR_FLOW_COLUMN_COUNT];
extern const weir_column_t WEIR_HOST_COLUMNS[WEIR_HOST_COLUMN_COUNT];
extern const weir_column_t WEIR_PROTOCOL_COLUMNS[WEIR_PROTOCOL_COLUMN_COUNT];

/** Columns of catalogue_findings.c. */
#define WEIR_FINDING_COLUMN_COUNT 11
extern const weir_column_t WEIR_FINDING_COLUMNS[WEIR_FINDING_COLUMN_COUNT];

#endif
