#include "gui/detail.h"

#include "gui/drill.h"
#include "gui/graph.h"
#include "gui/row_key.h"
#include "gui/words.h"
#include "model/cell.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct group {
    const char *title;
    const char *ids[12]; /* ends with NULL */
} group_t;

static const group_t INTERFACE_GROUPS[] = {
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

static GtkWidget *list_make(GtkWidget *side, const char *title)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *label = gtk_label_new(title);
    GtkWidget *list = gtk_list_box_new();
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_widget_add_css_class(label, "heading");
    gtk_widget_add_css_class(list, "boxed-list");
    gtk_widget_add_css_class(list, "facts");
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), list);
    gtk_box_append(GTK_BOX(side), box);
    return list;
}

static void fact_add(weir_detail_t *detail, GtkWidget *list, int position)
{
    if (position >= 0 && detail->fact_count < WEIR_DETAIL_FACTS)
        gtk_list_box_append(
            GTK_LIST_BOX(list),
            fact_make(detail, &weir_table(detail->table)->columns[position], position));
}

static const group_t APP_GROUPS[] = {
    {N_("Program"), {"exe", "command", "parent", "user", "first_seen"}},
    {N_("Where It Runs"), {"pids", "unit", "container"}},
    {N_("What It Carries"),
     {"rx_bytes", "tx_bytes", "rx_bytes_per_s", "tx_bytes_per_s", "rx_payload_bytes",
      "tx_payload_bytes", "accuracy"}},
    {N_("Whom It Talks To"), {"flows", "hosts", "peers"}},
};

static void groups_make(weir_detail_t *detail, GtkWidget *const sides[2], const group_t *groups,
                        size_t n, const size_t *place)
{
    const weir_table_t *table = weir_table(detail->table);
    for (size_t i = 0; i < n; i++) {
        const group_t *group = &groups[i];
        GtkWidget *list = list_make(sides[place[i]], _(group->title));
        for (size_t j = 0; j < G_N_ELEMENTS(group->ids) && group->ids[j]; j++)
            fact_add(detail, list, weir_column_find(table, group->ids[j]));
    }
}

static void interface_facts_make(weir_detail_t *detail, GtkWidget *const sides[2])
{
    static const size_t place[G_N_ELEMENTS(INTERFACE_GROUPS)] = {0, 0, 1, 0, 1};
    GtkWidget *list = list_make(sides[1], _("Whose Bytes They Were"));
    weir_detail_books_init(&detail->books, gtk_widget_get_parent(list), list);
    groups_make(detail, sides, INTERFACE_GROUPS, G_N_ELEMENTS(INTERFACE_GROUPS), place);
}

static void app_facts_make(weir_detail_t *detail, GtkWidget *const sides[2])
{
    static const size_t place[G_N_ELEMENTS(APP_GROUPS)] = {0, 0, 1, 1};
    groups_make(detail, sides, APP_GROUPS, G_N_ELEMENTS(APP_GROUPS), place);
}

/* Of other tables: words on one side, figures on the other. */
static void table_facts_make(weir_detail_t *detail, GtkWidget *const sides[2])
{
    const weir_table_t *table = weir_table(detail->table);
    GtkWidget *words = list_make(sides[0], _("What It Is"));
    GtkWidget *figures = list_make(sides[1], _("What It Carries"));
    for (size_t i = 0; i < table->column_count; i++) {
        const weir_column_t *column = &table->columns[i];
        bool figure = weir_column_is_numeric(column) && column->unit != WEIR_UNIT_NONE;
        fact_add(detail, figure ? figures : words, (int)i);
    }
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
    detail->fact_count = 0;
    if (detail->table == WEIR_TABLE_INTERFACES)
        interface_facts_make(detail, sides);
    else if (detail->table == WEIR_TABLE_APPS)
        app_facts_make(detail, sides);
    else
        table_facts_make(detail, sides);
    gtk_box_set_homogeneous(GTK_BOX(both), TRUE);
    gtk_widget_set_margin_start(both, 18);
    gtk_widget_set_margin_end(both, 18);
    gtk_widget_set_margin_top(both, 12);
    gtk_widget_set_margin_bottom(both, 18);
    return both;
}

static GtkWidget *top_make(weir_detail_t *detail)
{
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(top, "detail-top");
    detail->heading = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(detail->heading), 0);
    gtk_label_set_ellipsize(GTK_LABEL(detail->heading), PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_add_css_class(detail->heading, "title-2");
    gtk_widget_set_hexpand(detail->heading, TRUE);
    detail->flows = gtk_button_new_with_label(_("Show Its Flows"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(detail->flows), "win.flows");
    gtk_widget_set_valign(detail->flows, GTK_ALIGN_CENTER);
    detail->end = gtk_button_new_with_label(_("End Program…"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(detail->end), "win.end");
    gtk_widget_set_valign(detail->end, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(top), detail->heading);
    gtk_box_append(GTK_BOX(top), detail->flows);
    gtk_box_append(GTK_BOX(top), detail->end);
    return top;
}

void weir_detail_init(weir_detail_t *detail)
{
    *detail = (weir_detail_t){.table = WEIR_TABLE_COUNT};
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(box), top_make(detail));
    weir_headline_view_init(&detail->headline, false);
    gtk_box_append(GTK_BOX(box), detail->headline.box);
    detail->note = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(detail->note), 0);
    gtk_label_set_wrap(GTK_LABEL(detail->note), TRUE);
    gtk_widget_add_css_class(detail->note, "detail-note");
    gtk_widget_set_visible(detail->note, FALSE);
    gtk_box_append(GTK_BOX(box), detail->note);
    detail->body = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(box), detail->body);
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

/* Tables whose rows have two speeds and a series of them. */
static bool has_rates(weir_table_id_t table)
{
    return table == WEIR_TABLE_INTERFACES || table == WEIR_TABLE_APPS;
}

static void table_set(weir_detail_t *detail, weir_table_id_t table)
{
    if (detail->table == table)
        return;
    detail->table = table;
    GtkWidget *old = gtk_widget_get_first_child(detail->body);
    if (old)
        gtk_box_remove(GTK_BOX(detail->body), old);
    gtk_box_append(GTK_BOX(detail->body), facts_make(detail));
    gtk_widget_set_visible(detail->headline.box, has_rates(table));
    gtk_widget_set_visible(detail->end, table == WEIR_TABLE_APPS);
    gtk_widget_set_visible(gtk_widget_get_parent(detail->heading), table != WEIR_TABLE_INTERFACES);
    gtk_widget_set_visible(detail->flows, weir_drill_is_possible(table));
}

void weir_detail_open(weir_detail_t *detail, weir_client_t *client, const weir_snapshot_t *snapshot,
                      weir_table_id_t table, size_t at)
{
    weir_record_t scratch = {.wanted = UINT64_MAX};
    const void *record = weir_snapshot_read(snapshot, table, at, &scratch);
    table_set(detail, table);
    g_free(detail->name);
    detail->name = weir_words_row(table, record);
    detail->key = weir_row_key(snapshot, table, at);
    detail->likely = at;
    gtk_label_set_text(GTK_LABEL(detail->heading), detail->name);
    uint64_t object = table == WEIR_TABLE_INTERFACES ? detail->key
                      : table == WEIR_TABLE_APPS     ? ((const weir_app_t *)record)->id
                                                     : WEIR_SERIES_HEADLINE;
    weir_graph_set_object(WEIR_GRAPH(detail->headline.graph), client, table, object);
}

const void *weir_detail_record(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                               weir_record_t *scratch)
{
    int64_t at = weir_row_find(snapshot, detail->table, detail->key, detail->likely);
    if (at < 0)
        return NULL;
    detail->likely = (size_t)at;
    return weir_snapshot_read(snapshot, detail->table, (size_t)at, scratch);
}

static void label_write(GtkWidget *label, const char *words)
{
    if (strcmp(gtk_label_get_text(GTK_LABEL(label)), words) != 0)
        gtk_label_set_text(GTK_LABEL(label), words);
}

static void facts_write(weir_detail_t *detail, const void *record, const weir_units_t *units)
{
    const weir_table_t *table = weir_table(detail->table);
    for (guint i = 0; i < detail->fact_count; i++) {
        size_t position = (size_t)detail->columns[i];
        weir_cell_t cell = weir_cell(table, position, record, units);
        g_autofree char *words = weir_words_cell(&table->columns[position], &cell);
        label_write(detail->facts[i], words);
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
    label_write(detail->note, line);
    if (has_rates(detail->table))
        weir_headline_view_refresh(&detail->headline, snapshot, units, meters, "");
}

void weir_detail_refresh(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                         const weir_units_t *units)
{
    weir_record_t scratch = {.wanted = UINT64_MAX};
    const void *record = weir_detail_record(detail, snapshot, &scratch);
    gtk_widget_set_visible(detail->note, record == NULL);
    if (!record) {
        gone_write(detail, snapshot, units);
        return;
    }
    detail->seen_ns = snapshot->time.wall_ns;
    if (detail->table == WEIR_TABLE_INTERFACES) {
        const weir_iface_t *iface = record;
        const weir_meter_t *const meters[2] = {&iface->rx, &iface->tx};
        weir_headline_view_refresh(&detail->headline, snapshot, units, meters,
                                   iface->default_route ? _("Carries the default route") : "");
        weir_detail_books_write(&detail->books, iface, units);
    }
    if (detail->table == WEIR_TABLE_APPS) {
        const weir_app_t *app = record;
        const weir_meter_t *const meters[2] = {&app->rx, &app->tx};
        weir_headline_view_refresh(&detail->headline, snapshot, units, meters,
                                   app->ended ? _("None of its processes is left") : "");
        gtk_widget_set_sensitive(detail->end, !app->ended);
    }
    facts_write(detail, record, units);
}
