/*
 * DNS messages (RFC 1035, 4.1; 3596; 2782), mDNS (6762) and LLMNR (4795) in words.
 */
#include "packet/dissect_private.h"

#include <stdio.h>
#include <string.h>

#define HEADER 12u
#define NAME_SIZE 256u
#define POINTERS_MOST 16u
#define RECORDS_MOST 64u

/* Where a name ends in the message; 0: it does not fit. Its text, printable, in `text`. */
static uint32_t name_read(const dissect_t *d, uint32_t at, char text[static NAME_SIZE])
{
    const uint8_t *data = d->frame->data;
    uint32_t end = 0;
    size_t length = 0;
    for (unsigned jumps = 0; at < d->end;) {
        unsigned n = data[at];
        if (n >= 0xc0) {
            if (at + 2 > d->end || ++jumps > POINTERS_MOST)
                return 0;
            end = end ? end : at + 2;
            at = d->at + (weir_be16(data + at) & 0x3fffu);
            continue;
        }
        if (n == 0) {
            (void)snprintf(text + length, NAME_SIZE - length, "%s", length ? "" : ".");
            return end ? end : at + 1;
        }
        if (n > 63 || at + 1 + n > d->end || length + n + 2 > NAME_SIZE)
            return 0;
        if (length)
            text[length++] = '.';
        for (unsigned i = 0; i < n; i++) {
            uint8_t c = data[at + 1 + i];
            text[length++] = c >= 0x20 && c < 0x7f ? (char)c : '.';
        }
        text[length] = '\0';
        at += 1 + n;
    }
    return 0;
}

static const char *type_word(unsigned type, char text[static 16])
{
    switch (type) {
    case 1:
        return "A";
    case 2:
        return "NS";
    case 5:
        return "CNAME";
    case 6:
        return "SOA";
    case 12:
        return "PTR";
    case 15:
        return "MX";
    case 16:
        return "TXT";
    case 28:
        return "AAAA";
    case 33:
        return "SRV";
    case 41:
        return "OPT";
    case 65:
        return "HTTPS";
    case 255:
        return "ANY";
    default:
        (void)snprintf(text, 16, "type %u", type);
        return text;
    }
}

static const char *code_word(unsigned code)
{
    static const char *const words[16] = {"no error",     "bad query",       "server failure",
                                          "no such name", "not implemented", "refused"};
    return words[code] ? words[code] : "another error";
}

/* The value of a record in words; "" for types that have none here. */
static void value_text(const dissect_t *d, unsigned type, uint32_t at, uint32_t n,
                       char text[static NAME_SIZE])
{
    weir_address_t address = {.family = n == 4 ? WEIR_FAMILY_IPV4 : WEIR_FAMILY_IPV6,
                              .prefix = n == 4 ? 32 : 128};
    text[0] = '\0';
    if ((type == 1 && n == 4) || (type == 28 && n == 16)) {
        weir_buf_t buf;
        weir_buf_init(&buf, NAME_SIZE - 1);
        memcpy(address.bytes, d->frame->data + at, n);
        weir_address_put(&buf, &address, false);
        (void)snprintf(text, NAME_SIZE, "%s", weir_buf_text(&buf));
        weir_buf_done(&buf);
    } else if (type == 5 || type == 12 || type == 2) {
        if (!name_read(d, at, text))
            text[0] = '\0';
    }
}

/* One record of any section behind the questions. Returns where it ends, 0 when it does not fit.
 * Its value is added to the `found` texts of the answer section. */
static uint32_t record_dissect(const dissect_t *d, uint32_t at, weir_buf_t *found)
{
    char name[NAME_SIZE] = "", value[NAME_SIZE], word[16];
    uint32_t body = name_read(d, at, name);
    if (!body || body + 10 > d->end)
        return 0;
    const uint8_t *data = d->frame->data;
    unsigned type = weir_be16(data + body);
    uint32_t n = weir_be16(data + body + 8);
    if (body + 10 + n > d->end)
        return 0;
    value_text(d, type, body + 10, n, value);
    weir_dissect_line(d, 1, at, body + 10 + n - at, "%s %s %s, %u s", name, type_word(type, word),
                      value[0] ? value : "-", weir_be32(data + body + 4));
    if (found && found->len < 120 && value[0])
        weir_buf_printf(found, "%s%s", found->len ? ", " : "", value);
    return body + 10 + n;
}

static void records_dissect(const dissect_t *d, uint32_t at, weir_buf_t *found)
{
    const uint8_t *data = weir_dissect_data(d);
    unsigned answers = weir_be16(data + 6);
    unsigned all = answers + weir_be16(data + 8) + weir_be16(data + 10);
    for (unsigned i = 0; i < all && i < RECORDS_MOST && at; i++)
        at = record_dissect(d, at, i < answers ? found : NULL);
}

static void message_summary(const dissect_t *d, const char *question, weir_buf_t *found)
{
    const uint8_t *data = weir_dissect_data(d);
    unsigned code = data[3] & 15u;
    if (!(data[2] & 0x80))
        weir_dissect_summary(d, "query %s", question);
    else if (code)
        weir_dissect_summary(d, "answer %s: %s", question, code_word(code));
    else
        weir_dissect_summary(d, "answer %s: %s", question,
                             found->len ? weir_buf_text(found) : "nothing");
}

/* Sets the name and the words of the last question. Returns where the questions end, 0 when they
 * do not fit. */
static uint32_t questions_dissect(const dissect_t *d, char words[static NAME_SIZE + 16])
{
    uint32_t at = d->at + HEADER;
    unsigned questions = weir_be16(weir_dissect_data(d) + 4);
    for (unsigned i = 0; i < questions; i++) {
        char name[NAME_SIZE] = "", word[16];
        uint32_t begin = at;
        at = name_read(d, at, name);
        if (!at || at + 4 > d->end)
            return 0;
        const char *type = type_word(weir_be16(d->frame->data + at), word);
        at += 4;
        weir_dissect_line(d, 1, begin, at - begin, "Question %s %s", name, type);
        (void)snprintf(words, NAME_SIZE + 16, "%s %s", type, name);
        weir_dissect_name(d, (const uint8_t *)name, strlen(name));
    }
    return at;
}

bool weir_dissect_dns(dissect_t *d, const char *protocol)
{
    const uint8_t *data = weir_dissect_data(d);
    if (!weir_dissect_has(d, HEADER) || weir_be16(data + 4) > 16)
        return false;
    char question[NAME_SIZE + 16] = "without a question";
    weir_dissect_application(d, protocol);
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "%s, %s", protocol,
                      data[2] & 0x80 ? "answer" : "query");
    weir_dissect_line(d, 1, d->at, 2, "Identification 0x%04x", weir_be16(data));
    weir_dissect_line(d, 1, d->at + 2, 2, "Flags 0x%04x, %s", weir_be16(data + 2),
                      code_word(data[3] & 15u));
    weir_buf_t found;
    weir_buf_init(&found, 1024);
    records_dissect(d, questions_dissect(d, question), &found);
    message_summary(d, question, &found);
    weir_buf_done(&found);
    return true;
}
