#include "detect/names.h"

#include "base/clock.h"
#include "base/number.h"
#include "detect/names_table.h"
#include "detect/sketch.h"
#include "model/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LETTERS_LEAST 7u
#define BLOCK 16u /* messages at a time: what they need is asked for before it is looked at */
#define SETS ((size_t)512)
#define STALE_NS (INT64_C(3600) * (int64_t)WEIR_NS_PER_S)
#define EXAMPLES 4
#define EXAMPLE_SIZE 48
#define GENERATED_SHARE 0.2 /* of the different domains of an infected host, at least */
#define FAILED_SHARE 0.5
#define FAILURE_SERVFAIL 2
#define FAILURE_REFUSED 5
#define CODE_NXDOMAIN 3
#define SPREAD_LEAST 2.0 /* standard deviation of the lengths in a tunnel */

/* That somebody asked for. */
typedef struct domain {
    uint64_t hash;
    bool generated, missing; /* it looks so; it does not exist */
} domain_t;

#define NEWCOMER_DOMAINS 3

typedef struct newcomer {
    weir_shelf_entry_t entry;
    int64_t begin_ns; /* of the window */
    uint32_t names, count;
    domain_t domains[NEWCOMER_DOMAINS];
} newcomer_t;

typedef struct client {
    weir_shelf_entry_t entry;
    weir_address_t address;
    int64_t begin_ns, first_ns, last_ns;
    uint64_t last_domain;                      /* hash of the newest */
    uint64_t names;                            /* questions that count, in the window */
    weir_sketch_t domains, missing, generated; /* different ones, in the window */
    double most_generated, most_missing;       /* in the worst window */
    char examples[EXAMPLES][EXAMPLE_SIZE];
    uint8_t example_count;
    bool raised;
} client_t;

typedef struct parent {
    weir_shelf_entry_t entry;
    weir_address_t client;
    char domain[EXAMPLE_SIZE];
    char example[EXAMPLE_SIZE];
    int64_t begin_ns, first_ns;
    uint64_t count, bytes;
    double length_sum, length_squares;
    weir_sketch_t names;
    bool raised;
} parent_t;

typedef struct server {
    weir_shelf_entry_t entry;
    weir_address_t address;
    int64_t first_ns;
    uint64_t answers, failures;
} server_t;

/* ---- Names ----------------------------------------------------------------------------------- */

static unsigned letter_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a');
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 26;
    return 36;
}

static int level_of(unsigned a, unsigned b, unsigned c)
{
    int code = WEIR_NAMES_LEVELS[a * WEIR_NAMES_LETTERS + b][c] - '#';
    code -= code >= '\\' - '#';
    return code - (code >= '?' - '#');
}

double weir_names_score(const char *label, size_t n)
{
    if (n < LETTERS_LEAST)
        return 0;
    unsigned a = WEIR_NAMES_LETTERS - 1, b = WEIR_NAMES_LETTERS - 1;
    int sum = 0;
    for (size_t i = 0; i <= n; i++) {
        unsigned c = i < n ? letter_of(label[i]) : WEIR_NAMES_LETTERS - 1;
        sum += level_of(a, b, c);
        a = b;
        b = c;
    }
    double count = (double)n + 1;
    return ((double)sum / count - WEIR_NAMES_MEAN) / WEIR_NAMES_DEVIATION * sqrt(count);
}

/* Suffixes of two labels: those that registries below two-letter domains use. */
static bool suffix_is_deep(const char *second, size_t n, size_t top)
{
    static const char *const words[] = {"co", "com", "org", "net", "gov", "edu", "ac",  "ne",
                                        "or", "go",  "gob", "mil", "nom", "web", "info"};
    for (size_t i = 0; top == 2 && i < WEIR_COUNT(words); i++)
        if (strlen(words[i]) == n && memcmp(words[i], second, n) == 0)
            return true;
    return false;
}

/* Top-level domains have no digits, unless they are written as those of other scripts (RFC 3696,
 * 2): what ends otherwise stands below nobody's domain, and only its receiver can make sense of it.
 */
static bool name_has_domain(const char *name)
{
    const char *top = strrchr(name, '.');
    top = top ? top + 1 : name;
    return strncmp(top, "xn--", 4) == 0 || strcspn(top, "0123456789") == strlen(top);
}

const char *weir_names_registered(const char *name, size_t *ret_n)
{
    const char *begins[4] = {name, NULL, NULL, NULL}; /* of the last labels, the newest first */
    for (const char *c = name; *c; c++)
        if (*c == '.' && c[1]) {
            memmove(begins + 1, begins, 3 * sizeof(begins[0]));
            begins[0] = c + 1;
        }
    if (!begins[1])
        return NULL;
    size_t top = strlen(begins[0]), second = (size_t)(begins[0] - begins[1]) - 1;
    bool own = strcmp(begins[0], "arpa") == 0 || strcmp(begins[0], "local") == 0 ||
               strcmp(begins[0], "lan") == 0;
    bool deep = begins[2] && suffix_is_deep(begins[1], second, top);
    const char *label = deep ? begins[2] : begins[1];
    *ret_n = deep ? (size_t)(begins[1] - begins[2]) - 1 : second;
    return own || *ret_n == 0 || !name_has_domain(name) ? NULL : label;
}

static uint64_t text_hash(const weir_names_t *names, const char *text, size_t n)
{
    uint64_t hash = n;
    for (; n > sizeof(hash); n -= sizeof(hash), text += sizeof(hash)) {
        uint64_t word;
        memcpy(&word, text, sizeof(word));
        hash = weir_facts_hash(names->facts, hash, word);
    }
    uint64_t rest = 0;
    memcpy(&rest, text, n);
    return weir_facts_hash(names->facts, hash, rest);
}

static uint64_t host_hash(const weir_names_t *names, const weir_address_t *address)
{
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    return weir_facts_address(names->facts, words);
}

/* What is looked up of one message; made for some before the first of them is looked at. */
typedef struct question {
    const weir_event_t *event;
    const weir_address_t *client;
    const char *label; /* the registered one and all behind it; NULL: there is none */
    size_t n;          /* letters of that label alone */
    size_t below;      /* what stands before the domain, with its dot */
    uint64_t client_hash, domain_hash, parent_key; /* parent_key: if below >= 2 */
} question_t;

static void question_make(const weir_names_t *names, const weir_event_t *event,
                          question_t *question)
{
    const char *name = event->dns.name;
    size_t length = strlen(name), n = 0;
    const char *label = weir_names_registered(name, &n);
    bool counts = label || !name_has_domain(name);
    const weir_address_t *client = event->dns.answer ? &event->dst : &event->src;
    *question = (question_t){.event = event, .client = client, .label = label, .n = n};
    if (!counts)
        return;
    size_t below = label ? (size_t)(label - name) : length;
    question->below = below;
    question->client_hash = host_hash(names, client);
    question->domain_hash = text_hash(names, name + below, length - below);
    question->parent_key =
        weir_facts_hash(names->facts, question->client_hash, question->domain_hash);
    if (label)
        weir_shelf_expect(&names->newcomers, question->client_hash);
    if (below >= 2)
        weir_shelf_expect(&names->parents, question->parent_key);
}

/* ---- Generated names ------------------------------------------------------------------------- */

static bool answer_is_missing(const weir_event_t *event)
{
    return event->dns.answer && event->dns.code == CODE_NXDOMAIN;
}

static void client_open(client_t *client, const weir_event_t *event, double window_s)
{
    if (!weir_window_passed(client->begin_ns, event->time_ns, window_s))
        return;
    client->first_ns = client->raised ? client->first_ns : event->time_ns;
    client->begin_ns = event->time_ns;
    client->names = 0;
    client->last_domain = 0;
    memset(&client->domains, 0, sizeof(client->domains));
    memset(&client->missing, 0, sizeof(client->missing));
    memset(&client->generated, 0, sizeof(client->generated));
    client->example_count = client->raised ? client->example_count : 0;
}

static void client_judge(const weir_names_t *names, client_t *client)
{
    const double *limits = names->facts->limits.of[WEIR_RULE_DGA];
    double all = weir_sketch_count(&client->domains);
    double generated = weir_sketch_count(&client->generated);
    double missing = weir_sketch_count(&client->missing);
    bool odd = generated >= limits[WEIR_DGA_NAMES] && generated >= GENERATED_SHARE * all;
    bool lost = missing >= limits[WEIR_DGA_FAILED] && missing >= FAILED_SHARE * all;
    client->raised |= odd || lost;
    if (odd && generated > client->most_generated)
        client->most_generated = generated;
    if ((odd || lost) && missing > client->most_missing)
        client->most_missing = missing;
}

static void example_keep(client_t *client, const char *label)
{
    if (client->example_count == EXAMPLES)
        return;
    for (int i = 0; i < client->example_count; i++)
        if (strncmp(client->examples[i], label, EXAMPLE_SIZE - 1) == 0)
            return;
    (void)snprintf(client->examples[client->example_count++], EXAMPLE_SIZE, "%s", label);
}

static void domain_add(client_t *client, const domain_t *domain)
{
    (void)weir_sketch_add(&client->domains, domain->hash);
    if (domain->generated)
        (void)weir_sketch_add(&client->generated, domain->hash);
    if (domain->missing)
        (void)weir_sketch_add(&client->missing, domain->hash);
}

static bool label_is_generated(const question_t *question)
{
    return weir_names_score(question->label, question->n) > WEIR_NAMES_THRESHOLD;
}

/* Who asks for a few domains only is kept in little room, as most do. Returns whether it still has
 * some for this one. */
static bool newcomer_takes(const weir_names_t *names, newcomer_t *newcomer,
                           const question_t *question)
{
    const weir_event_t *event = question->event;
    double window_s = names->facts->limits.of[WEIR_RULE_DGA][WEIR_DGA_WINDOW];
    if (weir_window_passed(newcomer->begin_ns, event->time_ns, window_s)) {
        newcomer->begin_ns = event->time_ns;
        newcomer->names = newcomer->count = 0;
    }
    newcomer->entry.last_ns = event->time_ns;
    size_t i = 0;
    while (i < newcomer->count && newcomer->domains[i].hash != question->domain_hash)
        i++;
    if (i == NEWCOMER_DOMAINS)
        return false;
    newcomer->names++;
    domain_t *domain = &newcomer->domains[i];
    if (i == newcomer->count) {
        newcomer->entry.weight = ++newcomer->count;
        *domain =
            (domain_t){.hash = question->domain_hash, .generated = label_is_generated(question)};
    }
    domain->missing |= answer_is_missing(event);
    return true;
}

/* NULL: it has asked for little yet. */
static client_t *client_obtain(weir_names_t *names, const question_t *question)
{
    const weir_event_t *event = question->event;
    client_t *client = weir_shelf_find(&names->clients, question->client_hash);
    if (client)
        return client;
    newcomer_t *newcomer =
        weir_shelf_obtain(&names->newcomers, question->client_hash, event->time_ns);
    if (newcomer_takes(names, newcomer, question))
        return NULL;
    client = weir_shelf_obtain(&names->clients, question->client_hash, event->time_ns);
    client->address = *question->client;
    client->first_ns = client->begin_ns = newcomer->begin_ns;
    client->names = newcomer->names;
    for (size_t i = 0; i < newcomer->count; i++)
        domain_add(client, &newcomer->domains[i]);
    newcomer->entry.weight = 0; /* its room can be used */
    newcomer->count = 0;
    return client;
}

static void client_follow(weir_names_t *names, const question_t *question)
{
    const weir_event_t *event = question->event;
    client_t *client = client_obtain(names, question);
    if (!client)
        return;
    client_open(client, event, names->facts->limits.of[WEIR_RULE_DGA][WEIR_DGA_WINDOW]);
    client->names++;
    client->entry.weight++;
    client->entry.last_ns = event->time_ns;
    domain_t domain = {.hash = question->domain_hash, .missing = answer_is_missing(event)};
    if (domain.hash == client->last_domain && !domain.missing)
        return; /* an answer to what was looked at */
    client->last_domain = domain.hash;
    domain.generated = label_is_generated(question);
    domain_add(client, &domain);
    if (!domain.generated && !domain.missing)
        return;
    client->last_ns = event->time_ns;
    example_keep(client, question->label);
    client_judge(names, client);
}

static void client_tell(const weir_names_t *names, const client_t *client)
{
    const double *limits = names->facts->limits.of[WEIR_RULE_DGA];
    bool odd = client->most_generated > 0;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_address_put(&telling.object, &client->address, false);
    weir_address_put(&telling.text, &client->address, false);
    weir_buf_puts(&telling.text, odd ? " asks for generated names (DGA): "
                                     : " asks for domains that do not exist (DGA): ");
    weir_about_put(&telling.text, odd ? client->most_generated : client->most_missing);
    weir_buf_puts(&telling.text, odd ? " domains look generated, " : " different ones");
    if (odd) {
        weir_about_put(&telling.text, client->most_missing);
        weir_buf_puts(&telling.text, " do not exist");
    }
    weir_buf_puts(&telling.text, ", within ");
    weir_span_put(&telling.text, client->last_ns - client->first_ns);
    for (int i = 0; i < client->example_count; i++)
        weir_buf_printf(&telling.evidence, "%s%s", i ? ", " : "", client->examples[i]);
    weir_raise_t raise = {.rule = WEIR_RULE_DGA,
                          .since = client->first_ns,
                          .last_seen = client->last_ns,
                          .count = client->names,
                          .observed = odd ? client->most_generated : client->most_missing,
                          .expected = limits[odd ? WEIR_DGA_NAMES : WEIR_DGA_FAILED]};
    weir_telling_raise(&telling, names->facts->book, &raise);
}

/* ---- Tunnels --------------------------------------------------------------------------------- */

static bool parent_is_tunnel(const weir_names_t *names, const parent_t *parent)
{
    const double *limits = names->facts->limits.of[WEIR_RULE_DNS_TUNNEL];
    double count = (double)parent->count, mean = parent->length_sum / count;
    double variance = parent->length_squares / count - mean * mean;
    return mean >= limits[WEIR_DNS_TUNNEL_LENGTH] && variance >= SPREAD_LEAST * SPREAD_LEAST &&
           weir_sketch_count(&parent->names) >= limits[WEIR_DNS_TUNNEL_NAMES];
}

static void domain_keep(parent_t *parent, const char *domain)
{
    size_t n = strnlen(domain, sizeof(parent->domain) - 1);
    memcpy(parent->domain, domain, n);
    parent->domain[n] = '\0';
}

static void parent_follow(weir_names_t *names, const question_t *question)
{
    const weir_event_t *event = question->event;
    size_t below = question->below;
    double window_s = names->facts->limits.of[WEIR_RULE_DNS_TUNNEL][WEIR_DNS_TUNNEL_WINDOW];
    parent_t *parent = weir_shelf_obtain(&names->parents, question->parent_key, event->time_ns);
    if (!parent->raised && weir_window_passed(parent->begin_ns, event->time_ns, window_s)) {
        weir_shelf_entry_t entry = parent->entry;
        *parent = (parent_t){.entry = entry,
                             .begin_ns = event->time_ns,
                             .first_ns = event->time_ns,
                             .client = *question->client};
        domain_keep(parent, event->dns.name + below);
    }
    parent->bytes += event->dns.size;
    parent->entry.last_ns = event->time_ns;
    if (!weir_sketch_add(&parent->names, text_hash(names, event->dns.name, below)) &&
        event->dns.answer)
        return; /* the question was counted */
    double length = (double)below - 1;
    parent->count++;
    parent->length_sum += length;
    parent->length_squares += length * length;
    parent->entry.weight++;
    if (length > 20 && !parent->example[0])
        (void)snprintf(parent->example, sizeof(parent->example), "%.40s...", event->dns.name);
    parent->raised = parent->raised || parent_is_tunnel(names, parent);
}

static void parent_tell(const weir_names_t *names, const parent_t *parent)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    double different = weir_sketch_count(&parent->names);
    different = different < (double)parent->count ? different : (double)parent->count;
    weir_address_put(&telling.object, &parent->client, false);
    weir_address_put(&telling.text, &parent->client, false);
    weir_buf_printf(&telling.text, " tunnels through DNS below %s: ",
                    parent->domain[0] ? parent->domain : "no domain at all");
    weir_about_put(&telling.text, different);
    weir_buf_puts(&telling.text, " different names of ");
    weir_number_put_real(&telling.text, parent->length_sum / (double)parent->count, 0);
    weir_buf_puts(&telling.text, " letters, ");
    weir_quantity_put(&telling.text, &WEIR_UNITS_DEFAULT, WEIR_UNIT_BYTES, (double)parent->bytes);
    weir_buf_puts(&telling.text, " in ");
    weir_span_put(&telling.text, parent->entry.last_ns - parent->first_ns);
    weir_buf_puts(&telling.evidence, parent->example);
    weir_raise_t raise = {.rule = WEIR_RULE_DNS_TUNNEL,
                          .detail = parent->entry.key,
                          .since = parent->first_ns,
                          .last_seen = parent->entry.last_ns,
                          .count = parent->count,
                          .observed = different,
                          .expected =
                              names->facts->limits.of[WEIR_RULE_DNS_TUNNEL][WEIR_DNS_TUNNEL_NAMES]};
    weir_telling_raise(&telling, names->facts->book, &raise);
}

/* ---- Servers that fail ----------------------------------------------------------------------- */

/* A server is looked at from its first failure on: most never fail. */
static void server_follow(weir_names_t *names, const weir_event_t *event)
{
    bool failed = event->dns.code == FAILURE_SERVFAIL || event->dns.code == FAILURE_REFUSED;
    uint64_t key = host_hash(names, &event->src);
    server_t *server = failed ? weir_shelf_obtain(&names->servers, key, event->time_ns)
                              : weir_shelf_find(&names->servers, key);
    if (!server)
        return;
    server->first_ns = server->answers ? server->first_ns : event->time_ns;
    server->address = event->src;
    server->answers++;
    server->failures += failed;
    server->entry.weight++;
    server->entry.last_ns = event->time_ns;
}

static void server_tell(const weir_names_t *names, const server_t *server)
{
    const double *limits = names->facts->limits.of[WEIR_RULE_DNS_FAILURES];
    double share = (double)server->failures / (double)server->answers;
    if ((double)server->failures < limits[WEIR_DNS_FAILURES_COUNT] ||
        share < limits[WEIR_DNS_FAILURES_SHARE])
        return;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_address_put(&telling.object, &server->address, false);
    weir_buf_puts(&telling.text, "the name server ");
    weir_address_put(&telling.text, &server->address, false);
    weir_buf_puts(&telling.text, " fails: ");
    weir_count_put(&telling.text, server->failures);
    weir_buf_puts(&telling.text, " of ");
    weir_count_put(&telling.text, server->answers);
    weir_buf_puts(&telling.text, " answers are SERVFAIL or REFUSED");
    weir_raise_t raise = {.rule = WEIR_RULE_DNS_FAILURES,
                          .since = server->first_ns,
                          .last_seen = server->entry.last_ns,
                          .count = server->failures,
                          .observed = share,
                          .expected = limits[WEIR_DNS_FAILURES_SHARE]};
    weir_telling_raise(&telling, names->facts->book, &raise);
}

/* ---- All ------------------------------------------------------------------------------------- */

static void questions_follow(weir_names_t *names, const question_t *questions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const question_t *question = &questions[i];
        if (question->event->dns.answer)
            server_follow(names, question->event);
        if (question->label)
            client_follow(names, question);
        if (question->below >= 2)
            parent_follow(names, question);
    }
}

void weir_names_events(weir_names_t *names, const weir_event_t *events, size_t count)
{
    question_t block[BLOCK];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != WEIR_EVENT_DNS)
            continue;
        question_make(names, &events[i], &block[n++]);
        if (n < BLOCK)
            continue;
        questions_follow(names, block, n);
        n = 0;
    }
    questions_follow(names, block, n);
}

void weir_names_report(weir_names_t *names)
{
    const client_t *client = NULL;
    for (size_t at = 0; (client = weir_shelf_next(&names->clients, &at));)
        if (client->raised)
            client_tell(names, client);
    const parent_t *parent = NULL;
    for (size_t at = 0; (parent = weir_shelf_next(&names->parents, &at));)
        if (parent->raised)
            parent_tell(names, parent);
    const server_t *server = NULL;
    for (size_t at = 0; (server = weir_shelf_next(&names->servers, &at));)
        server_tell(names, server);
}

int weir_names_init(weir_names_t *names, weir_facts_t *facts)
{
    *names = (weir_names_t){.facts = facts};
    int r = weir_shelf_init(&names->newcomers, SETS * 2, sizeof(newcomer_t), STALE_NS);
    r = r < 0 ? r : weir_shelf_init(&names->clients, SETS, sizeof(client_t), STALE_NS);
    r = r < 0 ? r : weir_shelf_init(&names->parents, SETS * 2, sizeof(parent_t), STALE_NS);
    return r < 0 ? r : weir_shelf_init(&names->servers, SETS / 4, sizeof(server_t), STALE_NS);
}

void weir_names_done(weir_names_t *names)
{
    weir_shelf_done(&names->newcomers);
    weir_shelf_done(&names->clients);
    weir_shelf_done(&names->parents);
    weir_shelf_done(&names->servers);
}
