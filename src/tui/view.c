#include "tui/view.h"

#include "base/index.h"

#include <errno.h>
#include <string.h>

static const weir_view_t PLAIN = {0};

const weir_view_t *weir_view(weir_table_id_t table)
{
    return table == WEIR_TABLE_INTERFACES ? &WEIR_VIEW_INTERFACES : &PLAIN;
}

int weir_view_column_find(weir_table_id_t table, const char *id)
{
    if (strcmp(id, "history") == 0)
        return weir_view(table)->columns ? WEIR_VIEW_HISTORY : -ENOENT;
    return weir_column_find(weir_table(table), id);
}

const char *weir_view_column_id(weir_table_id_t table, uint8_t column)
{
    return column == WEIR_VIEW_HISTORY ? "history" : weir_table(table)->columns[column].id;
}

const char *weir_view_column_title(weir_table_id_t table, uint8_t column, bool utf8)
{
    const weir_view_t *view = weir_view(table);
    const char *id = weir_view_column_id(table, column);
    for (size_t i = 0; i < view->title_count; i++)
        if (strcmp(view->titles[i].id, id) == 0)
            return utf8 ? view->titles[i].utf8 : view->titles[i].ascii;
    return column == WEIR_VIEW_HISTORY ? "Last 60 s" : weir_table(table)->columns[column].title;
}

static size_t placed_columns(const weir_table_t *table, uint8_t columns[])
{
    size_t n = 0;
    for (uint8_t place = 1; place < WEIR_VIEW_COLUMNS_MAX; place++)
        for (size_t i = 0; i < table->column_count && n < WEIR_VIEW_COLUMNS_MAX; i++)
            if (table->columns[i].place == place)
                columns[n++] = (uint8_t)i;
    return n;
}

size_t weir_view_default_columns(weir_table_id_t table,
                                 uint8_t columns[static WEIR_VIEW_COLUMNS_MAX])
{
    const weir_view_t *view = weir_view(table);
    size_t n = 0;
    if (!view->columns)
        return placed_columns(weir_table(table), columns);
    for (size_t i = 0; view->columns[i] && n < WEIR_VIEW_COLUMNS_MAX; i++) {
        int column = weir_view_column_find(table, view->columns[i]);
        if (column >= 0)
            columns[n++] = (uint8_t)column;
    }
    return n;
}
