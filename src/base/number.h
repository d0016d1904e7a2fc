/*
 * Numbers to text and back, the same in every locale.
 */
#ifndef WEIR_BASE_NUMBER_H
#define WEIR_BASE_NUMBER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define WEIR_NUMBER_TEXT_SIZE 32

/** Decimal digits of `value`; returns their count (at most 20). Not terminated. */
size_t weir_number_digits(uint64_t value, char ret_text[static WEIR_NUMBER_TEXT_SIZE]);
void weir_number_put(weir_buf_t *buf, uint64_t value);
void weir_number_put_signed(weir_buf_t *buf, int64_t value);
/**
 * `value` with at most `decimals` (0 to 9) digits after the point, trailing zeros left out, never
 * an exponent; fewer decimals where a double knows no more. What is no finite number, or is 2^64 or
 * more, is written as `null`.
 */
void weir_number_put_real(weir_buf_t *buf, double value, unsigned decimals);

/** All of `text` as a decimal number of at most `max`. Returns 0, -EINVAL or -ERANGE. */
WEIR_NODISCARD int weir_number_parse(const char *text, uint64_t max, uint64_t *ret_value);
/**
 * The decimal number ("12", "0.5", "-3") at the start of the `n` bytes at `text`, without exponent.
 * Returns how many bytes it took, 0 when there is none.
 */
size_t weir_number_scan(const char *text, size_t n, double *ret_value);
/**
 * Like weir_number_scan, with a multiplier behind it: K M G T (10^3 ...) or Ki Mi Gi Ti (2^10 ...);
 * k is taken for K. Returns how many bytes it took, 0 when there is no number.
 */
size_t weir_number_scan_scaled(const char *text, size_t n, double *ret_value);

#endif
