/*
 * What of capturing works here, for `weir doctor`.
 */
#ifndef WEIR_PLATFORM_LINUX_CAPTURE_CHECKS_H
#define WEIR_PLATFORM_LINUX_CAPTURE_CHECKS_H

#include "platform/platform.h"

/** A packet socket by this process or by weir-load. 0, or as weir_platform_capture_permitted(). */
WEIR_NODISCARD int weir_capture_socket(bool *ret_helped, int *ret_fd, char *ret_error);
/** Tries each part; fills up to `room` checks and returns how many. */
size_t weir_capture_checks(weir_check_t *checks, size_t room);

#endif
