#include "base/testing.h"
#include "export/report.h"

/* The page of a report; the caller frees it. */
static char *page_make(const weir_report_t *report, size_t limit)
{
    weir_buf_t buf;
    weir_export_t export = {.units = WEIR_UNITS_DEFAULT};
    weir_buf_init(&buf, (size_t)1 << 24);
    weir_report_html(&buf, &export, report, limit);
    assert_int_equal(weir_buf_error(&buf), 0);
    char *page = strdup(weir_buf_text(&buf));
    weir_buf_done(&buf);
    return page;
}

static void nothing_is_a_page_too(void **state)
{
    (void)state;
    const weir_report_t report = {0};
    char *page = page_make(&report, 0);
    assert_non_null(strstr(page, "<h1>nothing</h1>"));
    assert_non_null(strstr(page, "No findings."));
    assert_non_null(strstr(page, "Nothing was skipped"));
    static const char *const absent[] = {"id=traffic", "id=protocols",     "id=applications",
                                         "id=hosts",   "id=conversations", "id=quality"};
    for (size_t i = 0; i < WEIR_COUNT(absent); i++)
        assert_null(strstr(page, absent[i]));
    free(page);
}

static void applications_stand_apart(void **state)
{
    (void)state;
    static const weir_protocol_t protocols[] = {
        {.layer = WEIR_LAYER_TRANSPORT, .name = "tcp", .packets = 3, .bytes = 300, .share = 1},
        {.layer = WEIR_LAYER_APPLICATION, .name = "TLS.<b>", .bytes = 200, .share = 0.67},
        {.layer = WEIR_LAYER_APPLICATION, .name = "DNS", .bytes = 100, .share = 0.33},
    };
    const weir_report_t report = {.protocols = protocols, .protocol_count = 3, .bytes = 300};
    char *page = page_make(&report, 1);
    const char *table = strstr(page, "<h2 id=applications>");
    assert_non_null(table);
    assert_non_null(strstr(table, "1 of 2, by bytes"));
    assert_non_null(strstr(table, ">TLS.&#60;b&#62;</th>"));
    assert_null(strstr(page, ">DNS<"));
    assert_null(strstr(page, ">Application<")); /* not among the layers again */
    assert_true(strstr(page, ">tcp</th>") < table);
    free(page);
}

static void texts_of_findings_are_escaped(void **state)
{
    (void)state;
    static const weir_finding_t findings[] = {{.rule = "dga",
                                               .object = "x",
                                               .severity = WEIR_SEVERITY_CRITICAL,
                                               .since = INT64_C(1700000000000000000),
                                               .last_seen = INT64_C(1700000060000000000),
                                               .text = "<script>",
                                               .evidence = "a\"b'c\x1b"}};
    const weir_report_t report = {.timed = true,
                                  .first_seen = INT64_C(1700000000000000000),
                                  .last_seen = INT64_C(1700000060000000000),
                                  .findings = findings,
                                  .finding_count = 1,
                                  .finding_note = "2 were <muted>"};
    char *page = page_make(&report, 0);
    assert_non_null(strstr(page, "<li class=critical><p><b>critical</b> &#60;script&#62;</p>"));
    assert_non_null(strstr(page, "dga, 22:13:20 to 22:14:20: a&#34;b&#39;c\\x1b</p>"));
    assert_non_null(strstr(page, "2 were &#60;muted&#62;"));
    assert_null(strstr(page, "<script"));
    free(page);
}

static void problems_are_told(void **state)
{
    (void)state;
    static const weir_report_file_t files[] = {
        {.name = "a/<x>.pcap", .format = "pcap", .truncated = true},
        {.name = "b", .problem = "<bad>"},
        {.name = "c"}};
    static const weir_report_skipped_t skipped[] = {{"<why>", 1, 60}};
    const weir_report_t report = {
        .files = files, .file_count = 3, .partial = true, .skipped = skipped, .skipped_count = 1};
    char *page = page_make(&report, 0);
    assert_non_null(strstr(page, "<title>&#60;x&#62;.pcap and 2 more files"));
    assert_non_null(strstr(page, "cut in its last packet"));
    assert_non_null(strstr(page, "damaged: &#60;bad&#62;"));
    assert_non_null(strstr(page, "&#60;why&#62;"));
    assert_non_null(strstr(page, "Partial: reading was interrupted"));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_a_page_too),
        cmocka_unit_test(applications_stand_apart),
        cmocka_unit_test(texts_of_findings_are_escaped),
        cmocka_unit_test(problems_are_told),
    };
    return weir_test_run("export/html", tests);
}
