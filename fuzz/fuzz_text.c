/*
 * Text from outside: whatever comes in, nothing that a terminal obeys comes out, and the readers of
 * numbers, times and addresses stay inside.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "model/address.h"

#include <locale.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return 0;
}

static void must_be_safe(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            __builtin_trap();
}

static void readers_try(const char *text)
{
    size_t n = strlen(text);
    double real = 0;
    int64_t wall_ns = 0;
    uint64_t whole = 0;
    weir_address_t address;
    char time[WEIR_TIME_TEXT_SIZE];
    if (weir_number_scan_scaled(text, n, &real) > n || weir_number_scan(text, n, &real) > n)
        __builtin_trap();
    (void)!weir_number_parse(text, UINT64_MAX, &whole);
    if (weir_time_parse(text, &wall_ns) == 0)
        (void)weir_time_text(wall_ns, time);
    if (weir_address_parse(text, n, &address) == 0 && !weir_address_within(&address, &address))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    weir_buf_t buf;
    weir_buf_init(&buf, (size_t)1 << 24);
    size_t columns = weir_text_put_safe(&buf, text, true);
    must_be_safe(weir_buf_text(&buf));
    if (columns != weir_text_width(weir_buf_text(&buf)))
        __builtin_trap();
    char *safe = strdup(weir_buf_text(&buf));
    weir_buf_clear(&buf);
    if (safe)
        weir_text_put_column(&buf, safe, size % 40, true);
    if (weir_text_width(weir_buf_text(&buf)) != size % 40)
        __builtin_trap();
    weir_buf_clear(&buf);
    weir_json_put_string(&buf, text);
    weir_csv_put_text(&buf, text);
    must_be_safe(weir_buf_text(&buf));
    readers_try(text);
    free(safe);
    weir_buf_done(&buf);
    free(text);
    return 0;
}
