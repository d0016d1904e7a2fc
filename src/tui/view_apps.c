#include "base/text.h"
#include "model/app.h"
#include "tui/view.h"

static uint64_t app_id(const void *record)
{
    return ((const weir_app_t *)record)->id;
}

static bool app_is_off(const void *record)
{
    return ((const weir_app_t *)record)->ended;
}

/* Beside the name: what it runs in. */
static void app_note(weir_buf_t *buf, const void *record, bool utf8)
{
    const weir_app_t *app = record;
    const char *text = app->container && app->container[0] ? app->container : app->unit;
    if (text)
        (void)weir_text_put_safe(buf, text, utf8); /* its width is asked where it is needed */
}

static const char *app_flows(weir_buf_t *filter, const void *record)
{
    weir_buf_puts(filter, "app=");
    weir_view_quote(filter, ((const weir_app_t *)record)->app);
    return NULL;
}

static const char *const COLUMNS[] = {
    "app",      "user",  "rx_bytes_per_s", "tx_bytes_per_s", "history", "rx_bytes",
    "tx_bytes", "flows", "hosts",          "accuracy",       NULL};
static const char *const DROPS[] = {"flows", "hosts", "user", "history", "accuracy", NULL};

static const weir_view_width_t WIDTHS[] = {{"app", 12, 20, 40, false}};

static const weir_view_line_t LINES[] = {
    {"program", "exe user parent"},
    {"command", "command"},
    {"runs in", "unit container pids first_seen"},
    {"traffic", "rx_bytes rx_payload_bytes tx_bytes tx_payload_bytes"},
    {"rates", "rx_bytes_per_s tx_bytes_per_s"},
    {"peers", "flows hosts peers"},
    {"measured", "accuracy"},
};

const weir_view_t WEIR_VIEW_APPS = {
    .columns = COLUMNS,
    .drops = DROPS,
    .name_column = "app",
    .widths = WIDTHS,
    .width_count = WEIR_COUNT(WIDTHS),
    .lines = LINES,
    .line_count = WEIR_COUNT(LINES),
    .id = app_id,
    .note = app_note,
    .is_off = app_is_off,
    .flows = app_flows,
};
