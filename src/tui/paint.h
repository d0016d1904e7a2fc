/*
 * Drawing on the screen: everything is clipped, styles are names, and text must be safe already
 * (weir_text_put_safe). Only this file and term.c know ncurses.
 */
#ifndef WEIR_TUI_PAINT_H
#define WEIR_TUI_PAINT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum weir_style {
    WEIR_STYLE_PLAIN,
    WEIR_STYLE_STRONG,
    WEIR_STYLE_DIM,
    WEIR_STYLE_DOWN, /* download, everywhere */
    WEIR_STYLE_UP,   /* upload, everywhere */
    WEIR_STYLE_TROUBLE,
    WEIR_STYLE_TITLE, /* column titles */
    WEIR_STYLE_CHOSEN,
    WEIR_STYLE_COUNT
} weir_style_t;

typedef struct weir_paint {
    int lines, columns;
    bool utf8;     /* text beyond ASCII may be shown */
    bool pictures; /* braille and block characters, too */
    uint32_t attributes[WEIR_STYLE_COUNT];
    weir_buf_t cut; /* scratch */
} weir_paint_t;

/** colours: as many as may be used, 0 none. */
void weir_paint_init(weir_paint_t *paint, int colours, bool utf8, bool pictures);
void weir_paint_done(weir_paint_t *paint);

/** Begin an empty picture of the terminal's present size; show what differs from the last one. */
void weir_paint_begin(weir_paint_t *paint);
void weir_paint_end(weir_paint_t *paint);

/** Draw from (y, x) as far as the line reaches; returns the column behind it. */
int weir_paint_put(weir_paint_t *paint, int y, int x, weir_style_t style, const char *text);
/** Draw in exactly `width` columns, cut in the middle or padded; returns the column behind it. */
int weir_paint_field(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                     const char *text);
/** Likewise at the right of the field. */
int weir_paint_right(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                     const char *text);
/** Draw as far as the line reaches up to `width` columns, with an ellipsis where it is cut off. */
int weir_paint_cut(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                   const char *text);
/** Empty part of a line, for what stands over other things. */
void weir_paint_blank(weir_paint_t *paint, int y, int x, int width);
/** Put the cursor there, or hide it (y < 0). */
void weir_paint_cursor(weir_paint_t *paint, int y, int x);

/** The UTF-8 text, or what stands for it in ASCII. */
static inline const char *weir_paint_word(const weir_paint_t *paint, const char *utf8,
                                          const char *ascii)
{
    return paint->utf8 ? utf8 : ascii;
}

#endif
