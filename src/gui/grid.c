#include "gui/grid_private.h"

static void scrollable_init(GtkScrollableInterface *interface)
{
    (void)interface; /* no border */
}

G_DEFINE_FINAL_TYPE_WITH_CODE(WeirGrid, weir_grid, GTK_TYPE_WIDGET,
                              G_IMPLEMENT_INTERFACE(GTK_TYPE_SCROLLABLE, scrollable_init))

enum { PROP_ACROSS = 1, PROP_DOWN, PROP_ACROSS_POLICY, PROP_DOWN_POLICY };

/* ---- Scrolling ------------------------------------------------------------------------------- */

guint weir_grid_first(WeirGrid *grid)
{
    if (!grid->row_height || !grid->down)
        return 0;
    return (guint)(gtk_adjustment_get_value(grid->down) / grid->row_height);
}

guint weir_grid_seen(WeirGrid *grid)
{
    int height = gtk_widget_get_height(grid->body);
    return grid->row_height ? (guint)MAX(1, height / grid->row_height) : 1;
}

static void on_scrolled(GtkAdjustment *adjustment, WeirGrid *grid)
{
    (void)adjustment;
    if (grid->settling)
        return;
    if (weir_grid_first(grid) != grid->first)
        weir_grid_slots_write(grid);
    gtk_widget_queue_allocate(GTK_WIDGET(grid));
}

static void adjustment_set(WeirGrid *grid, GtkAdjustment **place, GtkAdjustment *adjustment)
{
    if (*place == adjustment && adjustment)
        return;
    if (*place) {
        (void)g_signal_handlers_disconnect_by_data(*place, grid);
        g_object_unref(*place);
    }
    *place = g_object_ref_sink(adjustment ? adjustment : gtk_adjustment_new(0, 0, 0, 0, 0, 0));
    g_signal_connect(*place, "value-changed", G_CALLBACK(on_scrolled), grid);
    gtk_widget_queue_allocate(GTK_WIDGET(grid));
}

static void adjustments_settle(WeirGrid *grid, int width, int height)
{
    double across = MIN(gtk_adjustment_get_value(grid->across), MAX(0, grid->total - width));
    double all = (double)grid->rows * grid->row_height;
    double down = MIN(gtk_adjustment_get_value(grid->down), MAX(0, all - height));
    grid->settling = true;
    gtk_adjustment_configure(grid->across, across, 0, MAX(grid->total, width), width * 0.1,
                             width * 0.9, width);
    gtk_adjustment_configure(grid->down, down, 0, MAX(all, height), grid->row_height * 3,
                             MAX(height - grid->row_height, grid->row_height), height);
    grid->settling = false;
}

void weir_grid_shift(WeirGrid *grid, int rows)
{
    double value = gtk_adjustment_get_value(grid->down) + (double)rows * grid->row_height;
    grid->settling = true;
    gtk_adjustment_set_value(grid->down, value);
    grid->settling = false;
    gtk_widget_queue_allocate(GTK_WIDGET(grid));
}

void weir_grid_scroll_to_top(WeirGrid *grid)
{
    gtk_adjustment_set_value(grid->down, 0);
}

static void row_show(WeirGrid *grid, int row)
{
    double top = (double)row * grid->row_height;
    double page = gtk_adjustment_get_page_size(grid->down);
    double value = gtk_adjustment_get_value(grid->down);
    if (top < value)
        gtk_adjustment_set_value(grid->down, top);
    else if (top + grid->row_height > value + page)
        gtk_adjustment_set_value(grid->down, top + grid->row_height - page);
}

/* ---- Layout ---------------------------------------------------------------------------------- */

static void columns_place(WeirGrid *grid, int width)
{
    int wanted[WEIR_GRID_COLUMNS_MAX];
    unsigned weights[WEIR_GRID_COLUMNS_MAX];
    for (guint i = 0; i < grid->column_count; i++) {
        wanted[i] = weir_grid_column_wanted(grid, i);
        weights[i] = grid->chosen[i] ? 0 : grid->columns[i].weight;
    }
    bool mirrored = gtk_widget_get_direction(GTK_WIDGET(grid)) == GTK_TEXT_DIR_RTL;
    grid->total =
        weir_grid_columns_place(wanted, weights, grid->column_count, width, mirrored, grid->spans);
}

static void body_allocate(GtkWidget *body, int width, int height, int baseline)
{
    (void)width;
    (void)height;
    (void)baseline;
    WeirGrid *grid = WEIR_GRID(gtk_widget_get_parent(body));
    int y = (int)grid->first * grid->row_height - (int)gtk_adjustment_get_value(grid->down);
    int x = -(int)gtk_adjustment_get_value(grid->across);
    for (GtkWidget *slot = gtk_widget_get_first_child(body); slot;
         slot = gtk_widget_get_next_sibling(slot), y += grid->row_height) {
        GtkAllocation place = {x, y, grid->total, grid->row_height};
        gtk_widget_size_allocate(slot, &place, -1);
    }
}

static int natural_height(GtkWidget *widget)
{
    int natural = 0;
    gtk_widget_measure(widget, GTK_ORIENTATION_VERTICAL, -1, NULL, &natural, NULL, NULL);
    return natural;
}

static void grid_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    (void)baseline;
    WeirGrid *grid = WEIR_GRID(widget);
    int top = natural_height(grid->header);
    weir_grid_slots_fit(grid, height - top);
    GtkWidget *slot = gtk_widget_get_first_child(grid->body);
    int row_height = MAX(1, natural_height(slot));
    if (row_height != grid->row_height) {
        grid->row_height = row_height;
        weir_grid_slots_fit(grid, height - top);
        for (slot = gtk_widget_get_first_child(grid->body); slot;
             slot = gtk_widget_get_next_sibling(slot))
            (void)natural_height(slot); /* GTK wants to be asked before it places */
    }
    columns_place(grid, width);
    adjustments_settle(grid, width, MAX(0, height - top));
    weir_grid_slots_write(grid);
    int x = -(int)gtk_adjustment_get_value(grid->across);
    GtkAllocation header = {x, 0, grid->total, top};
    GtkAllocation body = {0, top, width, MAX(0, height - top)};
    gtk_widget_size_allocate(grid->header, &header, -1);
    gtk_widget_size_allocate(grid->body, &body, -1);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

void weir_grid_set_rows(WeirGrid *grid, guint rows, int selected)
{
    bool more = rows != grid->rows;
    grid->rows = rows;
    grid->selected = selected;
    if (!grid->row_height) { /* the first layout makes the others */
        weir_grid_slots_fit(grid, 0);
        return;
    }
    if (more) { /* the slider changes, nothing else need */
        int height = gtk_widget_get_height(grid->body);
        weir_grid_slots_fit(grid, height);
        adjustments_settle(grid, gtk_widget_get_width(GTK_WIDGET(grid)), height);
        gtk_widget_queue_allocate(GTK_WIDGET(grid));
    }
    weir_grid_slots_write(grid);
}

void weir_grid_select(WeirGrid *grid, int row, bool focus)
{
    grid->selected = row;
    grid->calls->select(grid->context, row);
    if (row != WEIR_GRID_NONE)
        row_show(grid, row);
    weir_grid_slots_write(grid);
    if (focus)
        (void)weir_grid_row_focus(grid); /* there is a row */
}

void weir_grid_set_columns(WeirGrid *grid, const weir_grid_column_t *columns, guint count)
{
    GtkWidget *slot = NULL;
    bool focused = weir_grid_has_row_focus(grid);
    grid->column_count = MIN(count, WEIR_GRID_COLUMNS_MAX);
    for (guint i = 0; i < grid->column_count; i++) {
        grid->columns[i] = columns[i];
        grid->chosen[i] = 0;
    }
    while ((slot = gtk_widget_get_first_child(grid->body)))
        gtk_box_remove(GTK_BOX(grid->body), slot);
    grid->slots = 0;
    grid->row_height = 0;
    weir_grid_header_fill(grid);
    weir_grid_slots_fit(grid, 0);
    if (focused)
        (void)weir_grid_row_focus(grid); /* without rows nobody has it */
    gtk_widget_queue_resize(GTK_WIDGET(grid));
}

gint64 weir_grid_pointed(WeirGrid *grid)
{
    return grid->pointed_us;
}

/* ---- Focus ----------------------------------------------------------------------------------- */

/* Two stops: the titles, among which arrows move, and the rows. */
static gboolean grid_focus(GtkWidget *widget, GtkDirectionType direction)
{
    WeirGrid *grid = WEIR_GRID(widget);
    GtkWidget *inside = gtk_widget_get_focus_child(widget);
    if (direction == GTK_DIR_TAB_FORWARD) {
        if (!inside && gtk_widget_child_focus(grid->header, direction))
            return TRUE;
        return inside != grid->body && weir_grid_row_focus(grid);
    }
    if (direction == GTK_DIR_TAB_BACKWARD) {
        if (!inside)
            return weir_grid_row_focus(grid) || gtk_widget_child_focus(grid->header, direction);
        return inside == grid->body && gtk_widget_child_focus(grid->header, direction);
    }
    return inside == grid->header && gtk_widget_child_focus(grid->header, direction);
}

static gboolean grid_grab_focus(GtkWidget *widget)
{
    return weir_grid_row_focus(WEIR_GRID(widget));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void grid_get(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    (void)spec;
    const WeirGrid *grid = WEIR_GRID(object);
    if (id == PROP_ACROSS || id == PROP_DOWN)
        g_value_set_object(value, id == PROP_ACROSS ? grid->across : grid->down);
    else
        g_value_set_enum(value, (gint)grid->policies[id - PROP_ACROSS_POLICY]);
}

static void grid_set(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    (void)spec;
    WeirGrid *grid = WEIR_GRID(object);
    if (id == PROP_ACROSS)
        adjustment_set(grid, &grid->across, g_value_get_object(value));
    else if (id == PROP_DOWN)
        adjustment_set(grid, &grid->down, g_value_get_object(value));
    else
        grid->policies[id - PROP_ACROSS_POLICY] = (guint)g_value_get_enum(value);
}

static void grid_dispose(GObject *object)
{
    WeirGrid *grid = WEIR_GRID(object);
    GtkAdjustment **both[] = {&grid->across, &grid->down};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        if (*both[i])
            (void)g_signal_handlers_disconnect_by_data(*both[i], grid);
        g_clear_object(both[i]);
    }
    g_clear_pointer(&grid->header, gtk_widget_unparent);
    g_clear_pointer(&grid->body, gtk_widget_unparent);
    G_OBJECT_CLASS(weir_grid_parent_class)->dispose(object);
}

static void weir_grid_class_init(WeirGridClass *class)
{
    GObjectClass *object = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    object->get_property = grid_get;
    object->set_property = grid_set;
    object->dispose = grid_dispose;
    widget->focus = grid_focus;
    widget->grab_focus = grid_grab_focus;
    g_object_class_override_property(object, PROP_ACROSS, "hadjustment");
    g_object_class_override_property(object, PROP_DOWN, "vadjustment");
    g_object_class_override_property(object, PROP_ACROSS_POLICY, "hscroll-policy");
    g_object_class_override_property(object, PROP_DOWN_POLICY, "vscroll-policy");
    gtk_widget_class_set_css_name(widget, "weirgrid");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_TREE_GRID);
}

static void weir_grid_init(WeirGrid *grid)
{
    grid->selected = grid->dragged = WEIR_GRID_NONE;
    grid->pointed_us = -1;
    adjustment_set(grid, &grid->across, NULL);
    adjustment_set(grid, &grid->down, NULL);
    weir_grid_header_make(grid);
    grid->body = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_set_layout_manager(grid->body, weir_grid_layout_new(body_allocate));
    gtk_widget_set_layout_manager(GTK_WIDGET(grid), weir_grid_layout_new(grid_allocate));
    gtk_widget_set_overflow(grid->body, GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_parent(grid->body, GTK_WIDGET(grid));
    gtk_widget_set_overflow(GTK_WIDGET(grid), GTK_OVERFLOW_HIDDEN);
    weir_grid_input_add(grid);
}

GtkWidget *weir_grid_new(const weir_grid_calls_t *calls, void *context)
{
    WeirGrid *grid = g_object_new(WEIR_TYPE_GRID, NULL);
    grid->calls = calls;
    grid->context = context;
    return GTK_WIDGET(grid);
}
