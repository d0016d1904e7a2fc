/*
 * weir-load's socket, from both ends.
 */
#include "platform/load.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define PATH_SIZE 4096

const char *const WEIR_LOAD_WORDS[WEIR_LOAD_KINDS] = {
    [WEIR_LOAD_CAPTURE] = "capture", [WEIR_LOAD_APPS] = "apps"};

struct weir_loader {
    int fd;
    pid_t pid;
};

/* Room for the descriptors of one message. */
typedef union control {
    struct cmsghdr header; /* for its alignment */
    char bytes[CMSG_SPACE(WEIR_LOAD_DESCRIPTORS * sizeof(int))];
} control_t;

/* ---- The side of weir ------------------------------------------------------------------------ */

/* The folder of this program, without a slash at its end; "" when it is not known. */
static void own_folder(char folder[static PATH_SIZE])
{
    ssize_t n = readlink("/proc/self/exe", folder, PATH_SIZE - 1);
    folder[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
}

/* Standard output and error go nowhere: what the helper has to say, it answers. */
static int helper_spawn(const char *path, weir_load_kind_t kind, int fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    (void)sigemptyset(&none);
    int r = posix_spawn_file_actions_init(&actions);
    if (r != 0)
        return -r;
    r = posix_spawnattr_init(&attributes);
    if (r == 0) {
        char *const arguments[] = {strdup("weir-load"), strdup(WEIR_LOAD_WORDS[kind]), NULL};
        char *const environment[] = {NULL};
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
        (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        r = arguments[0] && arguments[1]
                ? posix_spawn(ret_pid, path, &actions, &attributes, arguments, environment)
                : ENOMEM;
        free(arguments[0]);
        free(arguments[1]);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return -r;
}

static int helper_start(weir_load_kind_t kind, int fd, pid_t *ret_pid)
{
    static const char *const places[] = {"/weir-load", "/../load/weir-load"};
    char folder[PATH_SIZE];
    own_folder(folder);
    int r = -ENOENT;
    for (size_t i = 0; i < WEIR_COUNT(places) && r == -ENOENT; i++) {
        char path[PATH_SIZE + 32];
        (void)snprintf(path, sizeof(path), "%s%s", folder, places[i]);
        r = helper_spawn(path, kind, fd, ret_pid);
    }
    return r == -ENOENT ? helper_spawn(WEIR_LIBEXEC_DIR "/weir-load", kind, fd, ret_pid) : r;
}

int weir_loader_open(weir_load_kind_t kind, weir_loader_t **ret_loader)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    weir_loader_t *loader = calloc(1, sizeof(*loader));
    int r = loader ? helper_start(kind, ends[1], &loader->pid) : -ENOMEM;
    (void)close(ends[1]); /* the helper has its own */
    if (r < 0) {
        (void)close(ends[0]);
        free(loader);
        return r;
    }
    loader->fd = ends[0];
    *ret_loader = loader;
    return 0;
}

void weir_loader_close(weir_loader_t *loader)
{
    if (!loader)
        return;
    (void)close(loader->fd);
    (void)TEMP_FAILURE_RETRY(waitpid(loader->pid, NULL, 0));
    free(loader);
}

static size_t descriptors_take(struct msghdr *message, int *fds, size_t room)
{
    size_t taken = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(fd));
            if (taken < room)
                fds[taken++] = fd;
            else
                (void)close(fd); /* more than was asked for */
        }
    }
    return taken;
}

int weir_loader_ask(weir_loader_t *loader, const weir_load_request_t *request, int *fds,
                    size_t room)
{
    if (send(loader->fd, request, sizeof(*request), MSG_NOSIGNAL) < 0)
        return -errno;
    weir_load_answer_t answer = {0};
    control_t control;
    struct iovec part = {.iov_base = &answer, .iov_len = sizeof(answer)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    ssize_t n = TEMP_FAILURE_RETRY(recvmsg(loader->fd, &message, MSG_CMSG_CLOEXEC));
    if (n < 0)
        return -errno;
    if (n == 0)
        return -EPIPE;
    size_t taken = descriptors_take(&message, fds, room);
    int r = answer.result < 0 ? answer.result : (int)taken;
    if (n != (ssize_t)sizeof(answer) || answer.version != WEIR_LOAD_VERSION)
        r = -EPROTO;
    for (size_t i = 0; r < 0 && i < taken; i++)
        (void)close(fds[i]);
    return r;
}

/* ---- The side of weir-load ------------------------------------------------------------------- */

int weir_load_is_socket(int fd)
{
    int domain = 0, type = 0;
    socklen_t n = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_SEQPACKET;
}

int weir_load_receive(int fd, weir_load_request_t *ret_request)
{
    weir_load_request_t request = {0};
    struct iovec part = {.iov_base = &request, .iov_len = sizeof(request)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n = TEMP_FAILURE_RETRY(recvmsg(fd, &message, 0));
    if (n <= 0)
        return n < 0 ? -errno : 0;
    if (n != (ssize_t)sizeof(request) || message.msg_flags & MSG_TRUNC ||
        request.version != WEIR_LOAD_VERSION)
        return -EPROTO;
    *ret_request = request;
    return 1;
}

int weir_load_answer(int fd, int result, const int *fds, size_t count)
{
    weir_load_answer_t answer = {
        .version = WEIR_LOAD_VERSION, .result = result, .descriptors = (uint32_t)count};
    control_t control;
    memset(&control, 0, sizeof(control));
    struct iovec part = {.iov_base = &answer, .iov_len = sizeof(answer)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    }
    ssize_t n = TEMP_FAILURE_RETRY(sendmsg(fd, &message, MSG_NOSIGNAL));
    int r = n < 0 ? -errno : 0;
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
    return r;
}
