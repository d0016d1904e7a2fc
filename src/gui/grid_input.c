/*
 * Mouse and keys on the rows.
 */
#include "gui/grid_private.h"

static int row_at(WeirGrid *grid, double y)
{
    if (!grid->row_height || y < 0)
        return WEIR_GRID_NONE;
    double row = (gtk_adjustment_get_value(grid->down) + y) / grid->row_height;
    return row < grid->rows ? (int)row : WEIR_GRID_NONE;
}

static void on_pressed(GtkGestureClick *gesture, int n, double x, double y, WeirGrid *grid)
{
    int row = row_at(grid, y);
    guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
    GdkModifierType keys =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    if (row == WEIR_GRID_NONE)
        return;
    bool leave = button == GDK_BUTTON_PRIMARY && keys & GDK_CONTROL_MASK && row == grid->selected;
    weir_grid_select(grid, leave ? WEIR_GRID_NONE : row, true);
    if (button == GDK_BUTTON_PRIMARY && n == 2)
        grid->calls->open(grid->context, (guint)row);
    if (button != GDK_BUTTON_SECONDARY)
        return;
    int top = gtk_widget_get_height(grid->header);
    GdkRectangle place = {(int)x, (int)y + top, 1, 1};
    grid->calls->menu(grid->context, (guint)row, &place);
}

static void on_motion(GtkEventControllerMotion *controller, double x, double y, WeirGrid *grid)
{
    (void)controller;
    (void)x;
    (void)y;
    grid->pointed_us = g_get_monotonic_time();
}

/* By how many rows a key goes on; 0: it is no such key. */
static int key_step(WeirGrid *grid, guint key)
{
    int page = MAX(1, (int)weir_grid_seen(grid) - 1);
    switch (key) {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
        return -1;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
        return 1;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
        return -page;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
        return page;
    case GDK_KEY_Home:
        return -(int)grid->rows;
    case GDK_KEY_End:
        return (int)grid->rows;
    default:
        return 0;
    }
}

static void menu_ask(WeirGrid *grid, int row)
{
    int y = gtk_widget_get_height(grid->header) + (row + 1) * grid->row_height -
            (int)gtk_adjustment_get_value(grid->down);
    GdkRectangle place = {40, MAX(y, 0), 1, 1};
    grid->calls->menu(grid->context, (guint)row, &place);
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType modifiers, WeirGrid *grid)
{
    (void)controller;
    (void)code;
    int cursor = weir_grid_cursor(grid);
    bool menu = key == GDK_KEY_Menu || (key == GDK_KEY_F10 && modifiers & GDK_SHIFT_MASK);
    bool open = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
    if (!grid->rows || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
        return FALSE;
    if (menu || open) {
        if (cursor == WEIR_GRID_NONE)
            return FALSE;
        weir_grid_select(grid, cursor, true);
        if (menu)
            menu_ask(grid, cursor);
        else
            grid->calls->open(grid->context, (guint)cursor);
        return TRUE;
    }
    int step = key_step(grid, key);
    if (!step && key != GDK_KEY_space)
        return FALSE;
    bool begins = grid->selected == WEIR_GRID_NONE && ABS(step) < (int)grid->rows;
    int to = cursor == WEIR_GRID_NONE || begins ? MAX(cursor, 0) : cursor + step;
    weir_grid_select(grid, CLAMP(to, 0, (int)grid->rows - 1), true);
    return TRUE;
}

void weir_grid_input_add(WeirGrid *grid)
{
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), grid);
    gtk_widget_add_controller(grid->body, GTK_EVENT_CONTROLLER(click));
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), grid);
    gtk_widget_add_controller(grid->body, motion);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), grid);
    gtk_widget_add_controller(grid->body, key);
}
