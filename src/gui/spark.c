#include "gui/spark.h"

#include "gui/theme.h"

#include <string.h>

#define BARS 30
#define STEP_NS UINT64_C(2000000000)
#define BAR_WIDTH 2.0F
#define GAP 1.0F
#define HEIGHT 18

struct _WeirSpark {
    GtkWidget parent_instance;
    uint8_t bars[WEIR_SERIES_COLUMNS][BARS]; /* [px] */
};

G_DEFINE_FINAL_TYPE(WeirSpark, weir_spark, GTK_TYPE_WIDGET)

static void spark_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *least,
                          int *natural, int *least_baseline, int *natural_baseline)
{
    (void)widget;
    (void)for_size;
    *least_baseline = *natural_baseline = -1;
    *least = *natural =
        orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : (int)(BARS * (BAR_WIDTH + GAP));
}

/* One path for each direction: two fills instead of sixty rectangles. */
static void bars_path(cairo_t *cr, const uint8_t *bars, double axis, bool up)
{
    for (int i = 0; i < BARS; i++)
        if (bars[i])
            cairo_rectangle(cr, i * (double)(BAR_WIDTH + GAP), up ? axis - bars[i] : axis,
                            (double)BAR_WIDTH, bars[i]);
}

static void spark_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    static const uint8_t nothing[WEIR_SERIES_COLUMNS][BARS] = {{0}};
    WeirSpark *spark = WEIR_SPARK(widget);
    if (memcmp(spark->bars, nothing, sizeof(nothing)) == 0)
        return;
    float height = (float)gtk_widget_get_height(widget);
    double axis = (double)(int)(height / 2) + 2;
    graphene_rect_t bounds = GRAPHENE_RECT_INIT(0, 0, (float)gtk_widget_get_width(widget), height);
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &bounds);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    GdkRGBA colour = weir_theme_colour(WEIR_COLOUR_DOWNLOAD);
    gdk_cairo_set_source_rgba(cr, &colour);
    bars_path(cr, spark->bars[WEIR_SERIES_RX_RATE], axis, true);
    cairo_fill(cr);
    colour = weir_theme_colour(WEIR_COLOUR_UPLOAD);
    gdk_cairo_set_source_rgba(cr, &colour);
    bars_path(cr, spark->bars[WEIR_SERIES_TX_RATE], axis, false);
    cairo_fill(cr);
    cairo_destroy(cr);
}

static void weir_spark_class_init(WeirSparkClass *class)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    widget->measure = spark_measure;
    widget->snapshot = spark_snapshot;
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static void weir_spark_init(WeirSpark *spark)
{
    (void)spark;
}

GtkWidget *weir_spark_new(void)
{
    return g_object_new(WEIR_TYPE_SPARK, NULL);
}

static void bars_read(weir_client_t *client, const weir_series_query_t *query, float room,
                      uint8_t *bars)
{
    weir_series_t series = {0};
    if (!client || weir_client_series(client, query, &series) < 0)
        return;
    double top = weir_series_summarise(&series).max;
    for (size_t i = 0; i < series.count && i < BARS; i++)
        if (series.points[i].known && series.points[i].max > 0)
            bars[i] = (uint8_t)MAX(1, (double)series.points[i].max / top * (double)room);
    weir_series_done(&series);
}

void weir_spark_set(WeirSpark *spark, weir_client_t *client, weir_table_id_t table, uint64_t object,
                    uint64_t to_ns)
{
    uint8_t bars[WEIR_SERIES_COLUMNS][BARS] = {{0}};
    weir_series_query_t query = {
        .table = table, .object = object, .to_ns = to_ns, .step_ns = STEP_NS, .count = BARS};
    query.column = WEIR_SERIES_RX_RATE;
    bars_read(client, &query, 11, bars[WEIR_SERIES_RX_RATE]);
    query.column = WEIR_SERIES_TX_RATE;
    bars_read(client, &query, 6, bars[WEIR_SERIES_TX_RATE]);
    if (memcmp(bars, spark->bars, sizeof(bars)) == 0)
        return;
    memcpy(spark->bars, bars, sizeof(bars));
    gtk_widget_queue_draw(GTK_WIDGET(spark));
}

void weir_spark_clear(WeirSpark *spark)
{
    memset(spark->bars, 0, sizeof(spark->bars));
    gtk_widget_queue_draw(GTK_WIDGET(spark));
}
