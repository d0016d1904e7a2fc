#include "engine/apps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define APPS_MAX 4096U
#define PROCESSES_MAX 65536U
#define TEXTS_CEILING ((size_t)64 << 20)
#define EVICTIONS_MAX 1024U /* then the pool is made anew */
#define CHECKS_A_TICK 16U   /* beginnings that are read again: numbers may be used again */

void weir_apps_done(weir_apps_t *apps)
{
    free(apps->entries);
    free(apps->processes);
    weir_index_done(&apps->by_identity);
    weir_index_done(&apps->by_process);
    weir_pool_unref(apps->texts);
    *apps = (weir_apps_t){0};
}

/* ---- Identity -------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = weir_hash_u64(hash ^ (uint8_t)*text);
    return weir_hash_u64(hash);
}

static uint64_t program_identity(const weir_program_t *program)
{
    uint64_t hash = hash_text(1, program->exe[0] ? program->exe : program->name);
    hash = hash_text(hash, program->user);
    /* A session's scope has a new number at each login; it separates nothing. */
    bool session = strncmp(program->unit, "session-", 8) == 0;
    hash = hash_text(hash, session ? "" : program->unit);
    return hash_text(hash, program->container);
}

static uint64_t process_key(const weir_socket_t *socket)
{
    return weir_hash_u64(weir_hash_u64(socket->start_ns ^ socket->exec_id << 48) ^ socket->pid);
}

/* ---- Apps ------------------------------------------------------------------------------------ */

static const char *text_move(weir_pool_t *pool, const char *text)
{
    return text && text[0] ? weir_pool_text(pool, text) : NULL;
}

/* Snapshots hold the old pool for as long as they need it. */
static int texts_renew(weir_apps_t *apps)
{
    weir_pool_t *pool = weir_pool_new(TEXTS_CEILING);
    if (!pool)
        return -ENOMEM;
    for (size_t i = 0; i < apps->count; i++) {
        weir_app_entry_t *entry = &apps->entries[i];
        entry->name = text_move(pool, entry->name);
        entry->exe = text_move(pool, entry->exe);
        entry->user = text_move(pool, entry->user);
        entry->unit = text_move(pool, entry->unit);
        entry->container = text_move(pool, entry->container);
        entry->parent = text_move(pool, entry->parent);
        entry->command = text_move(pool, entry->command);
    }
    weir_pool_unref(apps->texts);
    apps->texts = pool;
    apps->evictions = 0;
    return 0;
}

/* The app that ended first makes room; its flows have ended with it. */
static weir_app_entry_t *app_evict(weir_apps_t *apps)
{
    weir_app_entry_t *oldest = NULL;
    for (size_t i = 0; i < apps->count; i++) {
        weir_app_entry_t *entry = &apps->entries[i];
        bool idle = entry->used && entry->ended_ns && !entry->flows;
        if (idle && (!oldest || entry->ended_ns < oldest->ended_ns))
            oldest = entry;
    }
    if (!oldest)
        return NULL;
    weir_index_remove(&apps->by_identity, oldest->identity);
    apps->evictions++;
    apps->used--;
    *oldest = (weir_app_entry_t){0};
    return oldest;
}

static weir_app_entry_t *app_slot(weir_apps_t *apps)
{
    if (apps->count >= APPS_MAX)
        return app_evict(apps);
    if (apps->count == apps->room) {
        size_t room = apps->room ? apps->room * 2 : 64;
        weir_app_entry_t *entries = realloc(apps->entries, room * sizeof(*entries));
        if (!entries)
            return NULL;
        apps->entries = entries;
        apps->room = room;
    }
    apps->entries[apps->count] = (weir_app_entry_t){0};
    return &apps->entries[apps->count++];
}

static uint32_t app_make(weir_apps_t *apps, uint64_t identity, const weir_program_t *program,
                         uint64_t now_ns)
{
    apps->last_key = 0; /* its app may make room */
    if ((!apps->texts || apps->evictions > EVICTIONS_MAX) && texts_renew(apps) < 0)
        return WEIR_APP_NONE;
    weir_app_entry_t *entry = app_slot(apps);
    uint32_t at = entry ? (uint32_t)(entry - apps->entries) : WEIR_APP_NONE;
    if (!entry || weir_index_set(&apps->by_identity, identity, at) < 0) {
        apps->refused++;
        return WEIR_APP_NONE;
    }
    *entry = (weir_app_entry_t){.id = ++apps->next_id,
                                .identity = identity,
                                .used = true,
                                .name = text_move(apps->texts, program->name),
                                .exe = text_move(apps->texts, program->exe),
                                .user = text_move(apps->texts, program->user),
                                .unit = text_move(apps->texts, program->unit),
                                .container = text_move(apps->texts, program->container),
                                .parent = text_move(apps->texts, program->parent),
                                .command = text_move(apps->texts, program->command),
                                .first_ns = now_ns};
    apps->used++;
    return at;
}

static uint32_t app_of(weir_apps_t *apps, const weir_program_t *program, uint64_t now_ns)
{
    uint64_t identity = program_identity(program);
    uint32_t at = weir_index_get(&apps->by_identity, identity);
    return at == WEIR_INDEX_NONE ? app_make(apps, identity, program, now_ns) : at;
}

/* ---- Traffic of no program ------------------------------------------------------------------- */

/* By the port that is usual for it. */
static const char *tunnel_word(uint16_t port)
{
    switch (port) {
    case 1701:
        return "l2tp";
    case 4789:
        return "vxlan";
    case 6081:
        return "geneve";
    case 51820:
        return "wireguard";
    default:
        return "udp";
    }
}

static const char *protocol_word(const weir_socket_t *socket)
{
    switch (socket->protocol) {
    case 1:
    case 58:
        return "icmp";
    case 2:
        return "igmp";
    case 6:
        return "tcp";
    case 17:
        return tunnel_word(socket->local_port);
    default:
        return "ip";
    }
}

static uint32_t kind_find(weir_apps_t *apps, const weir_socket_t *socket, uint64_t now_ns)
{
    weir_program_t program = {0};
    if (socket->kind == WEIR_TRAFFIC_FORWARDED)
        (void)snprintf(program.name, sizeof(program.name), "forwarded");
    else if (socket->kind == WEIR_TRAFFIC_NOT_IP)
        (void)snprintf(program.name, sizeof(program.name), "kernel: not IP");
    else if (socket->kind == WEIR_TRAFFIC_REFUSED)
        (void)snprintf(program.name, sizeof(program.name), "kernel: refused");
    else
        (void)snprintf(program.name, sizeof(program.name), "kernel: %s", protocol_word(socket));
    return app_of(apps, &program, now_ns);
}

/* ---- Processes ------------------------------------------------------------------------------- */

static void process_drop(weir_apps_t *apps, size_t at, uint64_t now_ns)
{
    weir_process_t *process = &apps->processes[at];
    weir_app_entry_t *entry = &apps->entries[process->app];
    weir_index_remove(&apps->by_process, process->key);
    if (--entry->processes == 0)
        entry->ended_ns = now_ns;
    *process = apps->processes[--apps->process_count];
    if (at < apps->process_count) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&apps->by_process, process->key, (uint32_t)at);
}

/* A process that became another program belongs to that from now on. */
static void process_replace(weir_apps_t *apps, uint32_t pid, uint64_t now_ns)
{
    for (size_t i = apps->process_count; i-- > 0;)
        if (apps->processes[i].pid == pid)
            process_drop(apps, i, now_ns);
}

static int process_add(weir_apps_t *apps, const weir_process_t *process)
{
    if (apps->process_count >= PROCESSES_MAX)
        return -ENOSPC;
    if (apps->process_count == apps->process_room) {
        size_t room = apps->process_room ? apps->process_room * 2 : 64;
        weir_process_t *processes = realloc(apps->processes, room * sizeof(*processes));
        if (!processes)
            return -ENOMEM;
        apps->processes = processes;
        apps->process_room = room;
    }
    int r = weir_index_set(&apps->by_process, process->key, (uint32_t)apps->process_count);
    if (r < 0)
        return r;
    apps->processes[apps->process_count++] = *process;
    return 0;
}

static uint32_t process_find(weir_apps_t *apps, const weir_socket_source_t *source,
                             const weir_socket_t *socket, uint64_t key, uint64_t now_ns)
{
    uint32_t at = weir_index_get(&apps->by_process, key);
    if (at != WEIR_INDEX_NONE)
        return apps->processes[at].app;
    weir_program_t program;
    if (source->ops->program(source->context, socket, &program) < 0)
        return WEIR_APP_NONE;
    uint32_t app = app_of(apps, &program, now_ns);
    if (app == WEIR_APP_NONE)
        return app;
    weir_process_t process = {.key = key,
                              .start_ns = socket->start_ns ? socket->start_ns : program.start_ns,
                              .pid = socket->pid,
                              .app = app};
    weir_app_entry_t *entry = &apps->entries[app];
    if (!source->ops->lives(source->context, socket->pid, 0)) {
        entry->ended_ns = entry->processes ? 0 : now_ns;
        return app;
    }
    process_replace(apps, socket->pid, now_ns);
    if (process_add(apps, &process) == 0) {
        entry->processes++;
        entry->ended_ns = 0;
    }
    return app;
}

/* Sockets of one process come one after the other, also when it has ended. */
uint32_t weir_apps_find(weir_apps_t *apps, const weir_socket_source_t *source,
                        const weir_socket_t *socket, uint64_t now_ns)
{
    if (socket->kind != WEIR_TRAFFIC_PROGRAM)
        return kind_find(apps, socket, now_ns);
    if (!socket->pid)
        return WEIR_APP_NONE;
    uint64_t key = process_key(socket);
    if (key == apps->last_key)
        return apps->last_app;
    uint32_t app = process_find(apps, source, socket, key, now_ns);
    apps->last_key = app == WEIR_APP_NONE ? 0 : key;
    apps->last_app = app;
    return app;
}

void weir_apps_check(weir_apps_t *apps, const weir_socket_source_t *source, uint64_t now_ns)
{
    size_t from = apps->next_check;
    apps->last_key = 0;
    apps->next_check = from + CHECKS_A_TICK < apps->process_count ? from + CHECKS_A_TICK : 0;
    for (size_t i = apps->process_count; i-- > 0;) {
        const weir_process_t *process = &apps->processes[i];
        uint64_t start_ns = i - from < CHECKS_A_TICK ? process->start_ns : 0;
        if (!source->ops->lives(source->context, process->pid, start_ns))
            process_drop(apps, i, now_ns);
    }
}
