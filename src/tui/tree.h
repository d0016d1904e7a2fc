/*
 * The lines that explain a packet, as a tree whose layers fold. What is open and where the cursor
 * stands is kept by words, so that it stays when another packet is looked at. Pure.
 */
#ifndef WEIR_TUI_TREE_H
#define WEIR_TUI_TREE_H

#include "client/packets.h"

#define WEIR_TREE_ITEMS (WEIR_DETAIL_LINES_MOST + 32)
#define WEIR_TREE_FOLDS 64
#define WEIR_TREE_WORD 24

typedef struct weir_tree_item {
    const char *text;    /* of the packet that was filled in */
    uint32_t at, length; /* [byte] of the frame that it is about */
    uint8_t depth;
    bool parent, open, comment;
    uint16_t layer; /* the item that it is below, or itself */
} weir_tree_item_t;

/** What the user opened or closed, by the first word of the line and its layer's. */
typedef struct weir_tree_fold {
    char layer[WEIR_TREE_WORD], word[WEIR_TREE_WORD];
    bool open;
} weir_tree_fold_t;

typedef struct weir_tree {
    weir_tree_item_t items[WEIR_TREE_ITEMS];
    size_t count;
    uint16_t shown[WEIR_TREE_ITEMS]; /* items that no closed one hides */
    size_t shown_count;
    size_t cursor; /* place in `shown` */
    weir_tree_fold_t folds[WEIR_TREE_FOLDS];
    size_t fold_count;
    char layer[WEIR_TREE_WORD], word[WEIR_TREE_WORD]; /* where the cursor stands */
} weir_tree_t;

/** Show a packet; its texts must live until the next one. NULL: none. */
void weir_tree_fill(weir_tree_t *tree, const weir_packet_view_t *view);
/** The item under the cursor, or NULL when there is none. */
const weir_tree_item_t *weir_tree_selected(const weir_tree_t *tree);
/** Move the cursor to a place, or the nearest that there is. */
void weir_tree_select(weir_tree_t *tree, size_t place);
/** Open or close the item under the cursor; closing what has nothing below closes its layer. */
void weir_tree_open(weir_tree_t *tree, bool open);
/** Open or close all. */
void weir_tree_open_all(weir_tree_t *tree, bool open);
/** Move the cursor to the most exact item about a byte, opening what hides it. */
void weir_tree_seek(weir_tree_t *tree, uint32_t byte);

#endif
