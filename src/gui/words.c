#include "gui/words.h"

#include "base/text.h"
#include "model/sentence.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>
#include <time.h>

/* Titles that differ from the terminal's, which has less room. */
static const struct {
    const char *id, *title;
} TITLES[] = {
    {"rx_bytes_per_s", N_("Download Speed")}, {"tx_bytes_per_s", N_("Upload Speed")},
    {"rx_utilisation", N_("Link Use ↓")},     {"tx_utilisation", N_("Link Use ↑")},
    {"speed_bps", N_("Link speed")},          {"capacity_bps", N_("Configured capacity")},
    {"rate_state", N_("Rate state")},
};

void weir_words_number(const weir_quantity_t *quantity, char *ret, size_t size)
{
    const char *point = localeconv()->decimal_point;
    const char *dot = strchr(quantity->number, '.');
    if (!dot || strcmp(point, ".") == 0) {
        (void)g_strlcpy(ret, quantity->number, size); /* cut only when `ret` is far too small */
        return;
    }
    (void)g_snprintf(ret, size, "%.*s%s%s", (int)(dot - quantity->number), quantity->number, point,
                     dot + 1);
}

char *weir_words_quantity(const weir_units_t *units, weir_unit_t unit, double value)
{
    char number[24];
    weir_quantity_t quantity = weir_quantity(units, unit, value);
    weir_words_number(&quantity, number, sizeof(number));
    return g_strdup_printf("%s%s%s", number, quantity.unit[0] ? " " : "", quantity.unit);
}

char *weir_words_safe(const char *name)
{
    weir_buf_t buf;
    weir_buf_init(&buf, (size_t)1 << 20);
    (void)weir_text_put_safe(&buf, name, true); /* its width is the layout's business */
    char *safe = g_strdup(weir_buf_text(&buf));
    weir_buf_done(&buf);
    return safe;
}

static char *cell_text(const weir_cell_t *cell)
{
    weir_buf_t buf;
    weir_buf_init(&buf, (size_t)1 << 20);
    weir_cell_put_text(&buf, cell, true);
    char *text = g_strdup(weir_buf_text(&buf));
    weir_buf_done(&buf);
    return text;
}

static char *number_text(const weir_cell_t *cell)
{
    char number[24];
    weir_words_number(&cell->quantity, number, sizeof(number));
    return g_strdup_printf("%s%s%s", number, cell->quantity.unit[0] ? " " : "",
                           cell->quantity.unit);
}

char *weir_words_cell(const weir_column_t *column, const weir_cell_t *cell)
{
    if (cell->unknown)
        return g_strdup("–");
    if (cell->value.type == WEIR_VALUE_BOOL)
        return g_strdup(cell->value.boolean ? _("yes") : _("no"));
    if (column->unit == WEIR_UNIT_TIME && cell->value.type == WEIR_VALUE_INT)
        return weir_words_time(cell->value.sint);
    if (cell->numeric)
        return number_text(cell);
    char *text = cell_text(cell);
    if (column->storage != WEIR_STORE_U8_WORD || !text[0])
        return text;
    char *translated = g_strdup(g_dpgettext2(NULL, "word", text));
    g_free(text);
    return translated;
}

static char *column_text(const weir_table_t *table, const char *id, const void *record)
{
    int position = weir_column_find(table, id);
    if (position < 0)
        return g_strdup("–");
    weir_cell_t cell = weir_cell(table, (size_t)position, record, &WEIR_UNITS_DEFAULT);
    return weir_words_cell(&table->columns[position], &cell);
}

static char *flow_text(const weir_table_t *table, const void *record)
{
    g_autofree char *src = column_text(table, "src", record);
    g_autofree char *src_port = column_text(table, "src_port", record);
    g_autofree char *dst = column_text(table, "dst", record);
    g_autofree char *dst_port = column_text(table, "dst_port", record);
    return g_strdup_printf("%s:%s → %s:%s", src, src_port, dst, dst_port);
}

char *weir_words_row(weir_table_id_t id, const void *record)
{
    static const char *const names[WEIR_TABLE_COUNT] = {
        [WEIR_TABLE_INTERFACES] = "name", [WEIR_TABLE_APPS] = "app",
        [WEIR_TABLE_HOSTS] = "address",   [WEIR_TABLE_PROTOCOLS] = "name",
        [WEIR_TABLE_FINDINGS] = "rule",
    };
    if (id == WEIR_TABLE_FLOWS)
        return flow_text(weir_table(id), record);
    return column_text(weir_table(id), names[id], record);
}

const char *weir_words_title(const weir_column_t *column)
{
    const weir_table_t *interfaces = weir_table(WEIR_TABLE_INTERFACES);
    int position = weir_column_find(interfaces, column->id);
    bool of_interfaces = position >= 0 && column == &interfaces->columns[position];
    for (size_t i = 0; of_interfaces && i < G_N_ELEMENTS(TITLES); i++)
        if (strcmp(TITLES[i].id, column->id) == 0)
            return _(TITLES[i].title);
    return _(column->title);
}

const char *weir_words_help(const weir_column_t *column)
{
    return _(column->help);
}

/* ---- The sentence ---------------------------------------------------------------------------- */

static char *link_say(const weir_sentence_t *said, const weir_units_t *units, const char *name)
{
    g_autofree char *use = weir_words_quantity(units, WEIR_UNIT_SHARE, said->utilisation);
    g_autofree char *rate = weir_words_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, said->rate);
    g_autofree char *link =
        weir_words_quantity(units, WEIR_UNIT_BITS_PER_SECOND, said->rate * 8 / said->utilisation);
    return g_strdup_printf(said->download ? _("%s is %s full: its download takes %s of %s")
                                          : _("%s is %s full: its upload takes %s of %s"),
                           name, use, rate, link);
}

static char *full_say(const weir_sentence_t *said, const weir_units_t *units, const char *name)
{
    g_autofree char *full = link_say(said, units, name);
    if (!said->app)
        return g_steal_pointer(&full);
    g_autofree char *app = weir_words_safe(said->app->app);
    g_autofree char *share = weir_words_quantity(units, WEIR_UNIT_SHARE, said->share);
    return said->share >= 1 ? g_strdup_printf(_("%s, all of it for %s"), full, app)
                            : g_strdup_printf(_("%s, %s of it for %s"), full, share, app);
}

static char *traffic_say(const weir_sentence_t *said, const weir_units_t *units, const char *name)
{
    g_autofree char *share = weir_words_quantity(units, WEIR_UNIT_SHARE, said->share);
    g_autofree char *use = weir_words_quantity(units, WEIR_UNIT_SHARE, said->utilisation);
    g_autofree char *carries = NULL;
    if (said->share >= 1)
        carries = g_strdup_printf(said->download ? _("%s carries all of the download")
                                                 : _("%s carries all of the upload"),
                                  name);
    else
        carries = g_strdup_printf(said->download ? _("%s carries %s of the download")
                                                 : _("%s carries %s of the upload"),
                                  name, share);
    if (!(said->utilisation > 0))
        return g_steal_pointer(&carries);
    return g_strdup_printf(_("%s and is %s full"), carries, use);
}

static char *app_say(const weir_sentence_t *said, const weir_units_t *units)
{
    g_autofree char *name = weir_words_safe(said->app->app);
    g_autofree char *share = weir_words_quantity(units, WEIR_UNIT_SHARE, said->share);
    g_autofree char *takes = NULL;
    if (said->share >= 1)
        takes = g_strdup_printf(said->download ? _("%s takes all of the download")
                                               : _("%s takes all of the upload"),
                                name);
    else
        takes = g_strdup_printf(said->download ? _("%s takes %s of the download")
                                               : _("%s takes %s of the upload"),
                                name, share);
    if (!said->peer)
        return g_steal_pointer(&takes);
    g_autofree char *peer = weir_words_safe(said->peer);
    return g_strdup_printf(said->download ? _("%s, mostly from %s") : _("%s, mostly to %s"), takes,
                           peer);
}

static char *away_say(const weir_sentence_t *said, const char *name, const char *rate)
{
    if (!said->peer)
        return g_strdup_printf(
            said->download ? _("The network is quiet; %s downloads %s in another network namespace")
                           : _("The network is quiet; %s uploads %s in another network namespace"),
            name, rate);
    g_autofree char *peer = weir_words_safe(said->peer);
    return g_strdup_printf(
        said->download
            ? _("The network is quiet; %s downloads %s from %s in another network namespace")
            : _("The network is quiet; %s uploads %s to %s in another network namespace"),
        name, rate, peer);
}

static char *elsewhere_say(const weir_sentence_t *said, const weir_units_t *units)
{
    g_autofree char *name = weir_words_safe(said->app->app);
    g_autofree char *rate = weir_words_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, said->rate);
    if (said->kind == WEIR_SENTENCE_AWAY)
        return away_say(said, name, rate);
    return g_strdup_printf(said->download
                               ? _("The network is quiet; %s receives %s within this machine")
                               : _("The network is quiet; %s sends %s within this machine"),
                           name, rate);
}

char *weir_words_sentence(const weir_snapshot_t *snapshot, const weir_units_t *units)
{
    static const char *const plain[] = {
        [WEIR_SENTENCE_NO_INTERFACE] = N_("There is no network interface"),
        [WEIR_SENTENCE_NONE_UP] = N_("No interface to the network is up"),
        [WEIR_SENTENCE_MEASURING] = N_("Measuring: rates are known after one interval"),
        [WEIR_SENTENCE_IDLE] = N_("The network is idle"),
    };
    weir_sentence_t said = weir_sentence_read(snapshot);
    if (said.kind < G_N_ELEMENTS(plain))
        return g_strdup(_(plain[said.kind]));
    if (said.kind == WEIR_SENTENCE_APP)
        return app_say(&said, units);
    if (said.kind == WEIR_SENTENCE_AWAY || said.kind == WEIR_SENTENCE_WITHIN)
        return elsewhere_say(&said, units);
    g_autofree char *name = weir_words_safe(said.iface->name);
    return said.kind == WEIR_SENTENCE_FULL ? full_say(&said, units, name)
                                           : traffic_say(&said, units, name);
}

/* ---- The books ------------------------------------------------------------------------------- */

static char *share_text(unsigned tenths)
{
    return g_strdup_printf("%u%s%u %%", tenths / 10, localeconv()->decimal_point, tenths % 10);
}

/* NULL: it is the programs'. */
static char *part_say(weir_carried_t carried, const char *share)
{
    switch (carried) {
    case WEIR_CARRIED_FORWARDED:
        return g_strdup_printf(_("%s forwarded"), share);
    case WEIR_CARRIED_KERNEL:
        return g_strdup_printf(_("%s by the kernel"), share);
    case WEIR_CARRIED_NOT_IP:
        return g_strdup_printf(_("%s not IP"), share);
    case WEIR_CARRIED_PROGRAMS:
    case WEIR_CARRIED_COUNT:
        break;
    }
    return NULL;
}

/* What is no program's, where it is worth a word: " (8.1 % forwarded, 1.0 % by the kernel)". */
static char *carried_say(const weir_balance_said_t *said)
{
    GString *line = g_string_new(NULL);
    for (int i = 0; i < WEIR_CARRIED_COUNT; i++) {
        g_autofree char *share = share_text(said->carried[i]);
        g_autofree char *part = part_say((weir_carried_t)i, share);
        if (part && said->carried[i] >= WEIR_CARRIED_SAID)
            g_string_append_printf(line, "%s%s", line->len ? ", " : " (", part);
    }
    if (line->len)
        g_string_append_c(line, ')');
    return g_string_free(line, FALSE);
}

static char *explained_say(const weir_balance_said_t *said, const weir_units_t *units)
{
    g_autofree char *bytes = weir_words_quantity(units, WEIR_UNIT_BYTES, said->bytes);
    g_autofree char *share = share_text(said->explained);
    g_autofree char *carried = carried_say(said);
    g_autofree char *first = said->explained == 1000
                                 ? g_strdup_printf(_("all of %s explained"), bytes)
                                 : g_strdup_printf(_("%s of %s explained"), share, bytes);
    if (said->explained >= 1000)
        return g_strconcat(first, carried, NULL);
    g_autofree char *left = share_text(1000 - said->explained);
    g_autofree char *rest = g_strdup_printf(_(", %s not"), left);
    return g_strconcat(first, carried, rest, NULL);
}

char *weir_words_balance(const weir_snapshot_t *snapshot, const weir_units_t *units)
{
    const weir_balance_t *balance = &snapshot->balance;
    weir_balance_said_t said = weir_balance_read(snapshot);
    const char *apps = !balance->measured                         ? NULL
                       : balance->accuracy == WEIR_ACCURACY_EXACT ? _("apps exact")
                                                                  : _("apps: your own, TCP only");
    if (!said.counted)
        return g_strdup(apps ? apps : "");
    g_autofree char *explained = explained_say(&said, units);
    return apps ? g_strdup_printf("%s · %s", apps, explained) : g_steal_pointer(&explained);
}

char *weir_words_clock(int64_t wall_ns, bool seconds)
{
    time_t at = (time_t)(wall_ns / 1000000000);
    struct tm local = {0};
    (void)localtime_r(&at, &local); /* fails for years beyond an int only */
    if (seconds)
        return g_strdup_printf("%02d:%02d:%02d", local.tm_hour, local.tm_min, local.tm_sec);
    return g_strdup_printf("%02d:%02d", local.tm_hour, local.tm_min);
}

char *weir_words_time(int64_t wall_ns)
{
    int64_t seconds = wall_ns / 1000000000 - (wall_ns % 1000000000 < 0);
    time_t at = (time_t)seconds;
    struct tm local = {0};
    (void)localtime_r(&at, &local); /* fails for years beyond an int only */
    return g_strdup_printf("%04d-%02d-%02d %02d:%02d:%02d.%03d", local.tm_year + 1900,
                           local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                           local.tm_sec, (int)((wall_ns - seconds * 1000000000) / 1000000));
}
