/*
 * For benchmarks and tests: when frames were painted, and for how long the main loop was busy. In
 * processor time, so that what else the machine does is not counted.
 */
#include "gui/gui.h"

#include <stdio.h>
#include <time.h>

#define BUSY_US 20000 /* what is shorter nobody notices */

typedef struct measure {
    guint frames;
} measure_t;

typedef struct busy_source {
    GSource source;
    gint64 began_us; /* [us] processor time of this thread when the loop woke up */
} busy_source_t;

static gint64 clock_us(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now); /* cannot fail */
    return (gint64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_painted(GdkFrameClock *clock, measure_t *measure)
{
    (void)clock;
    (void)fprintf(stderr, "frame %u at %lld us\n", measure->frames,
                  (long long)clock_us(CLOCK_MONOTONIC));
    measure->frames++;
}

static void on_realized(GtkWidget *widget, measure_t *measure)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(widget);
    g_signal_connect(clock, "paint", G_CALLBACK(on_painted), measure);
}

/* The loop is about to sleep: whatever it woke up for is done. */
static gboolean busy_prepare(GSource *source, gint *timeout)
{
    const busy_source_t *busy = (busy_source_t *)source;
    gint64 took_us = clock_us(CLOCK_THREAD_CPUTIME_ID) - busy->began_us;
    if (busy->began_us && took_us > BUSY_US)
        (void)fprintf(stderr, "busy %lld us at %lld us\n", (long long)took_us,
                      (long long)clock_us(CLOCK_MONOTONIC));
    *timeout = -1;
    return FALSE;
}

static gboolean busy_check(GSource *source)
{
    busy_source_t *busy = (busy_source_t *)source;
    busy->began_us = clock_us(CLOCK_THREAD_CPUTIME_ID);
    return FALSE;
}

static gboolean busy_dispatch(GSource *source, GSourceFunc function, gpointer data)
{
    (void)source;
    (void)function;
    (void)data;
    return G_SOURCE_CONTINUE; /* it is never ready */
}

void weir_measure_busy(void)
{
    static const GSourceFuncs functions = {
        .prepare = busy_prepare, .check = busy_check, .dispatch = busy_dispatch};
    GSource *source = g_source_new((gpointer)(uintptr_t)&functions, sizeof(busy_source_t));
    g_source_set_priority(source, 10 * G_PRIORITY_HIGH); /* asked before all others */
    (void)g_source_attach(source, NULL);                 /* it is never removed */
    g_source_unref(source);
}

void weir_measure_frames(GtkWindow *window)
{
    measure_t *measure = g_new0(measure_t, 1);
    g_object_set_data_full(G_OBJECT(gtk_window_get_application(window)), "measure", measure,
                           g_free);
    g_signal_connect(window, "realize", G_CALLBACK(on_realized), measure);
}
