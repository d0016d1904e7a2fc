#include "engine/resolve.h"

#include "base/index.h"
#include "packet/texts.h"
#include "platform/platform.h"

#include <ares.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ASKING_MOST 64u /* questions that are out at once */
#define PORTS_MOST 64u
#define WAIT_MS 1000

typedef struct entry {
    weir_address_t address;
    uint32_t name; /* number of its text; 0 none */
} entry_t;

struct weir_resolver {
    ares_channel channel; /* the thread's alone, once it runs */
    pthread_t thread;
    bool started, ready; /* ready: c-ares was initialised */
    bool inside;         /* all name servers are in private networks */
    int wake[2];         /* a pipe */
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool stop; /* with the mutex, as all that stands below */
    entry_t *entries;
    size_t count, room, next; /* next: the first that was not asked for yet */
    unsigned asking;
    weir_index_t index; /* by a hash of the address */
    weir_texts_t texts;
    uint16_t ports[PORTS_MOST];
    size_t port_count; /* that were ever used */
};

/** A question that is out. */
typedef struct question {
    weir_resolver_t *resolver;
    size_t at;
} question_t;

/* ---- What may be asked ----------------------------------------------------------------------- */

static bool within_any(const weir_address_t *address, const char *const *networks, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count && !any; i++) {
        weir_address_t network;
        any = weir_address_parse(networks[i], strlen(networks[i]), &network) == 0 &&
              weir_address_within(address, &network);
    }
    return any;
}

/* RFC 6890, 4291: what no name server outside of the link can know. */
static bool address_is_nobodys(const weir_address_t *address)
{
    static const char *const networks[] = {"0.0.0.0/8",   "127.0.0.0/8", "169.254.0.0/16",
                                           "224.0.0.0/3", "::/127",      "fe80::/10",
                                           "ff00::/8"};
    return within_any(address, networks, WEIR_COUNT(networks));
}

/* RFC 1918, 6598, 4193. */
static bool address_is_private(const weir_address_t *address)
{
    static const char *const networks[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                           "100.64.0.0/10", "fc00::/7"};
    return within_any(address, networks, WEIR_COUNT(networks));
}

static weir_address_t server_address(const struct ares_addr_port_node *server)
{
    bool ipv6 = server->family == AF_INET6;
    weir_address_t address = {.family = ipv6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                              .prefix = ipv6 ? 128 : 32};
    memcpy(address.bytes, &server->addr, ipv6 ? 16 : 4);
    return address;
}

static bool servers_are_inside(ares_channel channel)
{
    struct ares_addr_port_node *servers = NULL;
    if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS)
        return false;
    bool inside = servers != NULL;
    for (const struct ares_addr_port_node *server = servers; server; server = server->next) {
        weir_address_t address = server_address(server);
        inside = inside && (address_is_private(&address) || address_is_nobodys(&address));
    }
    ares_free_data(servers);
    return inside;
}

/* ---- The thread ------------------------------------------------------------------------------ */

static int socket_note(ares_socket_t fd, int type, void *context)
{
    weir_resolver_t *resolver = context;
    struct sockaddr_storage own = {0};
    socklen_t size = sizeof(own);
    (void)type;
    if (getsockname(fd, (struct sockaddr *)&own, &size) < 0)
        return 0;
    struct sockaddr_in any; /* the port stands at the same place in both families */
    memcpy(&any, &own, sizeof(any));
    uint16_t port = ntohs(any.sin_port);
    (void)pthread_mutex_lock(&resolver->mutex);
    resolver->ports[resolver->port_count++ % PORTS_MOST] = port;
    (void)pthread_mutex_unlock(&resolver->mutex);
    return 0;
}

static void answer_take(void *context, int status, int timeouts, struct hostent *host)
{
    question_t *question = context;
    weir_resolver_t *resolver = question->resolver;
    char name[WEIR_NAME_SIZE] = "";
    (void)timeouts;
    if (status == ARES_SUCCESS && host && host->h_name) {
        weir_span_t text = {(const uint8_t *)host->h_name, strlen(host->h_name)};
        (void)weir_name_text(text, name); /* "" where it is none */
    }
    (void)pthread_mutex_lock(&resolver->mutex);
    if (name[0])
        resolver->entries[question->at].name = weir_texts_number(&resolver->texts, name);
    resolver->asking--;
    (void)pthread_cond_broadcast(&resolver->answered);
    (void)pthread_mutex_unlock(&resolver->mutex);
    free(question);
}

static void address_ask(weir_resolver_t *resolver, const weir_address_t *address, size_t at)
{
    question_t *question = malloc(sizeof(*question));
    if (!question) {
        (void)pthread_mutex_lock(&resolver->mutex);
        resolver->asking--;
        (void)pthread_mutex_unlock(&resolver->mutex);
        return;
    }
    bool ipv6 = address->family == WEIR_FAMILY_IPV6;
    *question = (question_t){.resolver = resolver, .at = at};
    ares_gethostbyaddr(resolver->channel, address->bytes, ipv6 ? 16 : 4, ipv6 ? AF_INET6 : AF_INET,
                       answer_take, question);
}

/* Send what waits. Returns false when it is to end. */
static bool questions_send(weir_resolver_t *resolver)
{
    for (;;) {
        (void)pthread_mutex_lock(&resolver->mutex);
        bool stop = resolver->stop;
        bool any = !stop && resolver->next < resolver->count && resolver->asking < ASKING_MOST;
        size_t at = resolver->next;
        weir_address_t address = any ? resolver->entries[at].address : (weir_address_t){0};
        resolver->next += any;
        resolver->asking += any;
        (void)pthread_mutex_unlock(&resolver->mutex);
        if (!any)
            return !stop;
        address_ask(resolver, &address, at);
    }
}

static void sockets_wait(weir_resolver_t *resolver)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM + 1] = {{.fd = resolver->wake[0], .events = POLLIN}};
    int bits = ares_getsock(resolver->channel, sockets, ARES_GETSOCK_MAXNUM);
    nfds_t count = 1;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                               (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));
        if (events)
            fds[count++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
    struct timeval most = {.tv_sec = WAIT_MS / 1000}, room;
    const struct timeval *left = ares_timeout(resolver->channel, &most, &room);
    (void)poll(fds, count, (int)(left->tv_sec * 1000 + left->tv_usec / 1000 + 1));
    char bytes[64];
    if (fds[0].revents)
        (void)!read(resolver->wake[0], bytes, sizeof(bytes)); /* only wakes */
    for (nfds_t i = 1; i < count; i++)
        ares_process_fd(resolver->channel, fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
                        fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
}

static void *resolver_main(void *context)
{
    weir_resolver_t *resolver = context;
    bool safe = weir_platform_thread_renounce() == 0;
    while (safe && questions_send(resolver))
        sockets_wait(resolver);
    ares_cancel(resolver->channel);
    return NULL;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static int channel_open(weir_resolver_t *resolver)
{
    struct ares_options options = {.timeout = 2000, .tries = 2};
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return -ENOMEM;
    resolver->ready = true;
    int r = ares_init_options(&resolver->channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (r != ARES_SUCCESS)
        return r == ARES_ENOMEM ? -ENOMEM : -EIO;
    ares_set_socket_callback(resolver->channel, socket_note, resolver);
    resolver->inside = servers_are_inside(resolver->channel);
    return 0;
}

static int thread_start(weir_resolver_t *resolver)
{
    sigset_t all, before;
    (void)sigfillset(&all); /* signals are for the main thread */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&resolver->thread, NULL, resolver_main, resolver);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    resolver->started = r == 0;
    return -r;
}

static int locks_make(weir_resolver_t *resolver)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return -ENOMEM;
    int r = -pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (r == 0)
        r = -pthread_cond_init(&resolver->answered, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (r == 0)
        r = -pthread_mutex_init(&resolver->mutex, NULL);
    return r;
}

int weir_resolver_new(weir_resolver_t **ret_resolver)
{
    weir_resolver_t *resolver = calloc(1, sizeof(*resolver));
    if (!resolver)
        return -ENOMEM;
    resolver->wake[0] = resolver->wake[1] = -1;
    weir_texts_init(&resolver->texts, WEIR_RESOLVED_MOST);
    int r = locks_make(resolver);
    if (r == 0 && pipe2(resolver->wake, O_CLOEXEC | O_NONBLOCK) < 0)
        r = -errno;
    if (r == 0)
        r = channel_open(resolver);
    if (r == 0)
        r = thread_start(resolver);
    if (r < 0) {
        weir_resolver_free(resolver);
        return r;
    }
    *ret_resolver = resolver;
    return 0;
}

static void resolver_wake(const weir_resolver_t *resolver)
{
    (void)!write(resolver->wake[1], "", 1); /* a full pipe wakes, too */
}

void weir_resolver_free(weir_resolver_t *resolver)
{
    if (!resolver)
        return;
    if (resolver->started) {
        (void)pthread_mutex_lock(&resolver->mutex);
        resolver->stop = true;
        (void)pthread_mutex_unlock(&resolver->mutex);
        resolver_wake(resolver);
        (void)pthread_join(resolver->thread, NULL);
    }
    if (resolver->channel)
        ares_destroy(resolver->channel);
    if (resolver->ready)
        ares_library_cleanup();
    weir_closep(&resolver->wake[0]);
    weir_closep(&resolver->wake[1]);
    weir_texts_done(&resolver->texts);
    weir_index_done(&resolver->index);
    free(resolver->entries);
    (void)pthread_cond_destroy(&resolver->answered);
    (void)pthread_mutex_destroy(&resolver->mutex);
    free(resolver);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void entry_add(weir_resolver_t *resolver, const weir_address_t *address, uint64_t key)
{
    if (resolver->count == WEIR_RESOLVED_MOST)
        return;
    if (resolver->count == resolver->room) {
        size_t room = resolver->room ? resolver->room * 2 : 64;
        entry_t *entries = realloc(resolver->entries, room * sizeof(*entries));
        if (!entries)
            return;
        resolver->entries = entries;
        resolver->room = room;
    }
    if (weir_index_set(&resolver->index, key, (uint32_t)resolver->count) < 0)
        return;
    resolver->entries[resolver->count++] = (entry_t){.address = *address};
    resolver_wake(resolver);
}

/* What is known by now; `ask` for it, unless that was done. */
static const char *name_find(weir_resolver_t *resolver, const weir_address_t *address, bool ask)
{
    if (address_is_nobodys(address) || (address_is_private(address) && !resolver->inside))
        return NULL;
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    uint64_t key = weir_hash_u64(weir_hash_u64(words[0]) ^ words[1]) ^ address->family;
    const char *name = NULL;
    (void)pthread_mutex_lock(&resolver->mutex);
    uint32_t at = weir_index_get(&resolver->index, key);
    if (at == WEIR_INDEX_NONE && ask)
        entry_add(resolver, address, key);
    else if (at != WEIR_INDEX_NONE &&
             weir_address_compare(&resolver->entries[at].address, address) == 0)
        name = weir_texts_at(&resolver->texts, resolver->entries[at].name);
    (void)pthread_mutex_unlock(&resolver->mutex);
    return name;
}

const char *weir_resolver_name(weir_resolver_t *resolver, const weir_address_t *address)
{
    return name_find(resolver, address, true);
}

void weir_resolver_wait(weir_resolver_t *resolver, unsigned wait_ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* it is there */
    until.tv_sec += wait_ms / 1000;
    (void)pthread_mutex_lock(&resolver->mutex);
    int r = 0;
    while (r == 0 && (resolver->asking || resolver->next < resolver->count))
        r = pthread_cond_timedwait(&resolver->answered, &resolver->mutex, &until);
    (void)pthread_mutex_unlock(&resolver->mutex);
}

bool weir_resolver_uses(weir_resolver_t *resolver, uint16_t port)
{
    bool found = false;
    (void)pthread_mutex_lock(&resolver->mutex);
    size_t count = resolver->port_count < PORTS_MOST ? resolver->port_count : PORTS_MOST;
    for (size_t i = 0; i < count && !found; i++)
        found = resolver->ports[i] == port;
    (void)pthread_mutex_unlock(&resolver->mutex);
    return found;
}

void weir_resolver_hold(weir_resolver_t *resolver, weir_snapshot_t *snapshot)
{
    (void)pthread_mutex_lock(&resolver->mutex);
    if (resolver->texts.pool)
        weir_snapshot_hold(snapshot, resolver->texts.pool);
    (void)pthread_mutex_unlock(&resolver->mutex);
}

/* ---- The part -------------------------------------------------------------------------------- */

#define NAMED_MOST ((size_t)1024) /* hosts of a table that are asked for: the busiest */
#define PORT_DNS 53

/* The answers to Weir's own questions are traffic, too: a name that came so is no other's word. */
static void host_name(weir_resolver_t *resolver, uint64_t bits, uint64_t name_bit,
                      weir_host_t *host)
{
    bool named = host->present & name_bit;
    const char *name = name_find(resolver, &host->address, !named);
    if (!name || (named && strcmp(name, host->name) != 0))
        return;
    host->name = name;
    host->name_by = WEIR_NAME_RESOLVED;
    host->present |= bits;
}

static void hosts_name(weir_resolver_t *resolver, weir_snapshot_t *snapshot)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_HOSTS);
    uint64_t name = weir_column_bit(table, "name"), by = weir_column_bit(table, "name_by");
    weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_HOSTS];
    weir_host_t *hosts = rows->records;
    for (size_t i = 0; hosts && i < rows->count && i < NAMED_MOST; i++)
        host_name(resolver, name | by, name, &hosts[i]);
}

/* Weir's own questions are traffic, too: they are told as what they are. */
static void flows_name(weir_resolver_t *resolver, weir_snapshot_t *snapshot)
{
    uint64_t app = weir_column_bit(weir_table(WEIR_TABLE_FLOWS), "app");
    weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_FLOWS];
    weir_flow_t *flows = rows->records;
    for (size_t i = 0; flows && i < rows->count; i++) {
        if (flows[i].dst_port != PORT_DNS || !weir_resolver_uses(resolver, flows[i].src_port))
            continue;
        flows[i].app = "weir --resolve";
        flows[i].present |= app;
    }
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    weir_resolver_t *resolver = context;
    hosts_name(resolver, snapshot);
    flows_name(resolver, snapshot);
    weir_resolver_hold(resolver, snapshot);
}

static void part_close(void *context)
{
    (void)context; /* it is borrowed */
}

int weir_resolve_part(weir_resolver_t *resolver, weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .close = part_close};
    *ret_part = (weir_part_t){.ops = &ops, .context = resolver};
    return 0;
}
