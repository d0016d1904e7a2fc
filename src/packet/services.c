#include "packet/services.h"

#include "base/number.h"
#include "packet/digest.h"

#include <errno.h>
#include <string.h>

#define LINE_SIZE 256 /* of what stands before the aliases */

void weir_services_done(weir_services_t *services)
{
    weir_index_done(&services->index);
}

static uint64_t port_key(uint8_t ip_protocol, uint16_t port)
{
    return (uint64_t)ip_protocol << 16 | port;
}

/* 0 for a protocol without ports. */
static uint8_t protocol_parse(const char *word)
{
    static const struct {
        const char *word;
        uint8_t number;
    } protocols[] = {
        {"tcp", WEIR_IP_TCP}, {"udp", WEIR_IP_UDP}, {"sctp", WEIR_IP_SCTP}, {"dccp", WEIR_IP_DCCP}};
    for (size_t i = 0; i < WEIR_COUNT(protocols); i++)
        if (strcmp(protocols[i].word, word) == 0)
            return protocols[i].number;
    return 0;
}

/* Cuts `line` into words. */
static int line_add(weir_services_t *services, char *line, weir_texts_t *texts)
{
    char *rest = NULL;
    line[strcspn(line, "#")] = '\0';
    char *name = strtok_r(line, " \t\r", &rest);
    char *port = name ? strtok_r(NULL, " \t\r/", &rest) : NULL;
    char *protocol = port ? strtok_r(NULL, " \t\r/", &rest) : NULL;
    uint64_t number = 0;
    uint8_t ip_protocol = protocol ? protocol_parse(protocol) : 0;
    if (!ip_protocol || weir_number_parse(port, UINT16_MAX, &number) < 0)
        return 0;
    uint64_t key = port_key(ip_protocol, (uint16_t)number);
    if (weir_index_get(&services->index, key) != WEIR_INDEX_NONE)
        return 0;
    uint32_t text = weir_texts_number(texts, name);
    return text ? weir_index_set(&services->index, key, text) : 0;
}

int weir_services_add(weir_services_t *services, weir_span_t text, weir_texts_t *texts)
{
    for (size_t at = 0; at < text.len;) {
        char line[LINE_SIZE];
        const uint8_t *begin = text.data + at;
        const uint8_t *end = memchr(begin, '\n', text.len - at);
        size_t n = end ? (size_t)(end - begin) : text.len - at;
        size_t kept = n < sizeof(line) ? n : sizeof(line) - 1;
        memcpy(line, begin, kept);
        line[kept] = '\0';
        int r = line_add(services, line, texts);
        if (r < 0)
            return r;
        at += n + 1;
    }
    return 0;
}

uint32_t weir_services_find(const weir_services_t *services, uint8_t ip_protocol, uint16_t port)
{
    uint32_t number = weir_index_get(&services->index, port_key(ip_protocol, port));
    return number == WEIR_INDEX_NONE ? 0 : number;
}
