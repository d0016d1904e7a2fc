/*
 * What /proc tells of a process. Under Landlock, or of others without privilege, /proc/PID/exe is
 * refused: then the name in `stat` stands for it.
 */
#include "platform/linux/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

/* A file of /proc/PID as text; "" when it cannot be read. */
static void proc_read(uint32_t pid, const char *file, char *text, size_t size)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%u/%s", pid, file);
    WEIR_CLEANUP(weir_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : TEMP_FAILURE_RETRY(read(fd, text, size - 1));
    text[n > 0 ? n : 0] = '\0';
} /* cppcheck-suppress resourceLeak ; closed by the cleanup */

/* Field 22 of proc(5)'s stat; the name in field 2 may hold anything. */
static uint64_t start_parse(const char *stat)
{
    const char *at = strrchr(stat, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        return 0;
    return strtoull(at + 1, NULL, 10) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

uint64_t weir_sockets_start(uint32_t pid)
{
    char stat[512];
    proc_read(pid, "stat", stat, sizeof(stat));
    return start_parse(stat);
}

static void name_read(const char *stat, weir_program_t *program)
{
    const char *begin = strchr(stat, '(');
    const char *end = strrchr(stat, ')');
    if (begin && end > begin)
        (void)snprintf(program->name, sizeof(program->name), "%.*s", (int)(end - begin - 1),
                       begin + 1);
}

/* Words are ended by zero bytes. */
static void command_read(uint32_t pid, weir_program_t *program)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
    WEIR_CLEANUP(weir_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t room = sizeof(program->command) - 1;
    ssize_t n = fd < 0 ? -1 : TEMP_FAILURE_RETRY(read(fd, program->command, room));
    while (n > 0 && program->command[n - 1] == '\0')
        n--;
    for (ssize_t i = 0; i < n; i++)
        if (program->command[i] == '\0')
            program->command[i] = ' ';
    program->command[n > 0 ? n : 0] = '\0';
} /* cppcheck-suppress resourceLeak ; closed by the cleanup */

/* Field 4 of stat is the number of the parent. */
static void parent_read(const char *stat, weir_program_t *program)
{
    const char *at = strrchr(stat, ')');
    uint32_t parent = at && strlen(at) > 4 ? (uint32_t)strtoul(at + 4, NULL, 10) : 0;
    if (!parent)
        return;
    proc_read(parent, "comm", program->parent, sizeof(program->parent));
    program->parent[strcspn(program->parent, "\n")] = '\0';
}

static void exe_read(uint32_t pid, weir_program_t *program)
{
    static const char deleted[] = " (deleted)"; /* an update replaced the file */
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%u/exe", pid);
    ssize_t n = readlink(path, program->exe, sizeof(program->exe) - 1);
    size_t length = n > 0 ? (size_t)n : 0;
    const size_t tail = sizeof(deleted) - 1;
    if (length > tail && memcmp(program->exe + length - tail, deleted, tail) == 0)
        length -= tail;
    program->exe[length] = '\0';
}

static void user_read(uint32_t pid, weir_program_t *program)
{
    char path[64];
    struct stat status;
    (void)snprintf(path, sizeof(path), "/proc/%u", pid);
    if (stat(path, &status) < 0)
        return;
    char room[1024];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(status.st_uid, &entry, room, sizeof(room), &found) == 0 && found)
        (void)snprintf(program->user, sizeof(program->user), "%.63s", found->pw_name);
    else
        (void)snprintf(program->user, sizeof(program->user), "%u", status.st_uid);
}

static bool is_hexadecimal(const char *text, size_t n)
{
    return strspn(text, "0123456789abcdef") >= n;
}

/* "docker-<64 hex>.scope", "libpod-<64 hex>", "<64 hex>", "kubepods/.../<64 hex>" and the like. */
static void container_parse(const char *part, size_t n, weir_program_t *program)
{
    for (size_t i = 0; i + 64 <= n; i++) {
        if ((i > 0 && part[i - 1] != '-') || !is_hexadecimal(part + i, 64))
            continue;
        (void)snprintf(program->container, sizeof(program->container), "%.12s", part + i);
        return;
    }
    static const char lxc[] = "lxc.payload.";
    if (n > sizeof(lxc) - 1 && strncmp(part, lxc, sizeof(lxc) - 1) == 0)
        (void)snprintf(program->container, sizeof(program->container), "%.*s",
                       (int)(n - sizeof(lxc) + 1), part + sizeof(lxc) - 1);
}

static bool ends_with(const char *part, size_t n, const char *end)
{
    size_t length = strlen(end);
    return n > length && memcmp(part + n - length, end, length) == 0;
}

void weir_sockets_cgroup(const char *path, weir_program_t *program)
{
    while (*path) {
        size_t n = strcspn(path, "/\n");
        if (ends_with(path, n, ".service") || ends_with(path, n, ".scope"))
            (void)snprintf(program->unit, sizeof(program->unit), "%.*s", (int)n, path);
        container_parse(path, n, program);
        path += n;
        if (*path == '\n')
            return;
        path += *path == '/';
    }
}

/* Lines are "0::/path" of version 2 and "1:name=systemd:/path" of version 1. */
static void cgroup_read(uint32_t pid, weir_program_t *program)
{
    char text[4096];
    proc_read(pid, "cgroup", text, sizeof(text));
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *path = strstr(line, ":/");
        if (path && (strncmp(line, "0::", 3) == 0 || strstr(line, ":name=systemd:")))
            weir_sockets_cgroup(path + 2, program);
    }
}

int weir_sockets_program(uint32_t pid, weir_program_t *ret_program)
{
    weir_program_t program = {0};
    char stat[512];
    proc_read(pid, "stat", stat, sizeof(stat));
    program.start_ns = start_parse(stat);
    if (!program.start_ns)
        return -ESRCH;
    name_read(stat, &program);
    exe_read(pid, &program);
    user_read(pid, &program);
    cgroup_read(pid, &program);
    command_read(pid, &program);
    parent_read(stat, &program);
    *ret_program = program;
    return 0;
}

/* The descriptor stands for the process that had the number when it was made; that this is the one
 * which is meant is checked afterwards, so that no number can change its owner in between. */
int weir_platform_process_end(uint32_t pid, uint64_t start_ns, bool at_once)
{
    const uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
    if (!start_ns || pid > INT32_MAX)
        return -ESRCH;
    WEIR_CLEANUP(weir_closep) int fd = pidfd_open((pid_t)pid, 0);
    if (fd < 0)
        return -errno;
    if (weir_sockets_start(pid) / tick_ns != start_ns / tick_ns)
        return -ESRCH;
    return pidfd_send_signal(fd, at_once ? SIGKILL : SIGTERM, NULL, 0) < 0 ? -errno : 0;
} /* cppcheck-suppress resourceLeak ; closed by the cleanup */
