#include "tui/message.h"

#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>

#define SHOWN_NS (6 * WEIR_NS_PER_S)

uint64_t weir_message_put(weir_buf_t *message, bool utf8, const char *format, va_list args)
{
    weir_clock_t clock = weir_clock_system();
    char text[512];
    (void)vsnprintf(text, sizeof(text), format, args);
    weir_buf_clear(message);
    (void)weir_text_put_safe(message, text, utf8);
    return weir_clock_now(&clock).boot_ns + SHOWN_NS;
}
