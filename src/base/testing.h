/*
 * What every unit test includes: cmocka with the headers it wants before it, and one way to run a
 * group. Tests print TAP, which the build's test runner counts case by case.
 */
#ifndef WEIR_BASE_TESTING_H
#define WEIR_BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** Run an array of cases as the group `name`; for `return` from main. */
#define weir_test_run(name, tests)                                                                 \
    (cmocka_set_message_output(CM_OUTPUT_TAP),                                                     \
     _cmocka_run_group_tests((name), (tests), sizeof(tests) / sizeof((tests)[0]), NULL, NULL))

#endif
