/*
 * What works here: each facility is tried, not guessed.
 */
#include "platform/linux/capture_checks.h"
#include "platform/linux/check_set.h"
#include "platform/linux/links.h"
#include "platform/linux/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

typedef struct census {
    uint32_t links, counters, queues;
} census_t;

static void census_nothing(void *context)
{
    (void)context;
}

static void census_link(void *context, const weir_link_t *link)
{
    (void)link;
    ((census_t *)context)->links++;
}

static void census_gone(void *context, uint32_t index)
{
    (void)context;
    (void)index;
}

static void census_address(void *context, uint32_t index, const weir_address_t *address, bool added)
{
    (void)context;
    (void)index;
    (void)address;
    (void)added;
}

static void census_counters(void *context, uint32_t index, const weir_link_counters_t *counters)
{
    (void)index;
    (void)counters;
    ((census_t *)context)->counters++;
}

static void census_queue(void *context, uint32_t index, const weir_link_queue_t *queue)
{
    (void)index;
    (void)queue;
    ((census_t *)context)->queues++;
}

static void kernel_check(weir_check_t *check)
{
    struct utsname name;
    check->what = "kernel";
    if (uname(&name) < 0) {
        weir_check_set(check, WEIR_CHECK_LIMITED, "its version is unknown (%s)", strerror(errno));
        return;
    }
    weir_check_set(check, WEIR_CHECK_OK, "%.64s %.64s", name.sysname, name.release);
}

static void links_check(weir_check_t *check, int r, uint32_t links)
{
    check->what = "interfaces";
    if (r >= 0) {
        weir_check_set(check, WEIR_CHECK_OK, "%u in this network namespace, changes are announced",
                       links);
        return;
    }
    weir_check_set(check, WEIR_CHECK_FAILED, "the kernel refuses to list them over netlink (%s)",
                   strerror(-r));
    (void)snprintf(check->fix, sizeof(check->fix),
                   "allow AF_NETLINK sockets (systemd: RestrictAddressFamilies=)");
}

static void counters_check(weir_check_t *check, int r, uint32_t counters)
{
    check->what = "counters";
    if (r >= 0) {
        weir_check_set(check, WEIR_CHECK_OK, "64-bit, by RTM_GETSTATS, of %u interfaces", counters);
        return;
    }
    weir_check_set(check, WEIR_CHECK_FAILED, "the kernel refuses RTM_GETSTATS (%s)", strerror(-r));
    (void)snprintf(check->fix, sizeof(check->fix), "use a kernel of version 4.7 or later");
}

static void queues_check(weir_check_t *check, int r, uint32_t queues)
{
    check->what = "queues";
    if (r < 0)
        weir_check_set(check, WEIR_CHECK_LIMITED, "backlog, drops and ECN marks are hidden (%s)",
                       strerror(-r));
    else if (queues == 0)
        weir_check_set(check, WEIR_CHECK_OK, "no interface has a queueing discipline");
    else
        weir_check_set(check, WEIR_CHECK_OK, "backlog, drops and ECN marks of %u interface%s",
                       queues, queues == 1 ? "" : "s");
}

static void route_check(weir_check_t *check, weir_platform_links_t *links)
{
    check->what = "default route";
    uint32_t index = weir_platform_default_route(links);
    if (index)
        weir_check_set(check, WEIR_CHECK_OK, "by interface number %u", index);
    else
        weir_check_set(check, WEIR_CHECK_LIMITED,
                       "none: no interface is listed first, tunnels count by their endpoint only");
}

size_t weir_platform_checks(weir_check_t checks[static WEIR_CHECKS_MAX])
{
    memset(checks, 0, WEIR_CHECKS_MAX * sizeof(*checks));
    census_t census = {0};
    const weir_link_sink_t sink = {.context = &census,
                                   .resync_begin = census_nothing,
                                   .resync_end = census_nothing,
                                   .link = census_link,
                                   .link_gone = census_gone,
                                   .address = census_address,
                                   .counters = census_counters,
                                   .queue = census_queue};
    size_t n = 0;
    kernel_check(&checks[n++]);
    weir_platform_links_t *links = NULL;
    int r = weir_platform_links_open(&links);
    if (r >= 0)
        r = weir_platform_links_changes(links, &sink);
    links_check(&checks[n++], r, census.links);
    if (r >= 0) {
        r = weir_platform_links_counters(links, &sink);
        counters_check(&checks[n++], r, census.counters);
        r = weir_platform_links_queues(links, &sink);
        queues_check(&checks[n++], r, census.queues);
        route_check(&checks[n++], links);
    }
    weir_platform_links_close(links);
    n += weir_sockets_checks(&checks[n], WEIR_CHECKS_MAX - n);
    return n + weir_capture_checks(&checks[n], WEIR_CHECKS_MAX - n);
}

void weir_platform_host_name(char *name, size_t size)
{
    if (gethostname(name, size) < 0 || name[0] == '\0')
        (void)snprintf(name, size, "this machine");
    name[size - 1] = '\0';
}
