/*
 * The columns of the packet list, and their choice. Time has one column, whatever it counts from,
 * and the direction stands in the gutter.
 */
#include "tui/choices.h"
#include "tui/sniff_private.h"

#include <string.h>

#define TIME_HELP "Time of day, since the first packet or since the one before (t)"

const weir_sniff_column_facts_t *weir_sniff_column_facts(enum weir_sniff_column column)
{
    static const weir_sniff_column_facts_t facts[WEIR_SNIFF_COLUMNS] = {
        [WEIR_SNIFF_NUMBER] = {"No.", NULL, 0, WEIR_PACKET_NUMBER},
        [WEIR_SNIFF_TIME] = {"Time", TIME_HELP, 0, WEIR_PACKET_TIME},
        [WEIR_SNIFF_INTERFACE] = {"Interface", NULL, 10, WEIR_PACKET_INTERFACE},
        [WEIR_SNIFF_SOURCE] = {"Source", NULL, 0, WEIR_PACKET_SRC},
        [WEIR_SNIFF_SOURCE_PORT] = {"Port", NULL, 5, WEIR_PACKET_SRC_PORT},
        [WEIR_SNIFF_SOURCE_MAC] = {"From MAC", NULL, 17, WEIR_PACKET_SRC_MAC},
        [WEIR_SNIFF_DESTINATION] = {"Destination", NULL, 0, WEIR_PACKET_DST},
        [WEIR_SNIFF_DESTINATION_PORT] = {"Port", NULL, 5, WEIR_PACKET_DST_PORT},
        [WEIR_SNIFF_DESTINATION_MAC] = {"To MAC", NULL, 17, WEIR_PACKET_DST_MAC},
        [WEIR_SNIFF_VLAN] = {"VLAN", NULL, 4, WEIR_PACKET_VLAN},
        [WEIR_SNIFF_PROTOCOL] = {"Proto", NULL, 0, WEIR_PACKET_PROTOCOL},
        [WEIR_SNIFF_LENGTH] = {"Bytes", NULL, 0, WEIR_PACKET_LENGTH},
        [WEIR_SNIFF_CAPTURED] = {"Kept", NULL, 5, WEIR_PACKET_CAPTURED},
        [WEIR_SNIFF_APPLICATION] = {"App", NULL, 8, WEIR_PACKET_APPLICATION},
        [WEIR_SNIFF_NAME] = {"Name", NULL, 24, WEIR_PACKET_NAME},
        [WEIR_SNIFF_SUMMARY] = {"Summary", NULL, 0, WEIR_PACKET_SUMMARY},
    };
    return &facts[column];
}

/* ---- What is kept between runs --------------------------------------------------------------- */

/* The bit of a column by its position in the catalogue, or the other way round. */
static uint32_t bits_convert(uint32_t bits, bool to_catalogue)
{
    uint32_t converted = 0;
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
        uint8_t position = weir_sniff_column_facts((enum weir_sniff_column)i)->position;
        if (bits >> (to_catalogue ? (unsigned)i : position) & 1)
            converted |= UINT32_C(1) << (to_catalogue ? position : (unsigned)i);
    }
    return converted;
}

void weir_sniff_columns_read(weir_sniff_t *sniff)
{
    weir_choices_t choices;
    weir_choices_init(&choices, sniff->options->origin);
    if (sniff->options->state_path)
        (void)!weir_choices_read(&choices, sniff->options->state_path); /* else it is usual */
    sniff->columns = sniff->columns_kept = bits_convert(choices.packet_columns, false);
}

/* The file is the tables', too: what they chose stays. */
static void columns_write(weir_sniff_t *sniff)
{
    weir_choices_t choices;
    const char *path = sniff->options->state_path;
    if (!path)
        return;
    weir_choices_init(&choices, sniff->options->origin);
    (void)!weir_choices_read(&choices, path); /* there may be none yet */
    choices.packet_columns = bits_convert(sniff->columns, true);
    int r = weir_choices_write(&choices, path);
    if (r < 0)
        weir_sniff_say(sniff, "the columns are not kept: cannot write %s: %s", path, strerror(-r));
}

/* ---- Choosing -------------------------------------------------------------------------------- */

/* The last column cannot go. */
static void column_toggle(weir_sniff_t *sniff)
{
    uint32_t toggled = sniff->columns ^ UINT32_C(1) << sniff->chooser_cursor;
    sniff->columns = toggled ? toggled : sniff->columns;
}

static void chooser_close(weir_sniff_t *sniff)
{
    sniff->mode = WEIR_SNIFF_LOOK;
    if (sniff->columns != sniff->columns_kept)
        columns_write(sniff);
    sniff->columns_kept = sniff->columns;
}

void weir_sniff_columns_key(weir_sniff_t *sniff, uint32_t key)
{
    weir_action_t action = weir_action_of(key);
    if (action == WEIR_ACTION_UP && sniff->chooser_cursor > 0)
        sniff->chooser_cursor--;
    else if (action == WEIR_ACTION_DOWN && sniff->chooser_cursor + 1 < WEIR_SNIFF_COLUMNS)
        sniff->chooser_cursor++;
    else if (action == WEIR_ACTION_FIRST)
        sniff->chooser_cursor = 0;
    else if (action == WEIR_ACTION_LAST)
        sniff->chooser_cursor = WEIR_SNIFF_COLUMNS - 1;
    else if (key == ' ' || key == WEIR_KEY_ENTER)
        column_toggle(sniff);
    else if (key == 'd')
        sniff->columns = bits_convert(WEIR_PACKET_COLUMNS_USUAL, false);
    else if (action == WEIR_ACTION_CANCEL || action == WEIR_ACTION_COLUMNS || key == 'q')
        chooser_close(sniff);
}

static void line_draw(weir_sniff_t *sniff, int y, int column)
{
    weir_paint_t *paint = &sniff->paint;
    const weir_sniff_column_facts_t *facts =
        weir_sniff_column_facts((enum weir_sniff_column)column);
    bool selected = column == sniff->chooser_cursor;
    if (selected)
        (void)weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG, weir_paint_word(paint, "▸", ">"));
    int x = weir_paint_put(paint, y, 3, WEIR_STYLE_PLAIN,
                           sniff->columns >> column & 1 ? "[x] " : "[ ] ");
    x = weir_paint_field(paint, y, x, 12, selected ? WEIR_STYLE_CHOSEN : WEIR_STYLE_PLAIN,
                         facts->title);
    const char *help = weir_table(WEIR_TABLE_PACKETS)->columns[facts->position].help;
    (void)weir_paint_cut(paint, y, x + 2, paint->columns, WEIR_STYLE_DIM,
                         facts->help ? facts->help : help);
}

void weir_sniff_columns_draw(weir_sniff_t *sniff, int y, int lines)
{
    int room = lines > 1 ? lines - 1 : 1;
    if (sniff->chooser_cursor < sniff->chooser_top)
        sniff->chooser_top = sniff->chooser_cursor;
    if (sniff->chooser_cursor >= sniff->chooser_top + room)
        sniff->chooser_top = sniff->chooser_cursor + 1 - room;
    int x = weir_paint_put(&sniff->paint, y, 2, WEIR_STYLE_STRONG, "Columns");
    (void)weir_paint_put(&sniff->paint, y, x, WEIR_STYLE_DIM,
                         "   space shows or hides, d the usual ones, Esc done");
    for (int i = 0; i < room && sniff->chooser_top + i < WEIR_SNIFF_COLUMNS; i++)
        line_draw(sniff, y + 1 + i, sniff->chooser_top + i);
}
