#include "tui/tree.h"

#include <string.h>

/* The first word of a line, which says what it is about whatever the packet. */
static void word_of(const char *text, char word[static WEIR_TREE_WORD])
{
    size_t n = strcspn(text, " ,:");
    n = n < WEIR_TREE_WORD - 1 ? n : WEIR_TREE_WORD - 1;
    memcpy(word, text, n);
    word[n] = '\0';
}

static weir_tree_fold_t *fold_find(weir_tree_t *tree, const char *layer, const char *word)
{
    for (size_t i = 0; i < tree->fold_count; i++)
        if (strcmp(tree->folds[i].layer, layer) == 0 && strcmp(tree->folds[i].word, word) == 0)
            return &tree->folds[i];
    return NULL;
}

static void item_words(const weir_tree_t *tree, size_t item, char layer[static WEIR_TREE_WORD],
                       char word[static WEIR_TREE_WORD])
{
    word_of(tree->items[tree->items[item].layer].text, layer);
    word_of(tree->items[item].text, word);
}

static void item_add(weir_tree_t *tree, const char *text, const weir_detail_line_t *line)
{
    if (tree->count == WEIR_TREE_ITEMS)
        return;
    weir_tree_item_t item = {.text = text, .layer = (uint16_t)tree->count, .comment = !line};
    if (line) {
        item.at = line->at;
        item.length = line->length;
        item.depth = line->depth;
    }
    if (item.depth > 0 && tree->count > 0)
        item.layer = tree->items[tree->count - 1].layer;
    else
        item.depth = 0;
    if (item.depth > 0)
        tree->items[tree->count - 1].parent |= item.depth > tree->items[tree->count - 1].depth;
    tree->items[tree->count++] = item;
}

/* Of what the user has not touched the highest layer is open, and all below the layers. */
static void opens_set(weir_tree_t *tree)
{
    size_t last = 0;
    for (size_t i = 0; i < tree->count; i++)
        last = tree->items[i].depth == 0 && tree->items[i].parent ? i : last;
    for (size_t i = 0; i < tree->count; i++) {
        char layer[WEIR_TREE_WORD], word[WEIR_TREE_WORD];
        item_words(tree, i, layer, word);
        const weir_tree_fold_t *fold = fold_find(tree, layer, word);
        tree->items[i].open = fold ? fold->open : tree->items[i].depth > 0 || i == last;
    }
}

static void shown_make(weir_tree_t *tree)
{
    unsigned hidden = UINT8_MAX; /* deeper than this is hidden by a closed item */
    tree->shown_count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const weir_tree_item_t *item = &tree->items[i];
        if (item->depth > hidden)
            continue;
        hidden = item->parent && !item->open ? item->depth : UINT8_MAX;
        tree->shown[tree->shown_count++] = (uint16_t)i;
    }
}

static void cursor_keep(weir_tree_t *tree)
{
    if (tree->shown_count)
        item_words(tree, tree->shown[tree->cursor], tree->layer, tree->word);
}

/* Where the cursor stood by words: on the line, else on its layer, else on the highest layer. */
static void cursor_find(weir_tree_t *tree)
{
    char layer[WEIR_TREE_WORD], word[WEIR_TREE_WORD];
    size_t found = 0;
    for (size_t i = 0; i < tree->shown_count; i++)
        found = tree->items[tree->shown[i]].depth == 0 ? i : found;
    for (size_t i = tree->shown_count; i > 0; i--) {
        item_words(tree, tree->shown[i - 1], layer, word);
        if (strcmp(layer, tree->layer) != 0)
            continue;
        found = i - 1;
        if (strcmp(word, tree->word) == 0)
            break;
    }
    tree->cursor = found;
}

void weir_tree_fill(weir_tree_t *tree, const weir_packet_view_t *view)
{
    tree->count = 0;
    for (size_t at = 0; view && at < view->comments.len;) {
        const char *text = (const char *)view->comments.data + at;
        item_add(tree, text, NULL);
        at += strlen(text) + 1;
    }
    const weir_dissection_t *dissection = view ? view->dissection : NULL;
    for (size_t i = 0; dissection && i < dissection->line_count; i++)
        item_add(tree, dissection->detail.data + dissection->lines[i].text, &dissection->lines[i]);
    opens_set(tree);
    shown_make(tree);
    cursor_find(tree);
}

const weir_tree_item_t *weir_tree_selected(const weir_tree_t *tree)
{
    return tree->shown_count ? &tree->items[tree->shown[tree->cursor]] : NULL;
}

void weir_tree_select(weir_tree_t *tree, size_t place)
{
    if (!tree->shown_count)
        return;
    tree->cursor = place < tree->shown_count ? place : tree->shown_count - 1;
    cursor_keep(tree);
}

static size_t place_of(const weir_tree_t *tree, size_t item)
{
    size_t place = 0;
    while (place + 1 < tree->shown_count && tree->shown[place] < item)
        place++;
    return place;
}

/* Remember it; when there is no more room, the oldest word is forgotten. */
static void item_open(weir_tree_t *tree, size_t item, bool open)
{
    char layer[WEIR_TREE_WORD], word[WEIR_TREE_WORD];
    item_words(tree, item, layer, word);
    weir_tree_fold_t *fold = fold_find(tree, layer, word);
    if (!fold && tree->fold_count == WEIR_TREE_FOLDS) {
        memmove(tree->folds, tree->folds + 1, sizeof(tree->folds) - sizeof(tree->folds[0]));
        tree->fold_count--;
    }
    if (!fold)
        fold = &tree->folds[tree->fold_count++];
    memcpy(fold->layer, layer, sizeof(layer));
    memcpy(fold->word, word, sizeof(word));
    fold->open = open;
    tree->items[item].open = open;
}

void weir_tree_open(weir_tree_t *tree, bool open)
{
    if (!tree->shown_count)
        return;
    size_t item = tree->shown[tree->cursor];
    if (!open && (!tree->items[item].parent || !tree->items[item].open)) {
        unsigned depth = tree->items[item].depth;
        while (item > 0 && depth > 0 && tree->items[item].depth >= depth)
            item--; /* what it is below */
    }
    if (!tree->items[item].parent)
        return;
    item_open(tree, item, open);
    shown_make(tree);
    weir_tree_select(tree, place_of(tree, item));
}

void weir_tree_open_all(weir_tree_t *tree, bool open)
{
    const size_t layer = tree->shown_count ? tree->items[tree->shown[tree->cursor]].layer : 0;
    for (size_t i = 0; i < tree->count; i++)
        if (tree->items[i].parent && tree->items[i].depth == 0)
            item_open(tree, i, open);
    shown_make(tree);
    weir_tree_select(tree, place_of(tree, layer));
}

void weir_tree_seek(weir_tree_t *tree, uint32_t byte)
{
    size_t found = tree->count;
    for (size_t i = 0; i < tree->count; i++) {
        const weir_tree_item_t *item = &tree->items[i];
        bool about = byte >= item->at && byte - item->at < item->length;
        if (about && (found == tree->count || item->length <= tree->items[found].length))
            found = i;
    }
    if (found == tree->count)
        return;
    size_t layer = tree->items[found].layer;
    if (layer != found && !tree->items[layer].open)
        item_open(tree, layer, true);
    shown_make(tree);
    weir_tree_select(tree, place_of(tree, found));
}
