#include "model/shares.h"

static double amount_of(const weir_iface_share_t *share, weir_share_part_t part)
{
    const uint64_t amounts[WEIR_SHARE_UNEXPLAINED] = {
        [WEIR_SHARE_PROGRAMS] = share->programs,   [WEIR_SHARE_KERNEL] = share->kernel,
        [WEIR_SHARE_FORWARDED] = share->forwarded, [WEIR_SHARE_NOT_IP] = share->not_ip,
        [WEIR_SHARE_STACKED] = share->stacked,     [WEIR_SHARE_HEADERS] = share->headers,
        [WEIR_SHARE_EARLIER] = share->earlier,     [WEIR_SHARE_ELSEWHERE] = share->elsewhere,
    };
    return (double)(int64_t)amounts[part]; /* a correction may have taken back more than came */
}

size_t weir_shares_read(const weir_iface_t *iface, weir_share_t ret_shares[WEIR_SHARE_COUNT])
{
    size_t n = 0;
    if (!iface->books)
        return 0;
    for (weir_share_part_t part = 0; part < WEIR_SHARE_COUNT; part++) {
        weir_share_t share = {
            .part = part, .rx = (double)iface->rx_unexplained, .tx = (double)iface->tx_unexplained};
        if (part != WEIR_SHARE_UNEXPLAINED) {
            share.rx = amount_of(&iface->books->rx, part);
            share.tx = amount_of(&iface->books->tx, part);
        }
        if (share.rx < 0 || share.rx > 0 || share.tx < 0 || share.tx > 0)
            ret_shares[n++] = share;
    }
    return n;
}
