#include "gui/drill.h"

#include <string.h>

bool weir_drill_is_possible(weir_table_id_t table)
{
    return table == WEIR_TABLE_HOSTS || table == WEIR_TABLE_APPS || table == WEIR_TABLE_PROTOCOLS;
}

/* Quoted as the language has it. */
static char *quoted(const char *column, const char *words)
{
    GString *filter = g_string_new(column);
    g_string_append(filter, "=\"");
    for (const char *at = words; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(filter, '\\');
        g_string_append_c(filter, *at);
    }
    g_string_append_c(filter, '"');
    return g_string_free(filter, FALSE);
}

static char *comparison(const char *column, const weir_table_t *table, const char *id,
                        const void *record)
{
    int position = weir_column_find(table, id);
    if (position < 0)
        return NULL;
    weir_value_t value = weir_column_read(table, (size_t)position, record);
    weir_buf_t text;
    weir_buf_init(&text, 4096);
    weir_value_put_text(&text, &value);
    const char *words = weir_buf_text(&text);
    char *filter = words[0] ? quoted(column, words) : NULL;
    weir_buf_done(&text);
    return filter;
}

static char *protocol_filter(const weir_table_t *table, const weir_protocol_t *protocol)
{
    switch ((weir_layer_t)protocol->layer) {
    case WEIR_LAYER_TRANSPORT:
        return comparison("protocol", table, "name", protocol);
    case WEIR_LAYER_APPLICATION:
        return comparison("application", table, "name", protocol);
    case WEIR_LAYER_NETWORK:
        if (strcmp(protocol->name, "ipv6") == 0)
            return g_strdup("net=::/0");
        return strcmp(protocol->name, "ipv4") == 0 ? g_strdup("net=0.0.0.0/0") : NULL;
    case WEIR_LAYER_LINK:
    case WEIR_LAYER_COUNT:
        break;
    }
    return NULL;
}

char *weir_drill_filter(weir_table_id_t id, const void *record)
{
    const weir_table_t *table = weir_table(id);
    switch (id) {
    case WEIR_TABLE_HOSTS:
        return comparison("host", table, "address", record);
    case WEIR_TABLE_APPS:
        return comparison("app", table, "app", record);
    case WEIR_TABLE_PROTOCOLS:
        return protocol_filter(table, record);
    default:
        return NULL;
    }
}
