/*
 * Completions for three shells from the tables of commands, options, tables and columns.
 */
#include "cli/options.h"

#include <string.h>

static void words_put(weir_buf_t *text, const char *separator)
{
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        weir_buf_printf(text, "%s%s", i ? separator : "", WEIR_COMMANDS[i].name);
}

static void tables_put(weir_buf_t *text)
{
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        weir_buf_printf(text, "%s%s", i ? " " : "", weir_table((weir_table_id_t)i)->id);
}

static void columns_put(weir_buf_t *text, const weir_table_t *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        weir_buf_printf(text, "%s%s", i ? " " : "", table->columns[i].id);
}

static bool column_came_before(int table, const char *id)
{
    while (table-- > 0)
        if (weir_column_find(weir_table((weir_table_id_t)table), id) >= 0)
            return true;
    return false;
}

/* Those of all tables, each once. */
static void all_columns_put(weir_buf_t *text)
{
    for (int i = 0; i < WEIR_TABLE_COUNT; i++) {
        const weir_table_t *table = weir_table((weir_table_id_t)i);
        for (size_t j = 0; j < table->column_count; j++)
            if (!column_came_before(i, table->columns[j].id))
                weir_buf_printf(text, "%s%s", i || j ? " " : "", table->columns[j].id);
    }
}

/* How the argument of an option is completed. */
typedef enum argument_kind {
    ARGUMENT_NONE,
    ARGUMENT_WORDS,
    ARGUMENT_COLUMN,
    ARGUMENT_FILE,
    ARGUMENT_IFACE,
    ARGUMENT_ANY
} argument_kind_t;

static argument_kind_t argument_kind(size_t id)
{
    const weir_option_t *option = &WEIR_OPTIONS[id];
    if (!option->argument)
        return ARGUMENT_NONE;
    if (option->words)
        return ARGUMENT_WORDS;
    if (id == WEIR_OPTION_COLUMNS || id == WEIR_OPTION_SORT)
        return ARGUMENT_COLUMN;
    if (strcmp(option->argument, "FILE") == 0)
        return ARGUMENT_FILE;
    return id == WEIR_OPTION_INTERFACE ? ARGUMENT_IFACE : ARGUMENT_ANY;
}

#define IFACES "$(ls /sys/class/net 2>/dev/null)"
#define FILES                                                                                      \
    "mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); compopt -o filenames 2>/dev/null || :"

static void bash_argument_put(weir_buf_t *text, size_t id)
{
    const weir_option_t *option = &WEIR_OPTIONS[id];
    argument_kind_t kind = argument_kind(id);
    if (kind == ARGUMENT_NONE || kind == ARGUMENT_COLUMN)
        return;
    weir_buf_printf(text, "    --%s", option->name);
    if (option->letter)
        weir_buf_printf(text, "|-%c", option->letter);
    if (kind == ARGUMENT_FILE)
        weir_buf_puts(text, ") " FILES);
    else if (kind == ARGUMENT_ANY)
        weir_buf_puts(text, ") COMPREPLY=()");
    else
        weir_buf_printf(text, ") COMPREPLY=($(compgen -W \"%s\" -- \"$word\"))",
                        kind == ARGUMENT_IFACE ? IFACES : option->words);
    weir_buf_puts(text, "; return ;;\n");
}

/* `columns` becomes those of the table that is named, or usual. */
static void bash_columns_put(weir_buf_t *text)
{
    weir_buf_puts(text, "    case ${table:-interfaces} in\n");
    for (int i = 0; i < WEIR_TABLE_COUNT; i++) {
        const weir_table_t *table = weir_table((weir_table_id_t)i);
        weir_buf_printf(text, "    %s) columns='", table->id);
        columns_put(text, table);
        weir_buf_puts(text, "' ;;\n");
    }
    weir_buf_puts(text, "    esac\n");
}

static void bash_options_put(weir_buf_t *text, const weir_command_t *command)
{
    weir_buf_printf(text, "        %s) options='", command->name);
    const char *separator = "";
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++) {
        if (!(command->options & WEIR_OPTION_BIT(i)))
            continue;
        weir_buf_printf(text, "%s--%s", separator, WEIR_OPTIONS[i].name);
        separator = " ";
    }
    weir_buf_puts(text, "' ;;\n");
}

static void bash_begin(weir_buf_t *text)
{
    weir_buf_puts(text,
                  "# bash completion for weir\n_weir()\n{\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local i command='' table='' columns='' options=''\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        case ${COMP_WORDS[i]} in\n"
                  "        --file) table=${table:-flows} ;;\n"
                  "        -*) ;;\n        ");
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        weir_buf_printf(text, "%s%s", i ? "|" : "", weir_table((weir_table_id_t)i)->id);
    weir_buf_puts(text, ") table=${COMP_WORDS[i]} ;;\n"
                        "        *) command=${command:-${COMP_WORDS[i]}} ;;\n"
                        "        esac\n    done\n");
}

static void bash_words_put(weir_buf_t *text)
{
    weir_buf_puts(text, "    if [[ $word == -* ]]; then\n        case ${command:-live} in\n");
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        bash_options_put(text, &WEIR_COMMANDS[i]);
    weir_buf_puts(text, "        esac\n"
                        "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                        "        return\n    fi\n    case $command in\n"
                        "    '') COMPREPLY=($(compgen -W \"");
    words_put(text, " ");
    weir_buf_puts(text, "\" -- \"$word\")) ;;\n    read|gui) " FILES " ;;\n"
                        "    live|show) COMPREPLY=($(compgen -W \"");
    tables_put(text);
    weir_buf_puts(text,
                  "\" -- \"$word\")) ;;\n    help) COMPREPLY=($(compgen -W \"columns filters ");
    words_put(text, " ");
    weir_buf_puts(text, "\" -- \"$word\")) ;;\n    completion) COMPREPLY=($(compgen -W \"bash zsh "
                        "fish\" -- \"$word\")) ;;\n"
                        "    esac\n}\ncomplete -F _weir weir\n");
}

static void bash_put(weir_buf_t *text)
{
    bash_begin(text);
    bash_columns_put(text);
    weir_buf_puts(text,
                  "    case $before in\n"
                  "    --columns) COMPREPLY=($(compgen -P \"${word%\"${word##*,}\"}\" "
                  "-W \"$columns\" -- \"${word##*,}\")); return ;;\n"
                  "    --sort) i=''; [[ $word == -* ]] && i=-\n"
                  "        COMPREPLY=($(compgen -P \"$i\" -W \"$columns\" -- \"${word#-}\")); "
                  "return ;;\n");
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++)
        bash_argument_put(text, i);
    weir_buf_puts(text, "    esac\n");
    bash_words_put(text);
}

/* zsh takes brackets and colons of a description for its own. */
static void zsh_help_put(weir_buf_t *text, const char *help)
{
    for (; *help; help++) {
        if (strchr("[]:\\", *help))
            weir_buf_putc(text, '\\');
        if (*help == '\'')
            weir_buf_puts(text, "'\\''");
        else
            weir_buf_putc(text, *help);
    }
}

static void zsh_option_put(weir_buf_t *text, size_t id)
{
    const weir_option_t *option = &WEIR_OPTIONS[id];
    weir_buf_printf(text, "        '--%s%s[", option->name, option->argument ? "=" : "");
    zsh_help_put(text, option->help);
    weir_buf_putc(text, ']');
    switch (argument_kind(id)) {
    case ARGUMENT_NONE:
        break;
    case ARGUMENT_WORDS:
        weir_buf_printf(text, ":%s:(%s)", option->argument, option->words);
        break;
    case ARGUMENT_COLUMN:
        weir_buf_puts(text, ":column:(");
        all_columns_put(text);
        weir_buf_putc(text, ')');
        break;
    case ARGUMENT_FILE:
        weir_buf_puts(text, ":file:_files");
        break;
    case ARGUMENT_IFACE:
        weir_buf_puts(text, ":interface:_net_interfaces");
        break;
    case ARGUMENT_ANY:
        weir_buf_printf(text, ":%s: ", option->argument);
        break;
    }
    weir_buf_puts(text, "' \\\n");
}

static void zsh_put(weir_buf_t *text)
{
    weir_buf_puts(text, "#compdef weir\n_weir()\n{\n    _arguments -S \\\n");
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++)
        zsh_option_put(text, i);
    weir_buf_puts(text, "        '1:command:(");
    words_put(text, " ");
    weir_buf_puts(text, ")' \\\n        '2:table:(");
    tables_put(text);
    weir_buf_puts(text, ")'\n}\n_weir \"$@\"\n");
}

static void fish_option_put(weir_buf_t *text, size_t id)
{
    const weir_option_t *option = &WEIR_OPTIONS[id];
    argument_kind_t kind = argument_kind(id);
    weir_buf_printf(text, "complete -c weir -l %s", option->name);
    if (option->letter)
        weir_buf_printf(text, " -s %c", option->letter);
    if (kind == ARGUMENT_FILE)
        weir_buf_puts(text, " -r -F");
    else if (kind != ARGUMENT_NONE)
        weir_buf_puts(text, " -x");
    if (kind == ARGUMENT_WORDS)
        weir_buf_printf(text, " -a '%s'", option->words);
    if (kind == ARGUMENT_IFACE)
        weir_buf_puts(text, " -a '(ls /sys/class/net)'");
    if (kind == ARGUMENT_COLUMN) {
        weir_buf_puts(text, " -a '");
        all_columns_put(text);
        weir_buf_putc(text, '\'');
    }
    weir_buf_puts(text, " -d '");
    for (const char *c = option->help; *c; c++)
        weir_buf_printf(text, *c == '\'' ? "\\%c" : "%c", *c);
    weir_buf_puts(text, "'\n");
}

static void fish_put(weir_buf_t *text)
{
    weir_buf_puts(text, "# fish completion for weir\ncomplete -c weir -f\n");
    for (size_t i = 0; i < WEIR_COMMANDS_COUNT; i++)
        weir_buf_printf(text, "complete -c weir -n __fish_use_subcommand -a %s -d '%s'\n",
                        WEIR_COMMANDS[i].name, WEIR_COMMANDS[i].summary);
    weir_buf_puts(text, "complete -c weir -n '__fish_seen_subcommand_from live show' -a '");
    tables_put(text);
    weir_buf_puts(text, "'\n");
    for (size_t i = 0; i < WEIR_OPTION_IDS; i++)
        fish_option_put(text, i);
}

int weir_completion_run(weir_context_t *context)
{
    static const struct {
        const char *shell;
        void (*put)(weir_buf_t *text);
    } shells[] = {{"bash", bash_put}, {"zsh", zsh_put}, {"fish", fish_put}};
    const weir_invocation_t *invocation = &context->invocation;
    for (size_t i = 0; invocation->operand_count == 1 && i < WEIR_COUNT(shells); i++) {
        if (strcmp(shells[i].shell, invocation->operands[0]) != 0)
            continue;
        weir_buf_t text;
        weir_buf_init(&text, (size_t)1 << 20);
        shells[i].put(&text);
        bool closed = false;
        int status = weir_print(&text, &closed); /* a closed pipe is no failure */
        weir_buf_done(&text);
        return status;
    }
    return weir_say(WEIR_EXIT_USAGE, "completion: name one shell: bash, zsh or fish");
}
