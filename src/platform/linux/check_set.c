#include "platform/linux/check_set.h"

#include <stdarg.h>
#include <stdio.h>

void weir_check_set(weir_check_t *check, weir_check_state_t state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    check->state = state;
    (void)vsnprintf(check->detail, sizeof(check->detail), format, args);
    va_end(args);
}
