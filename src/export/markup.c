#include "export/markup.h"

#include "base/text.h"

#define TEXT_CEILING ((size_t)1 << 24) /* [byte] */

static void safe_escape(weir_buf_t *buf, const char *safe)
{
    for (; *safe; safe++) {
        size_t plain = strcspn(safe, "&<>\"'");
        weir_buf_put(buf, safe, plain);
        safe += plain;
        if (!*safe)
            break;
        weir_buf_printf(buf, "&#%d;", *safe);
    }
}

void weir_markup_text(weir_buf_t *buf, const char *text)
{
    weir_buf_t safe;
    weir_buf_init(&safe, TEXT_CEILING);
    (void)weir_text_put_safe(&safe, text, true); /* its width is the browser's affair */
    safe_escape(buf, weir_buf_text(&safe));
    weir_buf_done(&safe);
}

void weir_markup_element(weir_buf_t *buf, const char *tag, const char *text)
{
    weir_buf_printf(buf, "<%s>", tag);
    weir_markup_text(buf, text);
    weir_buf_printf(buf, "</%.*s>", (int)strcspn(tag, " "), tag);
}

void weir_markup_quantity(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit,
                          double value)
{
    weir_quantity_t q = weir_quantity(units, unit, value);
    weir_buf_puts(buf, q.number);
    if (q.unit[0])
        weir_buf_printf(buf, "\u00a0%s", q.unit);
}

void weir_markup_quantity_cell(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit,
                               double value)
{
    weir_quantity_t q = weir_quantity(units, unit, value);
    weir_buf_printf(buf, "<td class=n>%s <span>%s</span>", q.number, q.unit);
    weir_buf_puts(buf, "</td>");
}

void weir_markup_count_cell(weir_buf_t *buf, uint64_t count)
{
    weir_buf_puts(buf, "<td class=n>");
    weir_count_put(buf, count);
    weir_buf_puts(buf, "</td>");
}
