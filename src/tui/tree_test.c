#include "base/testing.h"

#include "tui/tree.h"

#include <stdio.h>

/** Lines of a packet as they stand: "0 0 14 Ethernet": depth, first byte, bytes, text. */
typedef struct line {
    uint8_t depth;
    uint32_t at, length;
    const char *text;
} line_t;

typedef struct fixture {
    weir_tree_t tree;
    weir_dissection_t dissection;
    weir_packet_view_t view;
} fixture_t;

static const line_t SYN[] = {
    {0, 0, 14, "Ethernet, a > b"}, {1, 0, 6, "Destination b"}, {1, 6, 6, "Source a"},
    {0, 14, 20, "IPv4, c > d"},    {1, 26, 4, "Source c"},     {0, 34, 20, "TCP, 1 > 2"},
    {1, 34, 2, "Source port 1"},   {1, 46, 2, "Flags SYN"},    {2, 46, 1, "Bit 1"},
};
static const line_t DNS[] = {
    {0, 0, 14, "Ethernet, a > b"}, {1, 0, 6, "Destination b"}, {0, 14, 20, "IPv4, c > e"},
    {1, 26, 4, "Source e"},        {0, 42, 30, "DNS, query"},  {1, 54, 9, "Question"},
};

static void fill(fixture_t *f, const line_t *lines, size_t count)
{
    f->dissection.line_count = 0;
    weir_buf_clear(&f->dissection.detail);
    for (size_t i = 0; i < count; i++) {
        f->dissection.lines[f->dissection.line_count++] =
            (weir_detail_line_t){.at = lines[i].at,
                                 .length = lines[i].length,
                                 .text = (uint32_t)f->dissection.detail.len,
                                 .depth = lines[i].depth};
        weir_buf_put(&f->dissection.detail, lines[i].text, strlen(lines[i].text) + 1);
    }
    f->view.dissection = &f->dissection;
    weir_tree_fill(&f->tree, &f->view);
}

static void fixture_init(fixture_t *f)
{
    memset(f, 0, sizeof(*f));
    assert_int_equal(weir_dissection_init(&f->dissection, true), 0);
}

static const char *shown(const fixture_t *f, size_t place)
{
    assert_true(place < f->tree.shown_count);
    return f->tree.items[f->tree.shown[place]].text;
}

/* At first the highest layer is open and selected. */
static void test_begin(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_tree_fill(&f.tree, NULL);
    assert_null(weir_tree_selected(&f.tree));
    weir_tree_open(&f.tree, true);
    fill(&f, SYN, WEIR_COUNT(SYN));
    assert_int_equal(f.tree.shown_count, 6);
    assert_string_equal(shown(&f, 0), "Ethernet, a > b");
    assert_string_equal(shown(&f, 2), "TCP, 1 > 2");
    assert_string_equal(shown(&f, 5), "Bit 1");
    assert_string_equal(weir_tree_selected(&f.tree)->text, "TCP, 1 > 2");
    weir_dissection_done(&f.dissection);
}

/* What was opened and selected stays with the next packet, whatever its layers. */
static void test_folds_stay(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    fill(&f, SYN, WEIR_COUNT(SYN));
    weir_tree_select(&f.tree, 1);
    weir_tree_open(&f.tree, true);
    weir_tree_select(&f.tree, 2);
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Source c");
    fill(&f, DNS, WEIR_COUNT(DNS));
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Source e");
    assert_int_equal(f.tree.shown_count, 5);
    weir_tree_open(&f.tree, false); /* has nothing below: its layer closes */
    assert_string_equal(weir_tree_selected(&f.tree)->text, "IPv4, c > e");
    assert_int_equal(f.tree.shown_count, 4);
    weir_tree_open_all(&f.tree, true);
    assert_int_equal(f.tree.shown_count, 6);
    weir_tree_open_all(&f.tree, false);
    assert_int_equal(f.tree.shown_count, 3);
    weir_tree_select(&f.tree, 99);
    assert_string_equal(weir_tree_selected(&f.tree)->text, "DNS, query");
    weir_dissection_done(&f.dissection);
}

/* A byte leads to the smallest line about it, and opens what hides that. */
static void test_seek(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    fill(&f, SYN, WEIR_COUNT(SYN));
    weir_tree_seek(&f.tree, 27);
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Source c");
    weir_tree_seek(&f.tree, 46);
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Bit 1");
    weir_tree_seek(&f.tree, 13);
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Ethernet, a > b");
    weir_tree_seek(&f.tree, 500); /* nothing is about it */
    assert_string_equal(weir_tree_selected(&f.tree)->text, "Ethernet, a > b");
    weir_dissection_done(&f.dissection);
}

/* Comments come first; a packet of nothing else has no layer. */
static void test_comments(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    static const char texts[] = "first\0second";
    f.view.comments = (weir_span_t){(const uint8_t *)texts, sizeof(texts)};
    fill(&f, DNS, WEIR_COUNT(DNS));
    assert_string_equal(shown(&f, 0), "first");
    assert_string_equal(shown(&f, 1), "second");
    assert_true(f.tree.items[1].comment);
    assert_string_equal(shown(&f, 2), "Ethernet, a > b");
    fill(&f, DNS, 0);
    assert_int_equal(f.tree.shown_count, 2);
    weir_dissection_done(&f.dissection);
}

/* More words than are remembered: the oldest are forgotten, nothing else. */
static void test_folds_have_a_ceiling(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    char words[2 * WEIR_TREE_FOLDS][16];
    for (size_t i = 0; i < WEIR_COUNT(words); i++) {
        (void)snprintf(words[i], sizeof(words[i]), "Layer%zu", i);
        const line_t lines[] = {{0, 0, 4, words[i]}, {1, 0, 2, "Field"}, {0, 4, 4, "Last"}};
        fill(&f, lines, WEIR_COUNT(lines));
        weir_tree_select(&f.tree, 0);
        weir_tree_open(&f.tree, true);
    }
    assert_int_equal(f.tree.fold_count, WEIR_TREE_FOLDS);
    const line_t newest[] = {
        {0, 0, 4, words[WEIR_COUNT(words) - 1]}, {1, 0, 2, "Field"}, {0, 4, 4, "Last"}};
    fill(&f, newest, WEIR_COUNT(newest));
    assert_int_equal(f.tree.shown_count, 3);
    const line_t oldest[] = {
        {0, 0, 4, words[0]}, {1, 0, 2, "Field"}, {0, 4, 4, "Last"}, {1, 4, 2, "Field"}};
    fill(&f, oldest, WEIR_COUNT(oldest));
    assert_int_equal(f.tree.shown_count, 3);
    weir_dissection_done(&f.dissection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin),
        cmocka_unit_test(test_folds_stay),
        cmocka_unit_test(test_seek),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_folds_have_a_ceiling),
    };
    return weir_test_run("tui/tree", tests);
}
