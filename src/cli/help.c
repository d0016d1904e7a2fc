#include "cli/options.h"

#include "base/number.h"
#include "base/text.h"
#include "detect/rules.h"
#include "model/catalogue.h"

#include <string.h>

#define TEXT_CEILING ((size_t)1 << 20)
#define WIDTH 90       /* columns of running text */
#define LIMIT_WIDTH 26 /* of "  name = value" */

static int text_print(weir_buf_t *text)
{
    bool closed = false;
    int status = weir_print(text, &closed); /* a closed pipe is no failure */
    weir_buf_done(text);
    return status;
}

static void option_put(weir_buf_t *text, const weir_option_t *option, const char *more)
{
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    size_t begin = text->len;
    weir_buf_printf(text, "  %s--%s%s%s", option->letter ? letter : "    ", option->name,
                    option->argument ? " " : "", option->argument ? option->argument : "");
    size_t used = text->len - begin;
    weir_buf_fill(text, ' ', used < 26 ? 26 - used : 2);
    weir_buf_printf(text, "%s%s\n", option->help, more);
}

static void command_help(weir_buf_t *text, const weir_command_t *command)
{
    weir_buf_printf(text, "weir %s - %s\n\nUsage: weir %s [OPTIONS]%s%s\n\nOptions:\n",
                    command->name, command->summary, command->name, command->operands[0] ? " " : "",
                    command->operands);
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++)
        if (command->options & WEIR_OPTION_BIT(i))
            option_put(text, &WEIR_OPTIONS[i],
                       i == WEIR_OPTION_FORMAT && command->pages ? "; html: a page" : "");
    weir_buf_printf(text, "\nExamples:\n%s", command->examples);
}

static void all_help(weir_buf_t *text)
{
    weir_buf_puts(text, "Weir shows what this machine's interfaces, apps and hosts carry, and what "
                        "captures hold.\n\n"
                        "Usage: weir [COMMAND] [OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        weir_buf_printf(text, "  %-12s%s%s\n", WEIR_COMMANDS[i].name, WEIR_COMMANDS[i].summary,
                        i == 0 ? " (default)" : "");
    weir_buf_puts(
        text, "\nTables: interfaces apps hosts flows protocols findings\n\n"
              "Examples:\n"
              "  weir                           watch every interface\n"
              "  weir show apps                 which programs send and receive\n"
              "  weir show --format json        once, for a script\n"
              "  weir read trace.pcap           what a capture holds\n"
              "  weir help show                 all options of a command\n"
              "  weir doctor                    what works here, what is hidden and why\n\n"
              "Weir sends nothing over the network. Interfaces and captures need no privilege;\n"
              "`weir doctor` tells what needs one.\n");
}

int weir_help_print(const weir_command_t *command)
{
    weir_buf_t text;
    weir_buf_init(&text, TEXT_CEILING);
    if (command)
        command_help(&text, command);
    else
        all_help(&text);
    return text_print(&text);
}

static void columns_put(weir_buf_t *text, const weir_table_t *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        weir_buf_printf(text, "  %-22s%s%s\n", table->columns[i].id, table->columns[i].help,
                        table->columns[i].asked_only ? " (printed with --columns only)" : "");
}

static int columns_help(const char *name)
{
    weir_buf_t text;
    bool packets = name && strcmp(name, weir_table(WEIR_TABLE_PACKETS)->id) == 0;
    int wanted = packets ? WEIR_TABLE_PACKETS : name ? weir_table_find(name) : -1;
    if (name && wanted < 0)
        return weir_say(
            WEIR_EXIT_USAGE,
            "there is no table '%s'; tables are interfaces apps hosts flows protocols findings "
            "packets",
            name);
    weir_buf_init(&text, TEXT_CEILING);
    for (int i = 0; i <= WEIR_TABLE_PACKETS; i++) {
        const weir_table_t *table = weir_table((weir_table_id_t)i);
        if (wanted >= 0 ? i != wanted : !table->column_count)
            continue;
        weir_buf_printf(&text, "%s: %s\n", table->id, table->will);
        columns_put(&text, table);
    }
    return text_print(&text);
}

static int filters_help(void)
{
    weir_buf_t text;
    weir_buf_init(&text, TEXT_CEILING);
    weir_buf_puts(
        &text,
        "A filter compares columns (`weir help columns`) and joins comparisons:\n\n"
        "  name=eth0                      = != on texts, words, truth values\n"
        "  name~\"^veth\"                   ~ !~ an extended regular expression\n"
        "  rx_bytes_per_s>1M              > >= < <= on numbers; K M G of 1000, Ki Mi Gi of 1024\n"
        "  addresses=10.0.0.0/8           an address or network; `host` and `net` mean either "
        "side\n"
        "  alias=null                     unknown; nothing else matches what is unknown\n"
        "  state=up and not (kind=veth or kind=bridge)\n\n"
        "Rates are in bytes per second, speeds in bits per second. Put a value in double quotes\n"
        "when it has other characters than A-Z a-z 0-9 _ . : / -\n"
        "Upper and lower case are not the same, but for the protocol and application of packets,\n"
        "whose spelling is fixed: `weir capture --filter protocol=dns` shows what stands as "
        "DNS.\n");
    return text_print(&text);
}

static void limit_put(weir_buf_t *text, const weir_limit_t *limit)
{
    size_t begin = text->len;
    weir_buf_printf(text, "  %s = ", limit->name);
    weir_number_put_real(text, limit->usual, 3);
    size_t used = text->len - begin;
    weir_buf_fill(text, ' ', used < LIMIT_WIDTH ? LIMIT_WIDTH - used : 2);
    weir_text_wrap(text, limit->why, LIMIT_WIDTH, WIDTH);
}

static int findings_help(void)
{
    weir_buf_t text;
    weir_buf_init(&text, TEXT_CEILING);
    weir_buf_puts(&text, "What `weir read`, `weir show findings` and the views find, and how the\n"
                         "configuration changes it:\n\n"
                         "  finding \"port-scan\" { ports = 30  mute = {\"192.0.2.7\", "
                         "\"10.1.0.0/16\"} }\n"
                         "  watch = {\"203.0.113.0/24\", \"bad.example\"}\n\n"
                         "Live, what was not seen for 5 minutes is over: it stands behind the\n"
                         "others, greyed, and a day later it is listed no more.\n");
    for (int i = 0; i < WEIR_RULE_COUNT; i++) {
        const weir_rule_t *rule = weir_rule((weir_rule_id_t)i);
        weir_buf_printf(&text, "\n%s (%s)\n  ", rule->id, WEIR_SEVERITY_WORDS[rule->severity]);
        weir_text_wrap(&text, rule->definition, 2, WIDTH);
        weir_buf_puts(&text, "  Source: ");
        weir_text_wrap(&text, rule->source, 10, WIDTH);
        for (int j = 0; j < WEIR_LIMITS_MOST && rule->limits[j].name; j++)
            limit_put(&text, &rule->limits[j]);
    }
    return text_print(&text);
}

int weir_help_run(weir_context_t *context)
{
    const weir_invocation_t *invocation = &context->invocation;
    if (!invocation->operand_count)
        return weir_help_print(NULL);
    const char *topic = invocation->operands[0];
    if (strcmp(topic, "columns") == 0)
        return columns_help(invocation->operand_count > 1 ? invocation->operands[1] : NULL);
    if (strcmp(topic, "filters") == 0 || strcmp(topic, "filter") == 0)
        return filters_help();
    if (strcmp(topic, "findings") == 0)
        return findings_help();
    const weir_command_t *command = weir_command_find(topic);
    if (command)
        return weir_help_print(command);
    static const char *const topics[] = {"columns", "filters", "findings"};
    const char *nearest = weir_text_nearest(topic, topics, WEIR_COUNT(topics));
    if (!nearest)
        nearest = weir_command_nearest(topic);
    if (nearest)
        return weir_say(WEIR_EXIT_USAGE, "there is no help on '%s'; did you mean '%s'?", topic,
                        nearest);
    return weir_say(WEIR_EXIT_USAGE, "there is no help on '%s'; try `weir help`", topic);
}
