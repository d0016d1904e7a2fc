#include "gui/detail.h"

#include "gui/graph.h"
#include "gui/words.h"
#include "model/cell.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct group {
    const char *title;
    const char *ids[12]; /* ends with NULL */
} group_t;

static const group_t GROUPS[] = {
    {N_("Interface"),
     {"alias", "kind", "state", "speed_bps", "capacity_bps", "mtu", "master", "lower"}},
    {N_("Addresses"), {"addresses", "mac"}},
    {N_("Counters"),
     {"rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "rx_packets_per_s", "tx_packets_per_s",
      "rx_utilisation", "tx_utilisation", "rate_state", "counted"}},
    {N_("Queue"), {"queue_backlog_bytes", "queue_drops", "queue_marks"}},
    {N_("Errors"), {"rx_errors", "tx_errors", "rx_dropped", "tx_dropped"}},
};

static GtkWidget *fact_make(weir_detail_t *detail, const weir_column_t *column, int position)
{
    GtkWidget *row = gtk_list_box_row_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *title = gtk_label_new(weir_words_title(column));
    GtkWidget *value = gtk_label_new("–");
    gtk_label_set_xalign(GTK_LABEL(title), 0);
    gtk_widget_set_hexpand(title, TRUE);
    gtk_widget_add_css_class(title, "dim-label");
    gtk_label_set_xalign(GTK_LABEL(value), 1);
    gtk_label_set_wrap(GTK_LABEL(value), TRUE);
    gtk_label_set_selectable(GTK_LABEL(value), TRUE);
    gtk_widget_add_css_class(value, "numeric");
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), value);
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    gtk_widget_set_focusable(row, FALSE);
    gtk_widget_set_tooltip_text(row, weir_words_help(column));
    detail->facts[detail->fact_count] = value;
    detail->columns[detail->fact_count++] = position;
    return row;
}

static GtkWidget *group_make(weir_detail_t *detail, const group_t *group)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *title = gtk_label_new(_(group->title));
    GtkWidget *list = gtk_list_box_new();
    gtk_label_set_xalign(GTK_LABEL(title), 0);
    gtk_widget_add_css_class(title, "heading");
    gtk_widget_add_css_class(list, "boxed-list");
    gtk_widget_add_css_class(list, "facts");
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), list);
    for (size_t i = 0; i < G_N_ELEMENTS(group->ids) && group->ids[i]; i++) {
        int position = weir_column_find(table, group->ids[i]);
        if (position >= 0 && detail->fact_count < WEIR_DETAIL_FACTS)
            gtk_list_box_append(GTK_LIST_BOX(list),
                                fact_make(detail, &table->columns[position], position));
    }
    return box;
}

/* Two columns: what it is, what it counts. */
static GtkWidget *facts_make(weir_detail_t *detail)
{
    GtkWidget *both = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 24);
    GtkWidget *sides[2];
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        sides[i] = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18);
        gtk_widget_set_hexpand(sides[i], TRUE);
        gtk_box_append(GTK_BOX(both), sides[i]);
    }
    static const size_t place[G_N_ELEMENTS(GROUPS)] = {0, 0, 1, 0, 1};
    for (size_t i = 0; i < G_N_ELEMENTS(GROUPS); i++)
        gtk_box_append(GTK_BOX(sides[place[i]]), group_make(detail, &GROUPS[i]));
    gtk_box_set_homogeneous(GTK_BOX(both), TRUE);
    gtk_widget_set_margin_start(both, 18);
    gtk_widget_set_margin_end(both, 18);
    gtk_widget_set_margin_top(both, 12);
    gtk_widget_set_margin_bottom(both, 18);
    return both;
}

void weir_detail_init(weir_detail_t *detail)
{
    *detail = (weir_detail_t){0};
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    weir_headline_view_init(&detail->headline, false);
    gtk_box_append(GTK_BOX(box), detail->headline.box);
    gtk_box_append(GTK_BOX(box), facts_make(detail));
    detail->page = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(detail->page), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(detail->page), box);
}

void weir_detail_done(weir_detail_t *detail)
{
    g_free(detail->name);
    detail->name = NULL;
}

void weir_detail_open(weir_detail_t *detail, weir_client_t *client, const weir_iface_t *iface)
{
    g_free(detail->name);
    detail->name = weir_words_safe(iface->name);
    detail->id = iface->id;
    weir_graph_set_object(WEIR_GRAPH(detail->headline.graph), client, iface->id);
}

static const weir_iface_t *iface_find(const weir_snapshot_t *snapshot, uint64_t id)
{
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++)
        if (weir_snapshot_iface(snapshot, i)->id == id)
            return weir_snapshot_iface(snapshot, i);
    return NULL;
}

static void label_write(GtkWidget *label, const char *words)
{
    if (strcmp(gtk_label_get_text(GTK_LABEL(label)), words) != 0)
        gtk_label_set_text(GTK_LABEL(label), words);
}

static void facts_write(weir_detail_t *detail, const weir_iface_t *iface, const weir_units_t *units)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    for (guint i = 0; i < detail->fact_count; i++) {
        size_t position = (size_t)detail->columns[i];
        weir_cell_t cell = weir_cell(table, position, iface, units);
        g_autofree char *words = weir_words_cell(&cell);
        bool word = table->columns[position].storage == WEIR_STORE_U8_WORD;
        label_write(detail->facts[i], word ? weir_words_word(words) : words);
    }
}

static void gone_write(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                       const weir_units_t *units)
{
    static const weir_meter_t nothing = {.state = WEIR_RATE_INIT};
    const weir_meter_t *const meters[2] = {&nothing, &nothing};
    g_autofree char *clock = weir_words_clock(detail->seen_ns, true);
    g_autofree char *line =
        g_strdup_printf(_("%s is gone; it was last seen at %s. The values below are its last."),
                        detail->name, clock);
    weir_headline_view_refresh(&detail->headline, snapshot, units, meters, line);
}

void weir_detail_refresh(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                         const weir_units_t *units)
{
    const weir_iface_t *iface = iface_find(snapshot, detail->id);
    if (!iface) {
        gone_write(detail, snapshot, units);
        return;
    }
    const weir_meter_t *const meters[2] = {&iface->rx, &iface->tx};
    g_autofree char *line =
        iface->default_route ? g_strdup(_("Carries the default route")) : g_strdup("");
    detail->seen_ns = snapshot->time.wall_ns;
    weir_headline_view_refresh(&detail->headline, snapshot, units, meters, line);
    facts_write(detail, iface, units);
}
