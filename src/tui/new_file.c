#include "tui/new_file.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAMES_MAX 100 /* files of the same second */

/* Under sudo the file belongs to the person who asked for it. */
static void owner_give(int fd)
{
    const char *uid = getenv("SUDO_UID");
    const char *gid = getenv("SUDO_GID");
    if (geteuid() == 0 && uid && gid)
        (void)!fchown(fd, (uid_t)strtoul(uid, NULL, 10),
                      (gid_t)strtoul(gid, NULL, 10)); /* best effort */
}

int weir_new_file_make(const char *stem, const char *suffix, int64_t wall_ns,
                       weir_new_file_t *ret_file)
{
    time_t seconds = (time_t)(wall_ns / (int64_t)WEIR_NS_PER_S);
    struct tm local = {0};
    char time[32] = "", folder[320] = ".", name[128];
    ret_file->fd = -1;
    if (localtime_r(&seconds, &local))
        (void)strftime(time, sizeof(time), "%Y%m%d-%H%M%S", &local); /* always fits */
    if (!getcwd(folder, sizeof(folder)))
        (void)strcpy(folder, ".");
    for (int i = 1; i <= NAMES_MAX; i++) {
        char more[16] = "";
        if (i > 1)
            (void)snprintf(more, sizeof(more), "-%d", i);
        (void)snprintf(name, sizeof(name), "weir-%.40s-%s%s.%.16s", stem, time, more, suffix);
        (void)snprintf(ret_file->path, sizeof(ret_file->path), "%s/%s", folder, name);
        ret_file->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (ret_file->fd >= 0) {
            owner_give(ret_file->fd);
            return 0;
        }
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}
