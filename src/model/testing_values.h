/*
 * Short names of values for tables of cases in unit tests.
 */
#ifndef WEIR_MODEL_TESTING_VALUES_H
#define WEIR_MODEL_TESTING_VALUES_H

#include "model/value.h"

#define UINT(n)                                                                                    \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_UINT, .uint = (n)                                                       \
    }
#define INT(n)                                                                                     \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_INT, .sint = (n)                                                        \
    }
#define REAL(n)                                                                                    \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_REAL, .real = (n)                                                       \
    }
#define TEXT(t)                                                                                    \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_TEXT, .text = (t)                                                       \
    }
#define BOOL(b)                                                                                    \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_BOOL, .boolean = (b)                                                    \
    }

#endif
