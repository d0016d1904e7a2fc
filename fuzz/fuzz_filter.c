/*
 * Any text as a filter: it compiles or says where and why not, in words that a terminal may show,
 * and matching is quick. `not` around what compiles turns it around.
 */
#include "model/filter.h"
#include "model/testing.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const weir_address_t ADDRESSES[] = {
    {.bytes = {192, 168, 1, 20}, .family = WEIR_FAMILY_IPV4, .prefix = 24},
    {.bytes = {0xfe, 0x80, [15] = 1}, .family = WEIR_FAMILY_IPV6, .prefix = 64},
};

static const weir_sample_t RECORDS[] = {
    {.present = 0},
    {.present = UINT64_MAX, .protocol = UINT8_MAX},
    {.present = UINT64_MAX,
     .app = "web browser",
     .src = {.bytes = {10, 1, 2, 3}, .family = WEIR_FAMILY_IPV4, .prefix = 32},
     .dst = {.bytes = {0x20, 1, 0xd, 0xb8}, .family = WEIR_FAMILY_IPV6, .prefix = 128},
     .addresses = {.items = ADDRESSES, .count = 2},
     .src_port = 40000,
     .dst_port = 443,
     .bytes = UINT64_MAX,
     .unexplained = INT64_MIN,
     .rtt_ms = 12.5,
     .local = true},
};

/* As __builtin_trap(), but the reason is on the screen. */
static void require(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "fuzz_filter: %s\n", what);
    abort();
}

static void error_check(const weir_filter_error_t *error, const char *text)
{
    size_t n = strnlen(error->message, sizeof(error->message));
    require(error->at <= strlen(text), "an error points behind the text");
    require(n > 0 && n < sizeof(error->message), "an error has no message");
    for (size_t i = 0; i < n; i++)
        require(error->message[i] >= ' ' && error->message[i] <= '~', "a message is not plain");
}

static void negation_check(const weir_filter_t *filter, const char *text)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 8192);
    weir_buf_printf(&buf, "not (%s)", text);
    WEIR_CLEANUP(weir_filter_freep) weir_filter_t *negated = NULL;
    weir_filter_error_t error;
    /* may be one part or one level too much, or empty */
    if (weir_filter_parse(&WEIR_SAMPLE_TABLE, weir_buf_text(&buf), &negated, &error) == 0)
        for (size_t i = 0; i < WEIR_COUNT(RECORDS); i++)
            require(weir_filter_match(filter, &RECORDS[i]) !=
                        weir_filter_match(negated, &RECORDS[i]),
                    "'not' does not negate");
    weir_buf_done(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    WEIR_CLEANUP(weir_filter_freep) weir_filter_t *filter = NULL;
    weir_filter_error_t error = {.at = SIZE_MAX};
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    int r = weir_filter_parse(&WEIR_SAMPLE_TABLE, text, &filter, &error);
    require((r == 0) == (filter != NULL), "result and filter disagree");
    if (r < 0)
        error_check(&error, text);
    else
        negation_check(filter, text);
    free(text);
    return 0;
}
