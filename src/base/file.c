#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int weir_file_read(const char *path, size_t ceiling, char **ret_text, size_t *ret_len)
{
    WEIR_CLEANUP(weir_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;

    WEIR_CLEANUP(weir_freep) char *text = malloc(ceiling + 2);
    if (!text)
        return -ENOMEM; /* cppcheck-suppress resourceLeak ; closed by the cleanup */

    size_t len = 0;
    for (ssize_t n = 1; n > 0 && len <= ceiling; len += (size_t)n) {
        n = TEMP_FAILURE_RETRY(read(fd, text + len, ceiling + 1 - len));
        if (n < 0)
            return -errno;
    }
    if (len > ceiling)
        return -EFBIG;

    text[len] = '\0';
    *ret_text = WEIR_TAKE(text);
    *ret_len = len;
    return 0;
}
