#include "detect/facts.h"

#include "base/clock.h"
#include "base/number.h"
#include "model/units.h"

#include <math.h>

bool weir_words_are_private(const uint64_t words[static 2], bool ipv6)
{
    const uint8_t *b = (const uint8_t *)words;
    if (ipv6)
        return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || words[0] == 0;
    return b[0] == 10 || b[0] == 127 || b[0] == 0 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
           (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) ||
           (b[0] == 100 && (b[1] & 0xc0) == 64);
}

void weir_telling_init(weir_telling_t *telling)
{
    weir_buf_init(&telling->object, 4 * (size_t)WEIR_OBJECT_SIZE);
    weir_buf_init(&telling->text, 4 * (size_t)WEIR_TEXT_SIZE);
    weir_buf_init(&telling->evidence, 4 * (size_t)WEIR_TEXT_SIZE);
}

void weir_telling_raise(weir_telling_t *telling, weir_book_t *book, weir_raise_t *raise)
{
    raise->object = weir_buf_text(&telling->object);
    raise->text = weir_buf_text(&telling->text);
    raise->evidence = weir_buf_text(&telling->evidence);
    weir_book_raise(book, raise);
    weir_buf_done(&telling->object);
    weir_buf_done(&telling->text);
    weir_buf_done(&telling->evidence);
}

void weir_words_put(weir_buf_t *buf, const uint64_t words[static 2], bool ipv6)
{
    weir_address_t address = weir_address_from_words(words, ipv6);
    weir_address_put(buf, &address, false);
}

void weir_about_put(weir_buf_t *buf, double count)
{
    if (count >= 100)
        weir_buf_puts(buf, "about ");
    weir_count_put(buf, (uint64_t)llround(count));
}

void weir_span_put(weir_buf_t *buf, int64_t ns)
{
    double seconds = (double)ns / (double)WEIR_NS_PER_S;
    if (seconds < 120) {
        weir_number_put_real(buf, seconds, seconds < 10 ? 1 : 0);
        weir_buf_puts(buf, " s");
    } else if (seconds < 7200) {
        weir_number_put_real(buf, seconds / 60, 0);
        weir_buf_puts(buf, " min");
    } else {
        weir_number_put_real(buf, seconds / 3600, 1);
        weir_buf_puts(buf, " h");
    }
}
