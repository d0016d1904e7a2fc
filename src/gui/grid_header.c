/*
 * The titles: one press sorts; the edge between two of them is dragged.
 */
#include "gui/grid_private.h"

#define EDGE 5       /* [px] on either side of an edge */
#define WIDTH_MIN 40 /* [px] */

static void on_title(GtkButton *button, WeirGrid *grid)
{
    guint column = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "column"));
    grid->calls->sort(grid->context, column);
}

static GtkWidget *title_new(WeirGrid *grid, guint i)
{
    const weir_grid_column_t *column = &grid->columns[i];
    GtkWidget *button = gtk_button_new(); /* GTK 4.8 tells nobody of column headers */
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);
    GtkWidget *label = gtk_label_new(column->title);
    GtkWidget *arrow = gtk_image_new();
    gtk_widget_set_size_request(arrow, 16, -1);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign(GTK_LABEL(label), column->end ? 1 : 0);
    gtk_box_append(GTK_BOX(box), column->end ? arrow : label);
    gtk_box_append(GTK_BOX(box), column->end ? label : arrow);
    gtk_widget_set_halign(box, column->end ? GTK_ALIGN_END : GTK_ALIGN_START);
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_set_tooltip_text(button, column->help);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   column->title, -1);
    g_object_set_data(G_OBJECT(button), "column", GUINT_TO_POINTER(i));
    g_object_set_data(G_OBJECT(button), "arrow", arrow);
    if (column->sortable)
        g_signal_connect(button, "clicked", G_CALLBACK(on_title), grid);
    return button;
}

void weir_grid_header_fill(WeirGrid *grid)
{
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(grid->header)))
        gtk_box_remove(GTK_BOX(grid->header), child);
    for (guint i = 0; i < grid->column_count; i++)
        gtk_box_append(GTK_BOX(grid->header), title_new(grid, i));
}

void weir_grid_set_sort(WeirGrid *grid, int column, bool descending)
{
    int i = 0;
    for (GtkWidget *title = gtk_widget_get_first_child(grid->header); title;
         title = gtk_widget_get_next_sibling(title), i++) {
        GtkImage *arrow = GTK_IMAGE(g_object_get_data(G_OBJECT(title), "arrow"));
        if (i != column)
            gtk_image_clear(arrow);
        else
            gtk_image_set_from_icon_name(arrow,
                                         descending ? "pan-down-symbolic" : "pan-up-symbolic");
    }
}

/* ---- Widths ---------------------------------------------------------------------------------- */

static bool is_mirrored(WeirGrid *grid)
{
    return gtk_widget_get_direction(GTK_WIDGET(grid)) == GTK_TEXT_DIR_RTL;
}

static int edge_at(WeirGrid *grid, double x)
{
    return weir_grid_columns_edge(grid->spans, grid->column_count, (int)x, EDGE, is_mirrored(grid));
}

static void on_drag_begin(GtkGestureDrag *gesture, double x, double y, WeirGrid *grid)
{
    (void)y;
    grid->dragged = edge_at(grid, x);
    if (grid->dragged == WEIR_GRID_NONE) {
        gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
        return;
    }
    grid->drag_width = grid->spans[grid->dragged].width;
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void on_drag(GtkGestureDrag *gesture, double x, double y, WeirGrid *grid)
{
    (void)gesture;
    (void)y;
    if (grid->dragged == WEIR_GRID_NONE)
        return;
    int width = grid->drag_width + (int)(is_mirrored(grid) ? -x : x);
    grid->chosen[grid->dragged] = MAX(WIDTH_MIN, width);
    gtk_widget_queue_allocate(GTK_WIDGET(grid));
}

static void on_motion(GtkEventControllerMotion *controller, double x, double y, WeirGrid *grid)
{
    (void)controller;
    (void)y;
    gtk_widget_set_cursor_from_name(grid->header, edge_at(grid, x) >= 0 ? "col-resize" : NULL);
}

void weir_grid_header_make(WeirGrid *grid)
{
    grid->header = weir_grid_row_new("weirheader");
    GtkGesture *drag = gtk_gesture_drag_new();
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(drag), GTK_PHASE_CAPTURE);
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), grid);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag), grid);
    gtk_widget_add_controller(grid->header, GTK_EVENT_CONTROLLER(drag));
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), grid);
    gtk_widget_add_controller(grid->header, motion);
    gtk_widget_set_parent(grid->header, GTK_WIDGET(grid));
}
