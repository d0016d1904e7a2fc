#include "model/value.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

bool weir_value_number(const weir_value_t *value, double *ret_number)
{
    switch (value->type) {
    case WEIR_VALUE_UINT:
        *ret_number = (double)value->uint;
        return true;
    case WEIR_VALUE_INT:
        *ret_number = (double)value->sint;
        return true;
    case WEIR_VALUE_REAL:
        *ret_number = value->real;
        return true;
    case WEIR_VALUE_NULL:
    case WEIR_VALUE_BOOL:
    case WEIR_VALUE_TEXT:
    case WEIR_VALUE_ADDRESS:
    case WEIR_VALUE_ADDRESSES:
    case WEIR_VALUE_NUMBERS:
        break;
    }
    return false;
}

static void addresses_put(weir_buf_t *buf, const weir_address_list_t *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            weir_buf_putc(buf, ' ');
        weir_address_put(buf, &list->items[i], true);
    }
}

static void numbers_put(weir_buf_t *buf, const weir_number_list_t *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            weir_buf_putc(buf, ' ');
        weir_number_put(buf, list->items[i]);
    }
}

void weir_value_put_text(weir_buf_t *buf, const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_VALUE_NULL:
        return;
    case WEIR_VALUE_BOOL:
        weir_buf_puts(buf, value->boolean ? "true" : "false");
        return;
    case WEIR_VALUE_UINT:
        weir_number_put(buf, value->uint);
        return;
    case WEIR_VALUE_INT:
        weir_number_put_signed(buf, value->sint);
        return;
    case WEIR_VALUE_REAL:
        weir_number_put_real(buf, value->real, 6);
        return;
    case WEIR_VALUE_TEXT:
        weir_buf_puts(buf, value->text);
        return;
    case WEIR_VALUE_ADDRESS:
        weir_address_put(buf, &value->address, false);
        return;
    case WEIR_VALUE_ADDRESSES:
        addresses_put(buf, &value->addresses);
        return;
    case WEIR_VALUE_NUMBERS:
        numbers_put(buf, &value->numbers);
        return;
    }
}

static int addresses_compare(const weir_address_list_t *a, const weir_address_list_t *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int r = weir_address_compare(&a->items[i], &b->items[i]);
        if (r)
            return r;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int numbers_compare(const weir_number_list_t *a, const weir_number_list_t *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->items[i] != b->items[i])
            return a->items[i] > b->items[i] ? 1 : -1;
    return (a->count > b->count) - (a->count < b->count);
}

/* What is no number has its place before all others, or no order would hold. */
static int reals_compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(b) != 0) - (isnan(a) != 0);
    return (a > b) - (a < b);
}

static int same_type_compare(const weir_value_t *a, const weir_value_t *b)
{
    switch (a->type) {
    case WEIR_VALUE_BOOL:
        return (int)a->boolean - (int)b->boolean;
    case WEIR_VALUE_UINT:
        return (a->uint > b->uint) - (a->uint < b->uint);
    case WEIR_VALUE_INT:
        return (a->sint > b->sint) - (a->sint < b->sint);
    case WEIR_VALUE_REAL:
        return reals_compare(a->real, b->real);
    case WEIR_VALUE_TEXT:
        return strcmp(a->text, b->text);
    case WEIR_VALUE_ADDRESS:
        return weir_address_compare(&a->address, &b->address);
    case WEIR_VALUE_ADDRESSES:
        return addresses_compare(&a->addresses, &b->addresses);
    case WEIR_VALUE_NUMBERS:
        return numbers_compare(&a->numbers, &b->numbers);
    case WEIR_VALUE_NULL:
        break;
    }
    return 0;
}

int weir_value_compare(const weir_value_t *a, const weir_value_t *b)
{
    if (a->type == b->type)
        return same_type_compare(a, b);
    return (a->type > b->type) - (a->type < b->type);
}
