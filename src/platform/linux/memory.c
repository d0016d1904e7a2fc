#include "platform/platform.h"

#include <malloc.h>
#include <sys/prctl.h>

/* [byte] Tables and rows of a snapshot are larger, and live for a second or two. By itself the C
 * library takes ever larger blocks from its heaps, once they were freed, and holes stay there. */
#define BLOCK_OF_ITS_OWN 65536

void weir_platform_memory_spare(void)
{
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* kernels before 3.15 do not know it */
#ifdef M_MMAP_THRESHOLD
    (void)mallopt(M_MMAP_THRESHOLD, BLOCK_OF_ITS_OWN);
    (void)mallopt(M_TRIM_THRESHOLD, BLOCK_OF_ITS_OWN);
#endif
}
