/*
 * How the letters of real domains follow each other; made by tools/train_names.
 */
#ifndef WEIR_DETECT_NAMES_TABLE_H
#define WEIR_DETECT_NAMES_TABLE_H

#define WEIR_NAMES_LETTERS                                                                         \
    38 /* a-z, 0-9, '-', and what stands before the first and behind the last */
#define WEIR_NAMES_PAIRS (WEIR_NAMES_LETTERS * WEIR_NAMES_LETTERS)

/** For each letter behind each pair a level of unlikeliness, as a character. */
extern const char WEIR_NAMES_LEVELS[WEIR_NAMES_PAIRS][WEIR_NAMES_LETTERS + 1];
/** Of the levels in real domains; from what score on a label looks generated. */
extern const double WEIR_NAMES_MEAN, WEIR_NAMES_DEVIATION, WEIR_NAMES_THRESHOLD;

#endif
