/*
 * A recursive-descent parser that emits reverse Polish code: tests push a truth value, and/or/not
 * combine them. Depth and length are bounded, so that a hostile filter costs little.
 */
#include "model/filter.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 32
#define STEPS_MAX 256
#define TEXT_MAX 4096
#define REGEX_COST_MAX 4096

typedef enum filter_op {
    OP_EQ,
    OP_NE,
    OP_GT,
    OP_GE,
    OP_LT,
    OP_LE,
    OP_MATCH,
    OP_NOT_MATCH
} filter_op_t;
typedef enum step_kind { STEP_TEST, STEP_AND, STEP_OR, STEP_NOT } step_kind_t;

typedef struct filter_step {
    step_kind_t kind;
    filter_op_t op;
    uint8_t columns[2]; /* the test holds if it does for one of them */
    uint8_t column_count;
    bool any_case;       /* of texts */
    weir_value_t wanted; /* a text is owned */
    regex_t *regex;      /* owned; NULL for other operators */
} filter_step_t;

struct weir_filter {
    const weir_table_t *table;
    size_t count;
    filter_step_t steps[STEPS_MAX];
};

typedef struct parser {
    const weir_table_t *table;
    const char *text;
    size_t at;
    unsigned depth;
    weir_filter_t *filter;
    weir_filter_error_t *error;
} parser_t;

/* A word or a quoted string of the text. */
typedef struct token {
    size_t at;
    size_t len;
    bool quoted;
    char text[256];
} token_t;

__attribute__((format(printf, 3, 4))) static int parser_fail(parser_t *p, size_t at,
                                                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    p->error->at = at;
    (void)vsnprintf(p->error->message, sizeof(p->error->message), format, args);
    va_end(args);
    return -EINVAL;
}

static void spaces_skip(parser_t *p)
{
    while (p->text[p->at] == ' ' || (p->text[p->at] >= '\t' && p->text[p->at] <= '\r'))
        p->at++;
}

/* ASCII in every locale; <ctype.h> would let a filter mean something else elsewhere. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           (c && strchr("_.:/-", c));
}

/* The word at the parser, without moving. */
static size_t word_length(const parser_t *p)
{
    size_t n = 0;
    while (is_word_char(p->text[p->at + n]))
        n++;
    return n;
}

static bool keyword_take(parser_t *p, const char *keyword)
{
    spaces_skip(p);
    size_t n = strlen(keyword);
    if (word_length(p) != n || strncmp(p->text + p->at, keyword, n) != 0)
        return false;
    p->at += n;
    return true;
}

static int quoted_read(parser_t *p, token_t *ret_token)
{
    size_t begin = p->at++;
    token_t token = {.at = begin, .quoted = true};
    while (p->text[p->at] != '"') {
        if (p->text[p->at] == '\\' && (p->text[p->at + 1] == '"' || p->text[p->at + 1] == '\\'))
            p->at++;
        if (!p->text[p->at])
            return parser_fail(p, begin, "this quote is never closed");
        if (token.len + 1 >= sizeof(token.text))
            return parser_fail(p, begin, "this text is longer than %zu bytes",
                               sizeof(token.text) - 1);
        token.text[token.len++] = p->text[p->at++];
    }
    p->at++;
    *ret_token = token;
    return 0;
}

static int token_read(parser_t *p, const char *what, token_t *ret_token)
{
    spaces_skip(p);
    if (p->text[p->at] == '"')
        return quoted_read(p, ret_token);
    token_t token = {.at = p->at, .len = word_length(p)};
    if (token.len == 0) {
        if (!p->text[p->at])
            return parser_fail(p, p->at, "%s is missing at the end", what);
        return parser_fail(
            p, p->at,
            "%s expected; put a value with other characters than A-Z a-z 0-9 _.:/- in quotes",
            what);
    }
    if (token.len >= sizeof(token.text))
        return parser_fail(p, p->at, "this word is too long");
    memcpy(token.text, p->text + p->at, token.len);
    p->at += token.len;
    *ret_token = token;
    return 0;
}

static int op_read(parser_t *p, filter_op_t *ret_op)
{
    static const struct {
        const char *text;
        filter_op_t op;
    } ops[] = {{"!=", OP_NE}, {">=", OP_GE}, {"<=", OP_LE}, {"!~", OP_NOT_MATCH},
               {"=", OP_EQ},  {">", OP_GT},  {"<", OP_LT},  {"~", OP_MATCH}};
    spaces_skip(p);
    for (size_t i = 0; i < WEIR_COUNT(ops); i++) {
        size_t n = strlen(ops[i].text);
        if (strncmp(p->text + p->at, ops[i].text, n) == 0) {
            p->at += n;
            *ret_op = ops[i].op;
            return 0;
        }
    }
    return parser_fail(p, p->at, "a comparison expected: = != > >= < <= ~ !~");
}

/* Words that stand for the columns of either side. */
static const struct {
    const char *word;
    const char *columns[4];
} SIDES[] = {
    {"host", {"src", "dst", "address", "addresses"}},
    {"net", {"src", "dst", "address", "addresses"}},
    {"port", {"src_port", "dst_port", NULL, NULL}},
    {"country", {"src_country", "dst_country", NULL, NULL}},
    {"as_number", {"src_as_number", "dst_as_number", NULL, NULL}},
    {"as_name", {"src_as_name", "dst_as_name", NULL, NULL}},
};

static void sides_resolve(parser_t *p, const char *word, filter_step_t *step)
{
    for (size_t i = 0; i < WEIR_COUNT(SIDES); i++) {
        if (strcmp(SIDES[i].word, word) != 0)
            continue;
        for (size_t j = 0; j < 4 && SIDES[i].columns[j]; j++) {
            int column = weir_column_find(p->table, SIDES[i].columns[j]);
            if (column >= 0 && step->column_count < WEIR_COUNT(step->columns))
                step->columns[step->column_count++] = (uint8_t)column;
        }
    }
}

static int column_resolve(parser_t *p, const token_t *name, filter_step_t *step)
{
    int column = weir_column_find(p->table, name->text);
    if (column >= 0) {
        step->columns[0] = (uint8_t)column;
        step->column_count = 1;
        return 0;
    }
    sides_resolve(p, name->text, step);
    if (step->column_count)
        return 0;
    const char *nearest = weir_column_nearest(p->table, name->text);
    weir_buf_t safe;
    weir_buf_init(&safe, 1024);
    (void)weir_text_put_safe(&safe, name->text, false);
    int r = parser_fail(p, name->at,
                        nearest ? "the table %s has no column '%s'; did you mean '%s'?"
                                : "the table %s has no column '%s'",
                        p->table->id, weir_buf_text(&safe), nearest);
    weir_buf_done(&safe);
    return r;
}

/*
 * How often the repetition at *at copies what stands before it; *at moves to the last of its
 * numbers. Braces that hold anything else are no repetition, and hide none.
 */
static size_t repetition_copies(const char **at)
{
    if (**at != '{')
        return **at == '+' ? 2 : 1;
    size_t most = 1;
    size_t number = 0;
    for (; is_digit((*at)[1]) || (*at)[1] == ','; ++*at) {
        number = is_digit((*at)[1]) ? number * 10 + (size_t)((*at)[1] - '0') : 0;
        number = number < REGEX_COST_MAX ? number : REGEX_COST_MAX;
        most = most > number ? most : number;
    }
    return most + (**at == ','); /* {2,} is what stands there, twice, and once more with a star */
}

/*
 * By how much the character at *at, after `before` (0 at the begin, a backslash for anything that
 * was escaped), multiplies what regcomp builds; *at moves to its end. A repetition of one character
 * nests with no other and only raises *single.
 */
static size_t piece_factor(const char **at, char before, size_t *single)
{
    if (**at == '|') /* a side that may be empty */
        return strchr("(|*?})^$\\", before) || strchr("|)", (*at)[1]) ? 2 : 1;
    if (!strchr("*+?{", **at))
        return 1;
    size_t copies = repetition_copies(at);
    if (strchr(")*+?}^$", before))
        return copies > 1 ? copies : 2;
    *single = *single > copies ? *single : copies;
    return 1;
}

/*
 * glibc's regcomp copies what is repeated, so that ((((a+)+)+)+)... or ((a{99}){99}){99} take any
 * memory; behind an anchor also what may be empty, as in ^(a?|b?)(c?|d?)...; and a back reference
 * takes any time to match. This is an upper bound: pieces that might nest are taken to nest.
 */
static bool pattern_is_costly(const char *pattern)
{
    size_t single = 1;
    size_t nested = 1;
    char before = '\0';
    for (const char *at = pattern; *at; at++) {
        nested *= piece_factor(&at, before, &single);
        if (nested * single * strlen(pattern) > REGEX_COST_MAX)
            return true;
        before = *at;
        if (before == '\\' && at[1] && is_digit(*++at))
            return true;
    }
    return false;
}

static int regex_resolve(parser_t *p, const token_t *value, filter_step_t *step)
{
    if (pattern_is_costly(value->text))
        return parser_fail(
            p, value->at,
            "this regular expression costs too much: nest fewer repetitions, no back references");
    regex_t *regex = malloc(sizeof(*regex));
    if (!regex)
        return -ENOMEM;
    int r =
        regcomp(regex, value->text, REG_EXTENDED | REG_NOSUB | (step->any_case ? REG_ICASE : 0));
    if (r != 0) {
        char why[96];
        (void)regerror(r, regex, why, sizeof(why));
        free(regex);
        return parser_fail(p, value->at, "no regular expression: %s", why);
    }
    step->regex = regex;
    return 0;
}

static bool column_is_number(const weir_column_t *column)
{
    return column->storage >= WEIR_STORE_U16 && column->storage <= WEIR_STORE_REAL;
}

static bool column_takes_number(const weir_column_t *column)
{
    return column_is_number(column) || column->storage == WEIR_STORE_NUMBERS;
}

static int number_resolve(parser_t *p, const weir_column_t *column, const token_t *value,
                          filter_step_t *step)
{
    double number = 0;
    int64_t time_ns = 0;
    if (column->unit == WEIR_UNIT_TIME && weir_time_parse(value->text, &time_ns) == 0)
        number = (double)time_ns;
    else if (weir_number_scan_scaled(value->text, value->len, &number) != value->len || !value->len)
        return parser_fail(p, value->at, "'%s' is compared with a number such as 10, 1.5M or 2Gi",
                           column->id);
    step->wanted = (weir_value_t){.type = WEIR_VALUE_REAL, .real = number};
    return 0;
}

static int bool_resolve(parser_t *p, const weir_column_t *column, const token_t *value,
                        filter_step_t *step)
{
    bool yes = strcmp(value->text, "true") == 0 || strcmp(value->text, "yes") == 0;
    if (!yes && strcmp(value->text, "false") != 0 && strcmp(value->text, "no") != 0)
        return parser_fail(p, value->at, "'%s' is true or false", column->id);
    step->wanted = (weir_value_t){.type = WEIR_VALUE_BOOL, .boolean = yes};
    return 0;
}

static int address_resolve(parser_t *p, const weir_column_t *column, const token_t *value,
                           filter_step_t *step)
{
    weir_address_t address;
    if (weir_address_parse(value->text, value->len, &address) < 0)
        return parser_fail(
            p, value->at,
            "'%s' is compared with an address or network such as 10.0.0.0/8 or fe80::1",
            column->id);
    step->wanted = (weir_value_t){.type = WEIR_VALUE_ADDRESS, .address = address};
    return 0;
}

static int text_resolve(parser_t *p, const weir_column_t *column, const token_t *value,
                        filter_step_t *step)
{
    for (uint8_t i = 0; i <= column->words_count && column->words_count; i++) {
        if (i == column->words_count) {
            const char *nearest =
                weir_text_nearest(value->text, column->words, column->words_count);
            return parser_fail(p, value->at,
                               nearest ? "no value of '%s'; did you mean '%s'?"
                                       : "no value of '%s'; `weir help columns` lists them",
                               column->id, nearest);
        }
        if (strcmp(column->words[i], value->text) == 0)
            break;
    }
    char *copy = strdup(value->text);
    if (!copy)
        return -ENOMEM;
    step->wanted = (weir_value_t){.type = WEIR_VALUE_TEXT, .text = copy};
    return 0;
}

static int value_resolve(parser_t *p, const token_t *value, size_t op_at, filter_step_t *step)
{
    const weir_column_t *column = &p->table->columns[step->columns[0]];
    bool ordered = step->op >= OP_GT && step->op <= OP_LE;
    bool pattern = step->op == OP_MATCH || step->op == OP_NOT_MATCH;
    step->any_case = column->any_case;
    if (!value->quoted && strcmp(value->text, "null") == 0 && !pattern && !ordered)
        return 0; /* wanted stays WEIR_VALUE_NULL */
    if (ordered && !column_is_number(column))
        return parser_fail(p, op_at, "'%s' has no order; use = != ~ or !~", column->id);
    if (pattern && (column_is_number(column) || column->storage == WEIR_STORE_BOOL))
        return parser_fail(p, op_at, "'%s' is no text; use = != > >= < or <=", column->id);
    if (pattern)
        return regex_resolve(p, value, step);
    if (column_takes_number(column))
        return number_resolve(p, column, value, step);
    if (column->storage == WEIR_STORE_BOOL)
        return bool_resolve(p, column, value, step);
    if (column->storage == WEIR_STORE_ADDRESS || column->storage == WEIR_STORE_ADDRESSES)
        return address_resolve(p, column, value, step);
    return text_resolve(p, column, value, step);
}

/* A step behind the others, which the filter owns from now on; NULL when it is full. */
static filter_step_t *step_add(parser_t *p, step_kind_t kind)
{
    if (p->filter->count >= STEPS_MAX)
        return NULL;
    filter_step_t *step = &p->filter->steps[p->filter->count++];
    step->kind = kind;
    return step;
}

static int too_long_fail(parser_t *p)
{
    return parser_fail(p, p->at, "the filter has more than %d parts", STEPS_MAX);
}

static int combine_add(parser_t *p, step_kind_t kind)
{
    return step_add(p, kind) ? 0 : too_long_fail(p);
}

static void step_release(filter_step_t *step)
{
    if (step->regex) {
        regfree(step->regex);
        free(step->regex);
    }
    if (step->wanted.type == WEIR_VALUE_TEXT)
        free((void *)(uintptr_t)step->wanted.text);
}

static int test_parse(parser_t *p)
{
    token_t name = {0};
    token_t value = {0};
    filter_step_t *step = step_add(p, STEP_TEST);
    if (!step)
        return too_long_fail(p);
    int r = token_read(p, "a column", &name);
    if (r < 0)
        return r;
    r = column_resolve(p, &name, step);
    if (r < 0)
        return r;
    spaces_skip(p);
    size_t op_at = p->at;
    r = op_read(p, &step->op);
    if (r < 0)
        return r;
    r = token_read(p, "a value", &value);
    return r < 0 ? r : value_resolve(p, &value, op_at, step);
}

static int or_parse(parser_t *p);

static int group_parse(parser_t *p)
{
    size_t begin = p->at++;
    int r = or_parse(p);
    if (r < 0)
        return r;
    spaces_skip(p);
    if (p->text[p->at] != ')')
        return parser_fail(p, begin, "this parenthesis is never closed");
    p->at++;
    return 0;
}

static int not_parse(parser_t *p)
{
    bool negate = false;
    while (keyword_take(p, "not"))
        negate = !negate;
    spaces_skip(p);
    int r = p->text[p->at] == '(' ? group_parse(p) : test_parse(p);
    if (r < 0 || !negate)
        return r;
    return combine_add(p, STEP_NOT);
}

static int and_parse(parser_t *p)
{
    int r = not_parse(p);
    while (r >= 0 && keyword_take(p, "and")) {
        r = not_parse(p);
        if (r >= 0)
            r = combine_add(p, STEP_AND);
    }
    return r;
}

static int or_parse(parser_t *p)
{
    if (++p->depth > DEPTH_MAX)
        return parser_fail(p, p->at, "parentheses are nested more than %d deep", DEPTH_MAX);
    int r = and_parse(p);
    while (r >= 0 && keyword_take(p, "or")) {
        r = and_parse(p);
        if (r >= 0)
            r = combine_add(p, STEP_OR);
    }
    p->depth--;
    return r;
}

static int all_parse(parser_t *p)
{
    spaces_skip(p);
    if (!p->text[p->at])
        return 0;
    int r = or_parse(p);
    if (r < 0)
        return r;
    spaces_skip(p);
    if (p->text[p->at])
        return parser_fail(p, p->at, "'and', 'or' or the end expected");
    return 0;
}

int weir_filter_parse(const weir_table_t *table, const char *text, weir_filter_t **ret_filter,
                      weir_filter_error_t *ret_error)
{
    WEIR_CLEANUP(weir_filter_freep) weir_filter_t *filter = calloc(1, sizeof(*filter));
    if (!filter)
        return -ENOMEM;
    filter->table = table;
    parser_t parser = {.table = table, .text = text, .filter = filter, .error = ret_error};
    if (strlen(text) > TEXT_MAX)
        return parser_fail(&parser, TEXT_MAX, "the filter is longer than %d bytes", TEXT_MAX);
    int r = all_parse(&parser);
    if (r < 0)
        return r;
    *ret_filter = WEIR_TAKE(filter);
    return 0;
}

void weir_filter_free(weir_filter_t *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++)
        step_release(&filter->steps[i]);
    free(filter);
}

static bool regex_matches(const regex_t *regex, const weir_value_t *value)
{
    if (value->type == WEIR_VALUE_TEXT)
        return regexec(regex, value->text, 0, NULL, 0) == 0;
    weir_buf_t text;
    weir_buf_init(&text, 1 << 16);
    weir_value_put_text(&text, value);
    bool matches = regexec(regex, weir_buf_text(&text), 0, NULL, 0) == 0;
    weir_buf_done(&text);
    return matches;
}

static bool numbers_contain(const weir_number_list_t *list, double wanted)
{
    bool any = false;
    for (size_t i = 0; i < list->count && !any; i++)
        any = list->items[i] >= wanted && list->items[i] <= wanted;
    return any;
}

static bool value_equals(const weir_value_t *value, const filter_step_t *step)
{
    const weir_value_t *wanted = &step->wanted;
    double number = 0;
    if (step->any_case && value->type == WEIR_VALUE_TEXT && wanted->type == WEIR_VALUE_TEXT)
        return strcasecmp(value->text, wanted->text) == 0;
    if (value->type == WEIR_VALUE_NUMBERS)
        return numbers_contain(&value->numbers, wanted->real);
    if (wanted->type == WEIR_VALUE_REAL)
        return weir_value_number(value, &number) && number >= wanted->real &&
               number <= wanted->real;
    if (wanted->type != WEIR_VALUE_ADDRESS)
        return value->type == wanted->type && weir_value_compare(value, wanted) == 0;
    if (value->type == WEIR_VALUE_ADDRESS)
        return weir_address_within(&value->address, &wanted->address);
    bool any = false;
    for (size_t i = 0; value->type == WEIR_VALUE_ADDRESSES && i < value->addresses.count && !any;
         i++)
        any = weir_address_within(&value->addresses.items[i], &wanted->address);
    return any;
}

static bool value_ordered(const weir_value_t *value, filter_op_t op, double wanted)
{
    double number = 0;
    if (!weir_value_number(value, &number))
        return false;
    switch (op) {
    case OP_GT:
        return number > wanted;
    case OP_GE:
        return number >= wanted;
    case OP_LT:
        return number < wanted;
    default:
        return number <= wanted;
    }
}

static bool value_matches(const filter_step_t *step, const weir_value_t *value)
{
    if (step->wanted.type == WEIR_VALUE_NULL && !step->regex)
        return (value->type == WEIR_VALUE_NULL) == (step->op == OP_EQ);
    if (value->type == WEIR_VALUE_NULL)
        return false;
    switch (step->op) {
    case OP_EQ:
        return value_equals(value, step);
    case OP_NE:
        return !value_equals(value, step);
    case OP_MATCH:
        return regex_matches(step->regex, value);
    case OP_NOT_MATCH:
        return !regex_matches(step->regex, value);
    default:
        return value_ordered(value, step->op, step->wanted.real);
    }
}

/* "Not the host" means that neither side is; everything else that one side is enough. */
static bool step_test(const weir_filter_t *filter, const filter_step_t *step, const void *record)
{
    bool every = step->op == OP_NE || step->op == OP_NOT_MATCH;
    for (uint8_t i = 0; i < step->column_count; i++) {
        weir_value_t value = weir_column_read(filter->table, step->columns[i], record);
        if (value_matches(step, &value) != every)
            return !every;
    }
    return every;
}

uint64_t weir_filter_columns(const weir_filter_t *filter)
{
    uint64_t columns = 0;
    for (size_t i = 0; i < filter->count; i++)
        for (uint8_t j = 0; j < filter->steps[i].column_count; j++)
            columns |= UINT64_C(1) << filter->steps[i].columns[j];
    return columns;
}

bool weir_filter_match(const weir_filter_t *filter, const void *record)
{
    bool stack[STEPS_MAX + 1] = {[0] = true};
    size_t n = 0;
    for (size_t i = 0; i < filter->count; i++) {
        const filter_step_t *step = &filter->steps[i];
        switch (step->kind) {
        case STEP_TEST:
            stack[n++] = step_test(filter, step, record);
            break;
        case STEP_AND:
            n--;
            stack[n - 1] = stack[n - 1] && stack[n];
            break;
        case STEP_OR:
            n--;
            stack[n - 1] = stack[n - 1] || stack[n];
            break;
        case STEP_NOT:
            stack[n - 1] = !stack[n - 1];
            break;
        }
    }
    return stack[0];
}
