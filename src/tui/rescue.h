/*
 * What gives the terminal back when the program dies. The struct belongs to main, whose handlers of
 * fatal signals call weir_rescue_restore(); the terminal view fills and arms it.
 */
#ifndef WEIR_TUI_RESCUE_H
#define WEIR_TUI_RESCUE_H

#include <signal.h>
#include <stddef.h>
#include <termios.h>

typedef struct weir_rescue {
    volatile sig_atomic_t armed; /* set last, cleared first */
    int input_fd, output_fd;
    struct termios before;
    size_t len;
    char text[256]; /* sequences that leave the full screen */
} weir_rescue_t;

/** Give the terminal back if the rescue is armed. Safe in a signal handler, on any thread. */
void weir_rescue_restore(weir_rescue_t *rescue);

#endif
