/*
 * Rows: boxes whose children stand where the grid's columns do. Slot k shows row first + k.
 */
#include "gui/grid_private.h"

#define CELL_PAD 10 /* [px] left and right of a cell */

static WeirGrid *grid_of(GtkWidget *widget)
{
    return WEIR_GRID(gtk_widget_get_ancestor(widget, WEIR_TYPE_GRID));
}

static void children_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *least, int *natural, int *least_baseline, int *natural_baseline)
{
    (void)for_size;
    *least = *natural = 0;
    *least_baseline = *natural_baseline = -1;
    if (orientation == GTK_ORIENTATION_HORIZONTAL)
        return; /* the grid decides */
    for (GtkWidget *cell = gtk_widget_get_first_child(widget); cell;
         cell = gtk_widget_get_next_sibling(cell)) {
        int height = 0;
        gtk_widget_measure(cell, orientation, -1, NULL, &height, NULL, NULL);
        *least = *natural = MAX(*natural, height);
    }
}

GtkLayoutManager *weir_grid_layout_new(GtkCustomAllocateFunc allocate)
{
    return gtk_custom_layout_new(NULL, children_measure, allocate);
}

static void row_allocate(GtkWidget *row, int width, int height, int baseline)
{
    (void)width;
    (void)baseline;
    const WeirGrid *grid = grid_of(row);
    bool title = row == grid->header; /* its buttons have their own padding */
    guint i = 0;
    for (GtkWidget *cell = gtk_widget_get_first_child(row); cell && i < grid->column_count;
         cell = gtk_widget_get_next_sibling(cell), i++) {
        int pad = title ? 0 : CELL_PAD;
        GtkAllocation place = {grid->spans[i].x + pad, 0, MAX(1, grid->spans[i].width - 2 * pad),
                               height};
        int least = 0;
        gtk_widget_measure(cell, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
        place.width = MAX(place.width, least);
        gtk_widget_size_allocate(cell, &place, -1);
    }
}

GtkWidget *weir_grid_row_new(const char *css_name)
{
    GtkWidget *row = g_object_new(GTK_TYPE_BOX, "css-name", css_name, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_ROW, NULL);
    gtk_widget_set_layout_manager(row, weir_grid_layout_new(row_allocate));
    return row;
}

static int natural_width(GtkWidget *row, guint column)
{
    GtkWidget *cell = row ? gtk_widget_get_first_child(row) : NULL;
    for (guint i = 0; cell && i < column; i++)
        cell = gtk_widget_get_next_sibling(cell);
    int natural = 0;
    if (cell)
        gtk_widget_measure(cell, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
    return natural;
}

int weir_grid_column_wanted(WeirGrid *grid, guint column)
{
    if (grid->chosen[column])
        return grid->chosen[column];
    int cell = natural_width(gtk_widget_get_first_child(grid->body), column) + 2 * CELL_PAD;
    return MAX(cell, natural_width(grid->header, column));
}

/* ---- Slots ----------------------------------------------------------------------------------- */

static GtkWidget *slot_new(WeirGrid *grid)
{
    GtkWidget *slot = weir_grid_row_new("weirrow");
    for (guint i = 0; i < grid->column_count; i++)
        gtk_box_append(GTK_BOX(slot), grid->calls->cell(grid->context, i));
    gtk_widget_set_focusable(slot, TRUE);
    return slot;
}

/* One is always there: its cells tell how wide columns and how high rows are. */
void weir_grid_slots_fit(WeirGrid *grid, int height)
{
    guint room = grid->row_height ? (guint)(MAX(height, 0) / grid->row_height) + 2 : 1;
    guint wanted = MIN(room, grid->rows);
    bool focused = weir_grid_has_row_focus(grid);
    guint made = MAX(grid->slots, gtk_widget_get_first_child(grid->body) ? 1U : 0U);
    for (; made < MAX(wanted, 1U); made++)
        gtk_box_append(GTK_BOX(grid->body), slot_new(grid));
    for (; made > MAX(wanted, 1U); made--)
        gtk_box_remove(GTK_BOX(grid->body), gtk_widget_get_last_child(grid->body));
    grid->slots = wanted;
    gtk_widget_set_child_visible(gtk_widget_get_first_child(grid->body), wanted > 0);
    if (focused && !weir_grid_has_row_focus(grid))
        (void)weir_grid_row_focus(grid); /* without rows nobody has it */
}

static void slot_state_write(const WeirGrid *grid, GtkWidget *slot, guint row)
{
    bool selected = (int)row == grid->selected;
    if (selected == ((gtk_widget_get_state_flags(slot) & GTK_STATE_FLAG_SELECTED) != 0))
        return;
    if (selected)
        gtk_widget_set_state_flags(slot, GTK_STATE_FLAG_SELECTED, FALSE);
    else
        gtk_widget_unset_state_flags(slot, GTK_STATE_FLAG_SELECTED);
    gtk_accessible_update_state(GTK_ACCESSIBLE(slot), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

static bool selected_is_seen(const WeirGrid *grid)
{
    return grid->selected >= (int)grid->first && grid->selected < (int)(grid->first + grid->slots);
}

void weir_grid_slots_write(WeirGrid *grid)
{
    grid->first = weir_grid_first(grid);
    GtkWidget *slot = gtk_widget_get_first_child(grid->body);
    for (guint i = 0; i < grid->slots && slot; i++, slot = gtk_widget_get_next_sibling(slot)) {
        guint row = grid->first + i;
        gtk_widget_set_child_visible(slot, row < grid->rows);
        if (row >= grid->rows)
            continue;
        grid->calls->write(grid->context, row, gtk_widget_get_first_child(slot));
        slot_state_write(grid, slot, row);
    }
    if (weir_grid_has_row_focus(grid) && selected_is_seen(grid))
        (void)weir_grid_row_focus(grid); /* the focus stays with the selected row */
}

/* ---- Focus ----------------------------------------------------------------------------------- */

static GtkWidget *focused_slot(WeirGrid *grid)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(grid));
    GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
    return focus && gtk_widget_get_parent(focus) == grid->body ? focus : NULL;
}

bool weir_grid_has_row_focus(WeirGrid *grid)
{
    return focused_slot(grid) != NULL;
}

int weir_grid_cursor(WeirGrid *grid)
{
    if (grid->selected != WEIR_GRID_NONE)
        return grid->selected;
    GtkWidget *focus = focused_slot(grid);
    int row = (int)grid->first;
    for (GtkWidget *slot = gtk_widget_get_first_child(grid->body); focus && slot;
         slot = gtk_widget_get_next_sibling(slot), row++)
        if (slot == focus)
            return row;
    return WEIR_GRID_NONE;
}

bool weir_grid_row_focus(WeirGrid *grid)
{
    if (!grid->slots)
        return false;
    guint at = selected_is_seen(grid) ? (guint)grid->selected - grid->first : 0;
    GtkWidget *slot = gtk_widget_get_first_child(grid->body);
    for (guint i = 0; i < at && slot; i++)
        slot = gtk_widget_get_next_sibling(slot);
    return slot && (slot == focused_slot(grid) || gtk_widget_grab_focus(slot));
}
