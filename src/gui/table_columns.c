#include "gui/table_private.h"

#include "gui/spark.h"
#include "gui/text.h"
#include "gui/words.h"
#include "model/cell.h"

#include <glib/gi18n.h>
#include <string.h>

#define NUMBER_DIGITS 5 /* "1,023", "-4.21" */
#define BAR_DIGITS 3    /* room for the bar of a share */
#define CELL_PADDING 20 /* [px] left and right of a cell, and the line between two */
#define ARROW_WIDTH 22  /* [px] of the arrow in the header */

static const weir_column_t *catalogue(const weir_table_column_t *column)
{
    return &weir_table(WEIR_TABLE_INTERFACES)->columns[column->position];
}

/* ---- Cells ----------------------------------------------------------------------------------- */

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

static void number_write(WeirText *text, const weir_cell_t *cell)
{
    char number[32];
    char mark[2] = {cell->mark, '\0'};
    weir_words_number(&cell->quantity, number + 1, sizeof(number) - 1);
    number[0] = cell->mark;
    if (cell->unknown)
        weir_text_set_number(text, cell->mark ? mark : "–", "", TRUE);
    else
        weir_text_set_number(text, cell->mark ? number : number + 1, cell->quantity.unit,
                             cell->zero);
}

static void record_write(const weir_table_cell_t *cell, const weir_iface_t *iface)
{
    const weir_table_view_t *table = cell->column->table;
    const weir_snapshot_t *snapshot = weir_table_model_snapshot(table->model);
    if (cell->column->position < 0) {
        weir_spark_set(WEIR_SPARK(cell->widget), table->client, iface->id, snapshot->time.boot_ns);
        return;
    }
    WeirText *text = WEIR_TEXT(cell->widget);
    weir_cell_t value = weir_cell(weir_table(WEIR_TABLE_INTERFACES), (size_t)cell->column->position,
                                  iface, &table->settings->units);
    if (strcmp(catalogue(cell->column)->id, "name") == 0) {
        name_write(text, iface);
    } else if (value.numeric) {
        number_write(text, &value);
        if (catalogue(cell->column)->unit == WEIR_UNIT_SHARE)
            weir_text_set_share(text, value.unknown ? -1 : value.value.real);
    } else {
        g_autofree char *words = weir_words_cell(&value);
        bool word = catalogue(cell->column)->storage == WEIR_STORE_U8_WORD;
        weir_text_set(text, word ? weir_words_word(words) : words, value.unknown);
    }
}

void weir_table_cell_write(const weir_table_cell_t *cell, bool seen)
{
    WeirRow *row = gtk_list_item_get_item(cell->item);
    if (cell->column->position >= 0)
        weir_text_set_seen(WEIR_TEXT(cell->widget), seen);
    if (!row || !seen)
        return;
    const weir_iface_t *iface = weir_table_model_find(cell->column->table->model, weir_row_id(row));
    if (iface)
        record_write(cell, iface);
}

/* ---- What GTK asks for ----------------------------------------------------------------------- */

/* The widest unit of a column: with a prefix. */
static weir_quantity_t sample_quantity(const weir_table_column_t *column)
{
    const weir_units_t *units = &column->table->settings->units;
    return weir_quantity(units, catalogue(column)->unit, units->base == WEIR_SI ? 2e6 : 0x1p21);
}

static GtkWidget *cell_widget(const weir_table_column_t *column)
{
    if (column->position < 0)
        return weir_spark_new();
    const weir_column_t *described = catalogue(column);
    if (!weir_column_is_numeric(described))
        return weir_text_new(described->width, FALSE);
    weir_quantity_t sample = sample_quantity(column);
    return weir_text_new_number(NUMBER_DIGITS, sample.unit, TRUE);
}

static void on_setup(GtkSignalListItemFactory *factory, GtkListItem *item,
                     weir_table_column_t *column)
{
    (void)factory;
    weir_table_cell_t *cell = g_new0(weir_table_cell_t, 1);
    cell->column = column;
    cell->item = item;
    cell->widget = cell_widget(column);
    gtk_list_item_set_child(item, cell->widget);
    g_object_set_data_full(G_OBJECT(item), "cell", cell, g_free);
    g_object_set_data(G_OBJECT(cell->widget), "item", item);
}

static void on_bind(GtkSignalListItemFactory *factory, GtkListItem *item,
                    weir_table_column_t *column)
{
    (void)factory;
    weir_table_cell_t *cell = g_object_get_data(G_OBJECT(item), "cell");
    (void)g_hash_table_add(column->table->bound, cell); /* whether it was there does not matter */
    weir_table_cell_write(cell,
                          weir_table_row_seen(column->table, gtk_list_item_get_position(item)));
}

static void on_unbind(GtkSignalListItemFactory *factory, GtkListItem *item,
                      weir_table_column_t *column)
{
    (void)factory;
    (void)g_hash_table_remove(column->table->bound, g_object_get_data(G_OBJECT(item), "cell"));
}

/* ---- Columns --------------------------------------------------------------------------------- */

static int words_width(weir_table_view_t *table, const char *words)
{
    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(table->view), words);
    int width = 0;
    pango_layout_set_markup(layout, "", 0);
    pango_layout_set_text(layout, words, -1);
    pango_layout_get_pixel_size(layout, &width, NULL);
    return width * 11 / 10; /* the header is bold */
}

/* Fixed, so that no refresh measures a column again. */
static int column_width(const weir_table_column_t *column, const char *title)
{
    GtkWidget *probe = g_object_ref_sink(cell_widget(column));
    int natural = 0;
    gtk_widget_measure(probe, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
    if (column->position >= 0 && catalogue(column)->unit == WEIR_UNIT_SHARE)
        natural += words_width(column->table, "0") * BAR_DIGITS;
    g_object_unref(probe);
    return MAX(natural + CELL_PADDING, words_width(column->table, title) + ARROW_WIDTH);
}

static void column_add(weir_table_view_t *table, const char *id)
{
    int position = weir_column_find(weir_table(WEIR_TABLE_INTERFACES), id);
    bool history = strcmp(id, WEIR_COLUMN_HISTORY) == 0;
    if ((position < 0 && !history) || table->column_count >= WEIR_COLUMNS_SHOWN_MAX)
        return;
    weir_table_column_t *column = &table->columns[table->column_count++];
    *column = (weir_table_column_t){.table = table, .position = history ? -1 : position};
    const char *title = history ? _("Last minute") : weir_words_title(catalogue(column));
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), column);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), column);
    g_signal_connect(factory, "unbind", G_CALLBACK(on_unbind), column);
    column->view = gtk_column_view_column_new(title, factory);
    gtk_column_view_column_set_resizable(column->view, TRUE);
    gtk_column_view_column_set_fixed_width(column->view, column_width(column, title));
    gtk_column_view_column_set_expand(column->view, strcmp(id, "name") == 0);
    if (!history)
        weir_table_sort_prepare(column);
    gtk_column_view_append_column(table->view, column->view);
    g_object_unref(column->view); /* the view holds it */
}

/* GTK 4.8 aligns every title at the start; above numbers it belongs at the end. */
static void titles_align(weir_table_view_t *table)
{
    GtkWidget *header = gtk_widget_get_first_child(GTK_WIDGET(table->view));
    GtkWidget *title = header ? gtk_widget_get_first_child(header) : NULL;
    for (guint i = 0; i < table->column_count && title; i++) {
        const weir_table_column_t *column = &table->columns[i];
        GtkWidget *box = gtk_widget_get_first_child(title);
        bool numeric = column->position >= 0 && weir_column_is_numeric(catalogue(column));
        bool mirrored = gtk_widget_get_direction(title) == GTK_TEXT_DIR_RTL; /* cut there */
        if (box && numeric && !mirrored)
            gtk_widget_set_halign(box, GTK_ALIGN_END);
        gtk_widget_set_tooltip_text(title, column->position < 0
                                               ? _("Download above, upload below")
                                               : weir_words_help(catalogue(column)));
        title = gtk_widget_get_next_sibling(title);
    }
}

void weir_table_columns_make(weir_table_view_t *table)
{
    table->quiet = true;
    for (guint i = 0; i < table->column_count; i++)
        gtk_column_view_remove_column(table->view, table->columns[i].view);
    g_hash_table_remove_all(table->bound);
    table->column_count = 0;
    for (char **id = table->settings->columns; *id; id++)
        column_add(table, *id);
    titles_align(table);
    table->quiet = false;
    weir_table_sort_show(table);
}
