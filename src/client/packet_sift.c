#include "client/packet_sift.h"

#include <errno.h>
#include <string.h>

void weir_packet_sift_init(weir_packet_sift_t *sift)
{
    *sift = (weir_packet_sift_t){.first = 1, .next = 1};
}

void weir_packet_sift_done(weir_packet_sift_t *sift)
{
    weir_filter_free(sift->filter);
    free(sift->numbers);
    weir_packet_sift_init(sift);
}

void weir_packet_sift_filter(weir_packet_sift_t *sift, weir_filter_t *filter)
{
    weir_filter_free(sift->filter);
    sift->filter = filter;
    sift->next = sift->first;
    sift->begin = sift->end = 0;
}

void weir_packet_sift_range(weir_packet_sift_t *sift, uint64_t first, uint64_t last)
{
    sift->first = first;
    sift->last = last;
    sift->next = sift->next > first ? sift->next : first;
    while (sift->begin < sift->end && sift->numbers[sift->begin] < first)
        sift->begin++;
}

bool weir_packet_sift_busy(const weir_packet_sift_t *sift)
{
    return sift->filter && sift->next <= sift->last;
}

static int number_add(weir_packet_sift_t *sift, uint64_t number)
{
    if (sift->end == sift->room && sift->begin > sift->room / 2) {
        memmove(sift->numbers, sift->numbers + sift->begin,
                (sift->end - sift->begin) * sizeof(*sift->numbers));
        sift->end -= sift->begin;
        sift->begin = 0;
    }
    if (sift->end == sift->room) {
        size_t room = sift->room ? 2 * sift->room : 1024;
        uint64_t *numbers = realloc(sift->numbers, room * sizeof(*numbers));
        if (!numbers)
            return -ENOMEM;
        sift->numbers = numbers;
        sift->room = room;
    }
    sift->numbers[sift->end++] = number;
    return 0;
}

int weir_packet_sift_step(weir_packet_sift_t *sift, weir_packets_t *packets, size_t most)
{
    int r = 0;
    for (; r == 0 && most && weir_packet_sift_busy(sift); most--, sift->next++) {
        weir_packet_view_t view;
        int read = weir_packets_read(packets, sift->next, false, &view);
        if (read == -ENOMEM)
            return read;
        if (read == 0 && weir_filter_match(sift->filter, &view.row))
            r = number_add(sift, sift->next); /* what is not there any more matches nothing */
    }
    return r;
}

size_t weir_packet_sift_count(const weir_packet_sift_t *sift)
{
    if (sift->filter)
        return sift->end - sift->begin;
    return sift->last >= sift->first ? (size_t)(sift->last - sift->first + 1) : 0;
}

uint64_t weir_packet_sift_at(const weir_packet_sift_t *sift, size_t i)
{
    return sift->filter ? sift->numbers[sift->begin + i] : sift->first + i;
}

size_t weir_packet_sift_place(const weir_packet_sift_t *sift, uint64_t number)
{
    size_t count = weir_packet_sift_count(sift);
    if (!sift->filter) {
        uint64_t place = number > sift->first ? number - sift->first : 0;
        return place < count ? (size_t)place : count;
    }
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (weir_packet_sift_at(sift, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
