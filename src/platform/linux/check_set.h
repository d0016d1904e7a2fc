/*
 * How the parts of `weir doctor` write their answers.
 */
#ifndef WEIR_PLATFORM_LINUX_CHECK_SET_H
#define WEIR_PLATFORM_LINUX_CHECK_SET_H

#include "platform/platform.h"

/** Set state and detail, which is cut where it is too long. */
__attribute__((format(printf, 3, 4))) void
weir_check_set(weir_check_t *check, weir_check_state_t state, const char *format, ...);

#endif
