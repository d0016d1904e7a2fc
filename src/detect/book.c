#include "detect/book.h"

#include "base/clock.h"
#include "base/index.h"
#include "base/number.h"

#include <errno.h>
#include <stdio.h>

#define TEXTS_CEILING ((size_t)1 << 24)

typedef struct detail {
    uint64_t id, count;
} detail_t;

typedef struct page {
    uint64_t key;
    weir_rule_id_t rule;
    int64_t since, last_seen;
    double observed, expected;
    uint64_t lead; /* the detail that the text is of */
    detail_t details[WEIR_DETAILS_MOST];
    size_t detail_count;
    bool more; /* details than that */
    char object[WEIR_OBJECT_SIZE], text[WEIR_TEXT_SIZE], evidence[WEIR_TEXT_SIZE];
} page_t;

struct weir_book {
    const weir_finding_options_t *options;
    int64_t now_ns; /* 0: of a capture, all of which is past */
    page_t *pages;  /* owned */
    size_t count, room;
    size_t of_rule[WEIR_RULE_COUNT];
    uint64_t suppressed[WEIR_RULE_COUNT]; /* raises for which there was no page */
    weir_index_t index;                   /* hash of rule and object -> page */
};

weir_book_t *weir_book_new(const weir_finding_options_t *options)
{
    weir_book_t *book = calloc(1, sizeof(*book));
    if (book)
        book->options = options;
    return book;
}

void weir_book_free(weir_book_t *book)
{
    if (!book)
        return;
    weir_index_done(&book->index);
    free(book->pages);
    free(book);
}

/* ---- Muting ---------------------------------------------------------------------------------- */

/* An object may go on behind its address: "192.0.2.1 port 22". */
static bool object_within(const char *object, const char *network)
{
    weir_address_t address, around;
    return weir_address_parse(network, strlen(network), &around) == 0 &&
           weir_address_parse(object, strcspn(object, " "), &address) == 0 &&
           weir_address_within(&address, &around);
}

static bool raise_is_muted(const weir_book_t *book, const weir_raise_t *raise)
{
    const char *rule = weir_rule(raise->rule)->id;
    for (size_t i = 0; book->options && i < book->options->mute_count; i++) {
        const weir_finding_mute_t *mute = &book->options->mutes[i];
        if (strcmp(mute->rule, "*") != 0 && strcmp(mute->rule, rule) != 0)
            continue;
        if (strcmp(mute->object, "*") == 0 || strcmp(mute->object, raise->object) == 0 ||
            object_within(raise->object, mute->object))
            return true;
    }
    return false;
}

/* ---- Ending ---------------------------------------------------------------------------------- */

static bool is_past(const weir_book_t *book, int64_t last_seen, int64_t seconds)
{
    return book->now_ns && book->now_ns - last_seen > seconds * (int64_t)WEIR_NS_PER_S;
}

/* The last page takes its place. */
static void page_remove(weir_book_t *book, size_t at)
{
    page_t *page = &book->pages[at];
    book->of_rule[page->rule]--;
    weir_index_remove(&book->index, page->key);
    *page = book->pages[--book->count];
    if (at < book->count && weir_index_set(&book->index, page->key, (uint32_t)at) < 0)
        book->suppressed[page->rule]++; /* what is new about it gets a page of its own */
}

void weir_book_advance(weir_book_t *book, int64_t now_ns)
{
    book->now_ns = now_ns;
    for (size_t i = book->count; i-- > 0;)
        if (is_past(book, book->pages[i].last_seen, WEIR_FINDING_OVER_S + WEIR_FINDING_KEPT_S))
            page_remove(book, i);
}

/* ---- Raising --------------------------------------------------------------------------------- */

static uint64_t raise_key(const weir_raise_t *raise)
{
    uint64_t hash = weir_hash_u64(raise->rule);
    for (const char *c = raise->object; *c; c++)
        hash = weir_hash_u64(hash ^ (uint8_t)*c);
    return hash;
}

static page_t *page_new(weir_book_t *book, const weir_raise_t *raise, uint64_t key)
{
    if (book->of_rule[raise->rule] >= WEIR_FINDINGS_MOST)
        return NULL;
    if (book->count == book->room) {
        size_t room = book->room ? book->room * 2 : 16;
        page_t *larger = realloc(book->pages, room * sizeof(*larger));
        if (!larger)
            return NULL;
        book->pages = larger;
        book->room = room;
    }
    if (weir_index_set(&book->index, key, (uint32_t)book->count) < 0)
        return NULL;
    page_t *page = &book->pages[book->count++];
    *page = (page_t){.rule = raise->rule, .since = raise->since, .last_seen = raise->last_seen};
    page->key = key;
    page->lead = raise->detail;
    (void)snprintf(page->object, sizeof(page->object), "%s", raise->object);
    book->of_rule[raise->rule]++;
    return page;
}

static void detail_note(page_t *page, const weir_raise_t *raise)
{
    size_t i = 0;
    while (i < page->detail_count && page->details[i].id != raise->detail)
        i++;
    if (i == WEIR_DETAILS_MOST) {
        page->more = true;
        return;
    }
    page->details[i] = (detail_t){raise->detail, raise->count};
    page->detail_count += i == page->detail_count;
}

void weir_book_raise(weir_book_t *book, const weir_raise_t *raise)
{
    if (raise_is_muted(book, raise))
        return;
    uint64_t key = raise_key(raise);
    uint32_t at = weir_index_get(&book->index, key);
    if (at == WEIR_INDEX_NONE &&
        is_past(book, raise->last_seen, WEIR_FINDING_OVER_S + WEIR_FINDING_KEPT_S))
        return; /* the detector has not forgotten it yet */
    page_t *page = at == WEIR_INDEX_NONE ? page_new(book, raise, key) : &book->pages[at];
    if (!page) {
        book->suppressed[raise->rule]++;
        return;
    }
    detail_note(page, raise);
    page->since = raise->since < page->since ? raise->since : page->since;
    page->last_seen = raise->last_seen > page->last_seen ? raise->last_seen : page->last_seen;
    if (raise->detail != page->lead && raise->observed <= page->observed)
        return;
    page->lead = raise->detail;
    page->observed = raise->observed;
    page->expected = raise->expected;
    (void)snprintf(page->text, sizeof(page->text), "%s", raise->text);
    (void)snprintf(page->evidence, sizeof(page->evidence), "%s", raise->evidence);
}

size_t weir_book_count(const weir_book_t *book)
{
    return book->count;
}

/* ---- Publishing ------------------------------------------------------------------------------ */

static uint64_t page_count(const page_t *page)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < page->detail_count; i++)
        sum += page->details[i].count;
    return sum;
}

static const char *page_text(const page_t *page, weir_pool_t *pool)
{
    char text[WEIR_TEXT_SIZE + 48];
    if (page->detail_count < 2)
        return weir_pool_text(pool, page->text);
    (void)snprintf(text, sizeof(text), "%s; and %s%zu more like it", page->text,
                   page->more ? "over " : "", page->detail_count - 1);
    return weir_pool_text(pool, text);
}

static int finding_compare(const void *left, const void *right)
{
    const weir_finding_t *a = left, *b = right;
    if (a->state != b->state)
        return a->state > b->state ? 1 : -1;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    double x = a->expected > 0 ? a->observed / a->expected : 0;
    double y = b->expected > 0 ? b->observed / b->expected : 0;
    if (x < y || x > y)
        return x < y ? 1 : -1;
    int order = strcmp(a->rule, b->rule);
    return order ? order : strcmp(a->object, b->object);
}

static void note_set(const weir_book_t *book, weir_pool_t *pool, weir_rows_t *rows)
{
    weir_buf_t text;
    weir_buf_init(&text, 4096);
    for (size_t i = 0; i < WEIR_RULE_COUNT; i++)
        if (book->suppressed[i])
            weir_buf_printf(&text, "%s%s: only the first %d are listed", text.len ? "; " : "",
                            weir_rule((weir_rule_id_t)i)->id, WEIR_FINDINGS_MOST);
    if (text.len)
        rows->note = weir_pool_text(pool, weir_buf_text(&text));
    weir_buf_done(&text);
}

int weir_book_publish(const weir_book_t *book, weir_snapshot_t *snapshot)
{
    const char *note = snapshot->rows[WEIR_TABLE_FINDINGS].note; /* what is hidden */
    weir_finding_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_FINDINGS, book->count);
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(TEXTS_CEILING);
    if (!rows || !pool)
        return -ENOMEM;
    uint64_t present = UINT64_MAX;
    if (!book->now_ns)
        present &= ~weir_column_bit(weir_table(WEIR_TABLE_FINDINGS), "state");
    for (size_t i = 0; i < book->count; i++) {
        const page_t *page = &book->pages[i];
        bool over = is_past(book, page->last_seen, WEIR_FINDING_OVER_S);
        rows[i] = (weir_finding_t){
            .present = present,
            .state = over ? WEIR_FINDING_OVER : WEIR_FINDING_ACTIVE,
            .rule = weir_rule(page->rule)->id,
            .object = weir_pool_text(pool, page->object),
            .severity = (uint8_t)weir_rule(page->rule)->severity,
            .since = page->since,
            .last_seen = page->last_seen,
            .count = page_count(page),
            .observed = page->observed,
            .expected = page->expected,
            .text = page_text(page, pool),
            .evidence = weir_pool_text(pool, page->evidence),
        };
        if (!rows[i].object || !rows[i].text || !rows[i].evidence)
            return -ENOMEM;
    }
    qsort(rows, book->count, sizeof(*rows), finding_compare);
    snapshot->rows[WEIR_TABLE_FINDINGS].note = note;
    note_set(book, pool, &snapshot->rows[WEIR_TABLE_FINDINGS]);
    weir_snapshot_hold(snapshot, pool);
    return 0;
}
