/*
 * For benchmarks: when the first frame was painted, and how many followed.
 */
#include "gui/gui.h"

#include <stdio.h>
#include <time.h>

typedef struct measure {
    guint frames;
} measure_t;

static void on_painted(GdkFrameClock *clock, measure_t *measure)
{
    (void)clock;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    (void)fprintf(stderr, "frame %u at %lld us\n", measure->frames,
                  (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    measure->frames++;
}

static void on_realized(GtkWidget *widget, measure_t *measure)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(widget);
    g_signal_connect(clock, "paint", G_CALLBACK(on_painted), measure);
}

void weir_measure_frames(GtkWindow *window)
{
    measure_t *measure = g_new0(measure_t, 1);
    g_object_set_data_full(G_OBJECT(gtk_window_get_application(window)), "measure", measure,
                           g_free);
    g_signal_connect(window, "realize", G_CALLBACK(on_realized), measure);
}
