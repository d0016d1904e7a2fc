/*
 * weir-load: gives descriptors that need a privilege to who may run it, and does nothing else.
 *
 *     weir-load KIND      with an AF_UNIX SEQPACKET socket as standard input
 *
 * Installed root:weir, mode 0750, with file capabilities. It gives up what KIND does not need
 * before it reads the first request, stays while its socket lives and ends with it.
 */
#include "platform/capture.h"
#include "platform/load.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* What a kind began before it gave up its privileges. */
typedef struct helper {
    void *apps;
    int begun; /* 0, or the negative errno of the beginning */
} helper_t;

static int capture_serve(const weir_load_request_t *request, helper_t *helper)
{
    (void)helper;
    int fds[WEIR_LOAD_DESCRIPTORS];
    size_t count = request->count;
    if (count == 0 || count > WEIR_LOAD_DESCRIPTORS)
        return weir_load_answer(STDIN_FILENO, -EINVAL, NULL, 0);
    int r = weir_platform_capture_sockets(fds, count);
    return weir_load_answer(STDIN_FILENO, r, fds, r < 0 ? 0 : count);
}

/* The maps first; after that each request is about interfaces. */
static int apps_serve(const weir_load_request_t *request, helper_t *helper)
{
    int fds[WEIR_LOAD_DESCRIPTORS];
    if (request->count == 0) {
        weir_load_apps_follow(helper->apps);
        return weir_load_answer(STDIN_FILENO, 0, NULL, 0);
    }
    int r = helper->begun < 0 ? helper->begun
                              : weir_load_apps_maps(helper->apps, fds, WEIR_LOAD_DESCRIPTORS);
    return weir_load_answer(STDIN_FILENO, r < 0 ? r : 0, fds, r < 0 ? 0 : (size_t)r);
}

typedef int serve_t(const weir_load_request_t *request, helper_t *helper);

static serve_t *const servers[WEIR_LOAD_KINDS] = {
    [WEIR_LOAD_CAPTURE] = capture_serve, [WEIR_LOAD_APPS] = apps_serve};

static int requests_serve(weir_load_kind_t kind, helper_t *helper)
{
    weir_load_request_t request;
    int r = 0;
    while ((r = weir_load_receive(STDIN_FILENO, &request)) > 0) {
        r = request.kind == (uint32_t)kind ? servers[kind](&request, helper)
                                           : weir_load_answer(STDIN_FILENO, -EINVAL, NULL, 0);
        if (r < 0)
            break;
    }
    return r;
}

static int kind_find(int argc, char **argv)
{
    for (int kind = 0; argc == 2 && kind < WEIR_LOAD_KINDS; kind++)
        if (strcmp(argv[1], WEIR_LOAD_WORDS[kind]) == 0)
            return kind;
    return -EINVAL;
}

int main(int argc, char **argv)
{
    int kind = kind_find(argc, argv);
    if (kind < 0 || !weir_load_is_socket(STDIN_FILENO)) {
        (void)fputs("weir-load: weir starts this program; `weir doctor` tells what it is for\n",
                    stderr);
        return 2;
    }
    (void)signal(SIGINT, SIG_IGN); /* what ends it is the end of its socket */
    (void)signal(SIGHUP, SIG_IGN);
    helper_t helper = {0};
    if (kind == WEIR_LOAD_APPS)
        helper.begun = weir_load_apps_begin(&helper.apps);
    int r = weir_load_confine((weir_load_kind_t)kind);
    if (r >= 0)
        r = requests_serve((weir_load_kind_t)kind, &helper);
    _exit(r < 0 ? 1 : 0); /* no handlers: they would need more system calls */
}
