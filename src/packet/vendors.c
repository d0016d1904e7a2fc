#include "packet/vendors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BITS 26
#define KIND_SHIFT NUMBER_BITS
#define BLOCK_SHIFT 28
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)
#define NAME_SIZE 128

/* Kinds of blocks, the longest first. */
static const unsigned BITS[] = {36, 28, 24};

void weir_vendors_done(weir_vendors_t *vendors)
{
    free(vendors->blocks);
    *vendors = (weir_vendors_t){0};
}

/* A cell of a row, as far as it finds room in `text`; *at moves behind it. Returns whether another
 * cell of the row follows. */
static bool cell_read(weir_span_t csv, size_t *at, char text[static NAME_SIZE])
{
    bool quoted = *at < csv.len && csv.data[*at] == '"';
    size_t used = 0;
    for (*at += quoted; *at < csv.len; ++*at) {
        uint8_t c = csv.data[*at];
        if (quoted && c == '"') {
            bool twice = *at + 1 < csv.len && csv.data[*at + 1] == '"';
            quoted = twice;
            *at += twice;
            if (!twice)
                continue;
        } else if (!quoted && (c == ',' || c == '\n')) {
            break;
        }
        if (used < NAME_SIZE - 1 && c != '\r')
            text[used++] = (char)c;
    }
    while (used && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
    bool more = *at < csv.len && csv.data[*at] == ',';
    *at += *at < csv.len;
    return more;
}

/* "70B3D5F2A" is a block of 36 bits. Returns its kind, or -1. */
static int block_parse(const char *text, uint64_t *ret_block)
{
    char *end = NULL;
    size_t digits = strspn(text, "0123456789ABCDEFabcdef");
    uint64_t value = strtoull(text, &end, 16);
    for (int kind = 0; kind < (int)WEIR_COUNT(BITS); kind++) {
        if (digits * 4 != BITS[kind] || text[digits])
            continue;
        *ret_block = value << (36 - BITS[kind]);
        return kind;
    }
    return -1;
}

static int block_add(weir_vendors_t *vendors, uint64_t block, int kind, uint32_t number)
{
    if (number == 0 || number > NUMBER_MASK || vendors->count == WEIR_VENDORS_MOST)
        return 0;
    if (vendors->count == vendors->room) {
        size_t room = vendors->room ? vendors->room * 2 : 4096;
        uint64_t *blocks = realloc(vendors->blocks, room * sizeof(*blocks));
        if (!blocks)
            return -ENOMEM;
        vendors->blocks = blocks;
        vendors->room = room;
    }
    vendors->blocks[vendors->count++] =
        block << BLOCK_SHIFT | (uint64_t)kind << KIND_SHIFT | number;
    return 0;
}

int weir_vendors_add(weir_vendors_t *vendors, weir_span_t csv, weir_texts_t *texts)
{
    char cells[3][NAME_SIZE], rest[NAME_SIZE] = "";
    for (size_t at = 0; at < csv.len;) {
        size_t count = 0;
        bool more = true;
        for (; more; count++)
            more = cell_read(csv, &at, count < WEIR_COUNT(cells) ? cells[count] : rest);
        uint64_t block = 0;
        int kind = count >= WEIR_COUNT(cells) ? block_parse(cells[1], &block) : -1;
        if (kind < 0 || !cells[2][0])
            continue;
        int r = block_add(vendors, block, kind, weir_texts_number(texts, cells[2]));
        if (r < 0)
            return r;
    }
    return 0;
}

static int block_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void weir_vendors_seal(weir_vendors_t *vendors)
{
    if (!vendors->count)
        return;
    qsort(vendors->blocks, vendors->count, sizeof(*vendors->blocks), block_compare);
    uint64_t *fitting = realloc(vendors->blocks, vendors->count * sizeof(*fitting));
    if (!fitting)
        return; /* what it had was larger, and is still there */
    vendors->blocks = fitting;
    vendors->room = vendors->count;
}

/* The first block that is not below `wanted`, which has no number. */
static uint32_t block_number(const weir_vendors_t *vendors, uint64_t wanted)
{
    size_t low = 0, high = vendors->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (vendors->blocks[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < vendors->count && (vendors->blocks[low] & ~NUMBER_MASK) == wanted;
    return found ? (uint32_t)(vendors->blocks[low] & NUMBER_MASK) : 0;
}

uint32_t weir_vendors_find(const weir_vendors_t *vendors, const uint8_t mac[static 6])
{
    uint64_t address = 0;
    for (int i = 0; i < 6; i++)
        address = address << 8 | mac[i];
    for (size_t kind = 0; kind < WEIR_COUNT(BITS) && !(mac[0] & 3); kind++) {
        uint64_t mask = ~UINT64_C(0) << (48 - BITS[kind]);
        uint64_t block = (address & mask) >> (48 - 36);
        uint32_t number =
            block_number(vendors, block << BLOCK_SHIFT | (uint64_t)kind << KIND_SHIFT);
        if (number)
            return number;
    }
    return 0;
}
