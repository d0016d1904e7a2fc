#include "engine/packet_window.h"

#include <stdlib.h>

#define FLOWS_MOST ((uint64_t)1 << 18)
#define NAMES_MOST ((size_t)16384)
#define EVENTS_MOST ((size_t)16384)
#define CARRIED_MOST ((size_t)32768)
#define CARRIED_NS (INT64_C(15) * 1000000000) /* without a packet; what comes later begins anew */
#define TEXTS_CEILING ((size_t)16 << 20)
#define LABELLED_MOST ((size_t)65536)
#define LABELS_MOST ((size_t)65536) /* then the inspector forgets what it knows */

weir_packet_window_t *weir_packet_window_new(void)
{
    static const weir_flow_limits_t limits = {.max_flows = FLOWS_MOST};
    weir_packet_window_t *window = calloc(1, sizeof(*window));
    if (!window)
        return NULL;
    int r = weir_flow_table_init(&window->table, &limits);
    weir_events_init(&window->events, EVENTS_MOST);
    window->hostnames = weir_hostnames_new(NAMES_MOST);
    if (r < 0 || !window->hostnames) {
        weir_packet_window_free(window);
        return NULL;
    }
    return window;
}

void weir_packet_window_free(weir_packet_window_t *window)
{
    if (!window)
        return;
    weir_flow_table_done(&window->table);
    weir_hostnames_free(window->hostnames);
    weir_events_done(&window->events);
    weir_pool_unref(window->texts);
    free(window->labels);
    free(window);
}

void weir_packet_window_open(weir_packet_window_t *window, weir_inspector_t *inspector)
{
    const weir_learnt_t learnt = {.events = &window->events, .hostnames = window->hostnames};
    if (inspector)
        weir_inspector_learn_to(inspector, &learnt);
    window->table.inspector = inspector;
}

static const char *text_copy(weir_packet_window_t *window, const char *text)
{
    return text ? weir_pool_text(window->texts, text) : NULL;
}

static void label_tell(weir_packet_window_t *window, uint32_t unit, const weir_label_t *label)
{
    if ((window->label_count & (window->label_count - 1)) == 0) { /* 0, 1, 2, 4 ...: it is full */
        size_t room = window->label_count ? window->label_count * 2 : 1;
        weir_labelled_t *labels = realloc(window->labels, room * sizeof(*labels));
        if (!labels)
            return; /* the next window tells it, if the flow goes on */
        window->labels = labels;
    }
    window->labels[window->label_count++] =
        (weir_labelled_t){.unit = unit,
                          .label = {.server_name = text_copy(window, label->server_name),
                                    .ja4 = text_copy(window, label->ja4),
                                    .application = text_copy(window, label->application)}};
}

/* Labels are the inspector's: what is new is copied. */
static void labels_tell(weir_packet_window_t *window)
{
    const weir_flow_record_t *record = NULL;
    window->texts = weir_pool_new(TEXTS_CEILING);
    for (size_t at = 0; window->texts && (record = weir_flow_table_next(&window->table, &at));) {
        uint32_t unit = weir_flow_table_unit(at, record);
        weir_label_t label = {0};
        if (window->label_count < LABELLED_MOST && weir_record_has_packets(record) &&
            weir_flow_table_label(&window->table, unit, &label))
            label_tell(window, unit, &label);
    }
}

void weir_packet_window_pass(weir_packet_window_t *window, weir_packet_window_t *next,
                             weir_inspector_t *inspector)
{
    bool forget = inspector && weir_inspector_labels(inspector) > LABELS_MOST;
    if (forget)
        weir_inspector_finish(inspector);
    weir_packet_window_open(next, inspector);
    weir_flow_table_carry(&next->table, &window->table, window->last_ns - CARRIED_NS, CARRIED_MOST);
    next->last_ns = window->last_ns;
    if (inspector)
        labels_tell(window);
    window->table.inspector = NULL;
    if (forget)
        weir_inspector_forget(inspector);
}
