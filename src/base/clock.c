#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t = {0};
    (void)clock_gettime(id, &t); /* cannot fail for the clocks below */
    return (uint64_t)t.tv_sec * WEIR_NS_PER_S + (uint64_t)t.tv_nsec;
}

static void system_read(void *context, weir_instant_t *ret_now)
{
    (void)context;
    ret_now->awake_ns = clock_ns(CLOCK_MONOTONIC);
    ret_now->boot_ns = clock_ns(CLOCK_BOOTTIME); /* second, so that it is never the smaller one */
    ret_now->wall_ns = (int64_t)clock_ns(CLOCK_REALTIME);
}

weir_clock_t weir_clock_system(void)
{
    return (weir_clock_t){.read = system_read};
}

static void digits_put(char *to, size_t n, int64_t value)
{
    while (n-- > 0) {
        to[n] = (char)('0' + value % 10);
        value /= 10;
    }
}

size_t weir_time_text(int64_t wall_ns, char ret_text[static WEIR_TIME_TEXT_SIZE])
{
    const int64_t ns = (int64_t)WEIR_NS_PER_S;
    int64_t s = wall_ns / ns - (wall_ns % ns < 0);
    int64_t ms = (wall_ns % ns + (wall_ns % ns < 0 ? ns : 0)) / 1000000;
    struct tm tm = {.tm_year = 70, .tm_mday = 1};
    time_t seconds = (time_t)s;
    (void)gmtime_r(&seconds, &tm); /* on overflow the epoch stands */

    memcpy(ret_text, "0000-00-00T00:00:00.000Z", 25);
    digits_put(ret_text, 4, tm.tm_year + 1900);
    digits_put(ret_text + 5, 2, tm.tm_mon + 1);
    digits_put(ret_text + 8, 2, tm.tm_mday);
    digits_put(ret_text + 11, 2, tm.tm_hour);
    digits_put(ret_text + 14, 2, tm.tm_min);
    digits_put(ret_text + 17, 2, tm.tm_sec);
    digits_put(ret_text + 20, 3, ms);
    return 24;
}

static bool digits_take(const char **text, size_t n, int *ret_value)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *text += n;
    *ret_value = value;
    return true;
}

static bool char_take(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static bool fraction_take(const char **text, int64_t *ret_ns)
{
    if (!char_take(text, '.'))
        return true;
    int64_t unit = (int64_t)WEIR_NS_PER_S / 10;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9' && unit > 0; (*text)++, unit /= 10)
        *ret_ns += unit * (**text - '0');
    return true;
}

static bool day_exists(int year, int month, int day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (leap && month == 2);
}

int weir_time_parse(const char *text, int64_t *ret_wall_ns)
{
    struct tm tm = {0};
    int64_t fraction = 0;
    bool ok = digits_take(&text, 4, &tm.tm_year) && char_take(&text, '-') &&
              digits_take(&text, 2, &tm.tm_mon) && char_take(&text, '-') &&
              digits_take(&text, 2, &tm.tm_mday) && char_take(&text, 'T') &&
              digits_take(&text, 2, &tm.tm_hour) && char_take(&text, ':') &&
              digits_take(&text, 2, &tm.tm_min) && char_take(&text, ':') &&
              digits_take(&text, 2, &tm.tm_sec) && fraction_take(&text, &fraction) &&
              char_take(&text, 'Z') && *text == '\0';
    if (!ok || !day_exists(tm.tm_year, tm.tm_mon, tm.tm_mday) || tm.tm_hour > 23 ||
        tm.tm_min > 59 || tm.tm_sec > 60)
        return -EINVAL;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    int64_t wall_ns = 0;
    if (__builtin_mul_overflow((int64_t)timegm(&tm), (int64_t)WEIR_NS_PER_S, &wall_ns) ||
        __builtin_add_overflow(wall_ns, fraction, &wall_ns))
        return -EINVAL;
    *ret_wall_ns = wall_ns;
    return 0;
}
