/*
 * Queueing disciplines by RTM_GETQDISC. Backlog and drops are those of the root; marks are summed
 * over the disciplines that report them, because a multi-queue root has none of its own.
 */
#include "platform/linux/links.h"

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <string.h>

typedef struct queue_dump {
    const weir_link_sink_t *sink;
    uint32_t index; /* of the interface whose parts are being collected, 0 none */
    weir_link_queue_t queue;
    bool root; /* a root that is a real queue was seen */
} queue_dump_t;

static void queue_flush(queue_dump_t *dump)
{
    if (dump->index && dump->root)
        dump->sink->queue(dump->sink->context, dump->index, &dump->queue);
    dump->queue = (weir_link_queue_t){0};
    dump->root = false;
}

/* Where each discipline keeps its count of marked packets in its extra statistics. */
static const struct {
    const char *kind;
    size_t offset;
} MARKS[] = {
    {"codel", offsetof(struct tc_codel_xstats, ecn_mark)},
    {"fq_codel", offsetof(struct tc_fq_codel_xstats, qdisc_stats.ecn_mark)},
    {"red", offsetof(struct tc_red_xstats, marked)},
    {"pie", offsetof(struct tc_pie_xstats, ecn_mark)},
    {"fq_pie", offsetof(struct tc_fq_pie_xstats, ecn_mark)},
};

static void marks_add(const char *kind, const struct nlattr *extra, weir_link_queue_t *queue)
{
    for (size_t i = 0; i < WEIR_COUNT(MARKS); i++) {
        uint32_t marks = 0;
        if (strcmp(kind, MARKS[i].kind) != 0 ||
            mnl_attr_get_payload_len(extra) < MARKS[i].offset + sizeof(marks))
            continue;
        memcpy(&marks, (const char *)mnl_attr_get_payload(extra) + MARKS[i].offset, sizeof(marks));
        queue->marks += marks;
        queue->marks_known = true;
    }
}

static void queue_stats_read(const struct nlattr *attribute, weir_link_queue_t *queue)
{
    struct gnet_stats_queue stats = {0};
    size_t n = mnl_attr_get_payload_len(attribute);
    memcpy(&stats, mnl_attr_get_payload(attribute), n < sizeof(stats) ? n : sizeof(stats));
    queue->backlog_bytes = stats.backlog;
    queue->drops = stats.drops;
}

static void stats_read(const char *kind, const struct nlattr *nest, bool root,
                       weir_link_queue_t *queue)
{
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_nested(nest, attribute));) {
        if (mnl_attr_get_type(attribute) == TCA_STATS_QUEUE && root)
            queue_stats_read(attribute, queue);
        else if (mnl_attr_get_type(attribute) == TCA_STATS_APP)
            marks_add(kind, attribute, queue);
    }
}

static int qdisc_handle(const struct nlmsghdr *message, void *context)
{
    queue_dump_t *dump = context;
    const struct tcmsg *info = weir_netlink_payload(message, sizeof(*info));
    if (!info || message->nlmsg_type != RTM_NEWQDISC || info->tcm_parent == TC_H_INGRESS)
        return 0;
    if ((uint32_t)info->tcm_ifindex != dump->index)
        queue_flush(dump);
    dump->index = (uint32_t)info->tcm_ifindex;

    const struct nlattr *stats = NULL;
    const char *kind = "";
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(*info), attribute));) {
        if (mnl_attr_get_type(attribute) == TCA_KIND &&
            mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0)
            kind = mnl_attr_get_str(attribute);
        else if (mnl_attr_get_type(attribute) == TCA_STATS2)
            stats = attribute;
    }
    bool root = info->tcm_parent == TC_H_ROOT && strcmp(kind, "noqueue") != 0;
    dump->root |= root;
    if (stats)
        stats_read(kind, stats, root, &dump->queue);
    return 0;
}

int weir_platform_links_queues(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    void *header = NULL;
    struct nlmsghdr *request = weir_netlink_request(&links->requests, RTM_GETQDISC, NLM_F_DUMP,
                                                    sizeof(struct tcmsg), &header);
    queue_dump_t dump = {.sink = sink};
    int r = weir_netlink_ask(&links->requests, request, qdisc_handle, &dump);
    if (r >= 0)
        queue_flush(&dump);
    return r;
}
