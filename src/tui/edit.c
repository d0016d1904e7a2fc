#include "tui/edit.h"

#include "base/text.h"
#include "tui/keys.h"

#include <string.h>

void weir_edit_set(weir_edit_t *edit, const char *text)
{
    *edit = (weir_edit_t){0};
    edit->len = strnlen(text, WEIR_EDIT_SIZE - 1);
    memcpy(edit->text, text, edit->len);
    edit->at = edit->len;
}

/* Replace text[from..to) by `n` bytes and put the cursor behind them. */
static bool span_replace(weir_edit_t *edit, size_t from, size_t to, const char *text, size_t n)
{
    if (edit->len - (to - from) + n >= WEIR_EDIT_SIZE)
        return false;
    memmove(edit->text + from + n, edit->text + to, edit->len - to);
    memcpy(edit->text + from, text, n);
    edit->len = edit->len - (to - from) + n;
    edit->text[edit->len] = '\0';
    edit->at = from + n;
    return true;
}

static bool is_inner(char byte)
{
    return ((uint8_t)byte & 0xc0) == 0x80; /* not the first byte of a character */
}

static size_t char_before(const weir_edit_t *edit)
{
    size_t at = edit->at;
    while (at > 0 && is_inner(edit->text[--at]))
        ;
    return at;
}

static size_t char_after(const weir_edit_t *edit)
{
    size_t at = edit->at;
    if (at < edit->len)
        at++;
    while (at < edit->len && is_inner(edit->text[at]))
        at++;
    return at;
}

static size_t word_before(const weir_edit_t *edit)
{
    size_t at = edit->at;
    while (at > 0 && edit->text[at - 1] == ' ')
        at--;
    while (at > 0 && edit->text[at - 1] != ' ')
        at--;
    return at;
}

static bool char_insert(weir_edit_t *edit, uint32_t point)
{
    char text[4];
    if (point >= WEIR_KEY_SPECIAL || weir_text_columns(point) <= 0)
        return false;
    return span_replace(edit, edit->at, edit->at, text, weir_utf8_encode(point, text));
}

static bool cursor_move(weir_edit_t *edit, size_t at)
{
    edit->at = at;
    return true;
}

bool weir_edit_key(weir_edit_t *edit, uint32_t key)
{
    edit->completing = false;
    switch (key) {
    case WEIR_KEY_BACKSPACE:
        return span_replace(edit, char_before(edit), edit->at, "", 0);
    case WEIR_KEY_DELETE:
    case WEIR_KEY_CONTROL('d'):
        return span_replace(edit, edit->at, char_after(edit), "", 0);
    case WEIR_KEY_CONTROL('w'):
        return span_replace(edit, word_before(edit), edit->at, "", 0);
    case WEIR_KEY_CONTROL('u'):
        return span_replace(edit, 0, edit->at, "", 0);
    case WEIR_KEY_CONTROL('k'):
        return span_replace(edit, edit->at, edit->len, "", 0);
    case WEIR_KEY_LEFT:
    case WEIR_KEY_CONTROL('b'):
        return cursor_move(edit, char_before(edit));
    case WEIR_KEY_RIGHT:
    case WEIR_KEY_CONTROL('f'):
        return cursor_move(edit, char_after(edit));
    case WEIR_KEY_HOME:
    case WEIR_KEY_CONTROL('a'):
        return cursor_move(edit, 0);
    case WEIR_KEY_END:
    case WEIR_KEY_CONTROL('e'):
        return cursor_move(edit, edit->len);
    default:
        return char_insert(edit, key);
    }
}

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

static void completion_begin(weir_edit_t *edit)
{
    edit->word = edit->at;
    while (edit->word > 0 && is_word_byte(edit->text[edit->word - 1]))
        edit->word--;
    edit->stem = edit->at - edit->word;
    edit->next = 0;
}

size_t weir_edit_complete(weir_edit_t *edit, const char *const words[], size_t n)
{
    if (!edit->completing)
        completion_begin(edit);
    const char *stem = edit->text + edit->word;
    const char *chosen = NULL;
    size_t fits = 0;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(words[i], stem, edit->stem) != 0)
            continue;
        if (fits == edit->next)
            chosen = words[i];
        fits++;
    }
    if (!chosen || !span_replace(edit, edit->word, edit->at, chosen, strlen(chosen)))
        return fits;
    edit->next = (edit->next + 1) % fits;
    edit->completing = fits > 1;
    return fits;
}
