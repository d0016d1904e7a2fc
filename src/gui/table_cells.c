/*
 * What stands in the cells of a table.
 */
#include "gui/table_private.h"

#include "gui/spark.h"
#include "gui/text.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define NUMBER_DIGITS 5 /* "1,023", "-4.21" */

static const weir_column_t *catalogue(const weir_table_view_t *table, guint column)
{
    return &weir_table(table->id)->columns[table->positions[column]];
}

const char *weir_table_column_title(const weir_table_view_t *table, guint column)
{
    return table->positions[column] < 0 ? _("Last minute")
                                        : weir_words_title(catalogue(table, column));
}

/* The widest unit of a column: with a prefix. */
static weir_quantity_t sample_quantity(const weir_table_view_t *table, const weir_column_t *column)
{
    const weir_units_t *units = &table->settings->units;
    return weir_quantity(units, column->unit, units->base == WEIR_SI ? 2e6 : 0x1p21);
}

/* An interface's share is the use of its link. */
static weir_bar_t column_bar(const weir_table_view_t *table, const weir_column_t *column)
{
    if (column->unit != WEIR_UNIT_SHARE)
        return WEIR_BAR_NONE;
    return table->id == WEIR_TABLE_INTERFACES ? WEIR_BAR_LOAD : WEIR_BAR_SHARE;
}

GtkWidget *weir_table_cell_new(const weir_table_view_t *table, guint column)
{
    if (table->positions[column] < 0)
        return weir_spark_new();
    const weir_column_t *described = catalogue(table, column);
    GtkWidget *cell = NULL;
    if (!weir_column_is_numeric(described)) {
        cell = weir_text_new(described->width, FALSE);
    } else {
        weir_quantity_t sample = sample_quantity(table, described);
        cell = weir_text_new_number(MAX(NUMBER_DIGITS, described->width), sample.unit, TRUE);
        weir_text_set_bar(WEIR_TEXT(cell), column_bar(table, described));
    }
    gtk_widget_set_can_target(cell, FALSE); /* the row is what is pointed at */
    return cell;
}

static void name_write(WeirText *text, const weir_iface_t *iface)
{
    g_autofree char *name = weir_words_safe(iface->name);
    if (!iface->default_route) {
        weir_text_set(text, name, FALSE);
        return;
    }
    g_autofree char *words = g_strdup_printf("%s  ·  %s", name, _("default route"));
    weir_text_set(text, words, FALSE);
}

static void number_write(WeirText *text, const weir_cell_t *cell, bool off)
{
    char number[32];
    char mark[2] = {cell->mark, '\0'};
    weir_words_number(&cell->quantity, number + 1, sizeof(number) - 1);
    number[0] = cell->mark;
    if (cell->unknown)
        weir_text_set_number(text, cell->mark ? mark : "–", "", TRUE);
    else
        weir_text_set_number(text, cell->mark ? number : number + 1, cell->quantity.unit,
                             cell->zero || off);
}

static void words_write(WeirText *text, const weir_column_t *column, const weir_cell_t *cell,
                        bool off)
{
    g_autofree char *words = weir_words_cell(column, cell);
    weir_text_set(text, words, cell->unknown || off);
}

/* Red is for trouble: how bad a finding is says its colour, too. Cells are used again. */
static void severity_show(GtkWidget *cell, const weir_finding_t *finding)
{
    static const char *const classes[WEIR_SEVERITY_COUNT] = {
        [WEIR_SEVERITY_WARNING] = "warning", [WEIR_SEVERITY_CRITICAL] = "error"};
    for (int i = 0; i < WEIR_SEVERITY_COUNT; i++) {
        bool shown = i == finding->severity && finding->state != WEIR_FINDING_OVER;
        if (classes[i] && shown)
            gtk_widget_add_css_class(cell, classes[i]);
        else if (classes[i])
            gtk_widget_remove_css_class(cell, classes[i]);
    }
}

/* What has ended. */
static bool record_is_off(weir_table_id_t table, const void *record)
{
    if (table == WEIR_TABLE_APPS)
        return ((const weir_app_t *)record)->ended;
    return table == WEIR_TABLE_FINDINGS &&
           ((const weir_finding_t *)record)->state == WEIR_FINDING_OVER;
}

void weir_table_cell_write(const weir_table_view_t *table, guint column, GtkWidget *cell,
                           const void *record)
{
    if (table->positions[column] < 0) {
        uint64_t object = table->id == WEIR_TABLE_APPS ? ((const weir_app_t *)record)->id
                                                       : ((const weir_iface_t *)record)->id;
        weir_spark_set(WEIR_SPARK(cell), table->client, table->id, object,
                       table->model.snapshot->time.boot_ns);
        return;
    }
    bool off = record_is_off(table->id, record);
    const weir_column_t *described = catalogue(table, column);
    weir_cell_t value = weir_cell(weir_table(table->id), (size_t)table->positions[column], record,
                                  &table->settings->units);
    if (table->id == WEIR_TABLE_INTERFACES && strcmp(described->id, "name") == 0) {
        name_write(WEIR_TEXT(cell), record);
    } else if (value.numeric) {
        number_write(WEIR_TEXT(cell), &value, off);
        if (described->unit == WEIR_UNIT_SHARE)
            weir_text_set_share(WEIR_TEXT(cell), value.unknown ? -1 : value.value.real);
    } else {
        words_write(WEIR_TEXT(cell), described, &value, off);
    }
    if (table->id == WEIR_TABLE_FINDINGS && strcmp(described->id, "severity") == 0)
        severity_show(cell, record);
}
