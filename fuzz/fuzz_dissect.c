/* A frame in words: the first byte chooses the link layer. */
#include "packet/dissect.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t links[] = {1, 101, 113, 276, 0, 105, 127, 9};
    if (size == 0)
        return 0;
    weir_frame_t frame = {.data = data + 1,
                          .caplen = (uint32_t)size - 1,
                          .wire_len = (uint32_t)size - 1,
                          .link = links[data[0] % 8]};
    weir_dissection_t dissection;
    weir_packet_t packet;
    if (weir_dissection_init(&dissection, true) == 0) {
        weir_dissect(&frame, &dissection, &packet);
        for (const char *c = packet.summary; *c; c++)
            assert(*c >= 0x20 && *c < 0x7f);
        for (size_t i = 0; i < dissection.line_count; i++) {
            const weir_detail_line_t *line = &dissection.lines[i];
            assert(line->at <= frame.caplen && line->length <= frame.caplen - line->at);
            assert(
                memchr(dissection.detail.data + line->text, 0, dissection.detail.len - line->text));
        }
    }
    weir_dissection_done(&dissection);
    return 0;
}
