#include "client/client.h"

#include "client/watch.h"
#include "engine/file.h"
#include "engine/resolve.h"
#include "engine/runner.h"
#include "engine/source.h"
#include "engine/sources/listeners.h"
#include "engine/sources/lookup.h"
#include "engine/sources/neighbours.h"
#include "engine/sources/packets.h"
#include "engine/sources/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct weir_client {
    weir_lookup_t *lookup;     /* a reference */
    weir_resolver_t *resolver; /* owned; NULL unless asked for */
    weir_finding_options_t findings;
    weir_runner_t *runner;
    weir_origin_t origin;
};

static int live_open(const weir_client_t *client, const weir_client_options_t *options,
                     const weir_clock_t *clock, weir_producer_t *ret_producer, char *ret_error)
{
    weir_source_t source;
    int r = weir_source_open_kernel(&source);
    if (r == -ENOSYS)
        (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE,
                       "cannot read interfaces: this operating system is not supported yet; open a "
                       "recording with --replay");
    else if (r < 0)
        (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE,
                       "cannot open a netlink socket: %s; `weir doctor` says more", strerror(-r));
    if (r < 0)
        return r;
    weir_live_options_t live = {.interval_ns = options->interval_ns,
                                .capacities = options->capacities,
                                .capacity_count = options->capacity_count};
    if (weir_packets_part(options->iface, !options->reading.no_apps,
                          &live.parts[live.part_count]) >= 0)
        live.part_count++;
    if (weir_sockets_part(weir_socket_source_open_kernel, !options->reading.no_apps,
                          options->iface != NULL, &live.parts[live.part_count]) >= 0)
        live.part_count++;
    weir_listener_source_t listeners;
    if (weir_listener_source_open_kernel(&listeners) >= 0 &&
        weir_listeners_part(listeners, &live.parts[live.part_count]) >= 0)
        live.part_count++;
    weir_neighbour_source_t neighbours;
    if (weir_neighbour_source_open_kernel(&neighbours) >= 0 &&
        weir_neighbours_part(neighbours, &live.parts[live.part_count]) >= 0)
        live.part_count++;
    if (weir_lookup_part(client->lookup, &live.parts[live.part_count]) >= 0)
        live.part_count++;
    if (client->resolver && weir_resolve_part(client->resolver, &live.parts[live.part_count]) >= 0)
        live.part_count++;
    return weir_live_open(source, clock, &live, ret_producer);
}

static int replay_open(const weir_client_options_t *options, const weir_clock_t *clock,
                       weir_producer_t *ret_producer, char *ret_error)
{
    int r = weir_replay_open(options->path, clock, options->speed, ret_producer);
    if (r < 0)
        (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE, "cannot open the recording %.160s: %s",
                       options->path, strerror(-r));
    return r;
}

static int producer_open(const weir_client_t *client, const weir_client_options_t *options,
                         const weir_clock_t *clock, weir_producer_t *ret_producer, char *ret_error)
{
    switch (options->origin) {
    case WEIR_ORIGIN_LIVE:
        return live_open(client, options, clock, ret_producer, ret_error);
    case WEIR_ORIGIN_REPLAY:
        return replay_open(options, clock, ret_producer, ret_error);
    case WEIR_ORIGIN_FILE:
        return weir_file_open(&options->reading, client->lookup, client->resolver, ret_producer,
                              ret_error);
    case WEIR_ORIGIN_COUNT:
        break;
    }
    (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE,
                   "this version cannot open that kind of source");
    return -ENOSYS;
}

static const char *vendor_find(void *context, const uint8_t mac[static 6])
{
    return weir_lookup_vendor(context, mac);
}

/* What the user says of findings, and who made network cards. */
static int watch_open(weir_client_t *client, const weir_client_options_t *options,
                      weir_producer_t *producer)
{
    client->findings = options->findings ? *options->findings : (weir_finding_options_t){0};
    client->findings.vendor = vendor_find;
    client->findings.context = client->lookup;
    return weir_watch_open(&client->findings, options->origin == WEIR_ORIGIN_LIVE, producer);
}

static int lookup_open(weir_client_t *client, const weir_client_options_t *options, char *ret_error)
{
    weir_lookup_options_t lookup = {.geoip = options->geoip,
                                    .geoip_count = options->geoip_count,
                                    .no_geoip = options->no_geoip};
    int r = weir_lookup_new(&lookup, &client->lookup, ret_error);
    if (r < 0 || !options->resolve)
        return r;
    r = weir_resolver_new(&client->resolver);
    if (r < 0)
        (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE,
                       "--resolve: cannot begin to ask name servers: %s; go without it",
                       strerror(-r));
    return r;
}

/* A capture is looked at only where somebody wants to know. */
static bool is_watched(const weir_client_options_t *options)
{
    const weir_reading_t *reading = &options->reading;
    return options->origin != WEIR_ORIGIN_FILE || reading->summary ||
           (reading->tables | options->tables) >> WEIR_TABLE_FINDINGS & 1;
}

int weir_client_open(const weir_client_options_t *options, weir_client_t **ret_client,
                     char ret_error[static WEIR_CLIENT_ERROR_SIZE])
{
    (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE, "out of memory");
    weir_client_t *client = calloc(1, sizeof(*client));
    if (!client)
        return -ENOMEM;
    client->origin = options->origin;
    weir_clock_t clock = weir_clock_system();
    weir_producer_t producer = {0};
    int r = lookup_open(client, options, ret_error);
    if (r >= 0)
        r = producer_open(client, options, &clock, &producer, ret_error);
    if (r >= 0 && is_watched(options))
        r = watch_open(client, options, &producer);
    if (r >= 0 && producer.ops->want)
        producer.ops->want(producer.context, options->tables);
    if (r >= 0) {
        r = weir_runner_start(producer, &clock, options->lossless, &client->runner);
        if (r < 0)
            (void)snprintf(ret_error, WEIR_CLIENT_ERROR_SIZE, "cannot start the engine: %s",
                           strerror(-r));
    }
    if (r < 0) {
        weir_client_close(client);
        return r;
    }
    *ret_client = client;
    return 0;
}

void weir_client_close(weir_client_t *client)
{
    if (!client)
        return;
    weir_runner_stop(client->runner);
    weir_resolver_free(client->resolver);
    weir_lookup_unref(client->lookup);
    free(client);
}

int weir_client_fd(const weir_client_t *client)
{
    return weir_runner_fd(client->runner);
}

int weir_client_take(weir_client_t *client, weir_snapshot_t **ret_snapshot)
{
    return weir_runner_take(client->runner, ret_snapshot);
}

const char *weir_client_error(const weir_client_t *client)
{
    return weir_runner_error(client->runner);
}

void weir_client_set_interval(weir_client_t *client, uint64_t interval_ns)
{
    weir_runner_set_interval(client->runner, interval_ns);
}

void weir_client_want(weir_client_t *client, uint32_t tables)
{
    weir_runner_want(client->runner, tables);
}

int weir_client_series(weir_client_t *client, const weir_series_query_t *query,
                       weir_series_t *ret_series)
{
    return weir_runner_series(client->runner, query, ret_series);
}

int weir_client_end_app(const weir_client_t *client, const weir_app_t *app, bool at_once,
                        weir_client_end_t *ret_end)
{
    weir_client_end_t end = {0};
    int failed = 0;
    if (client->origin != WEIR_ORIGIN_LIVE || !app->starts || !app->pids.count)
        return -ENOTSUP;
    for (size_t i = 0; i < app->pids.count; i++) {
        int r = weir_process_end(app->pids.items[i], app->starts[i], at_once);
        end.told += r == 0;
        end.gone += r == -ESRCH;
        end.refused += r == -EPERM;
        if (r < 0 && r != -ESRCH && r != -EPERM)
            failed = r;
    }
    if (failed < 0 && !end.told)
        return failed;
    *ret_end = end;
    return 0;
}
