#include "platform/linux/bpf_load.h"
#include "platform/linux/sockets.h"

#include <stdio.h>

static void feature_check(const weir_bpf_feature_t *feature, weir_check_t *check)
{
    check->what = feature->name;
    check->state = feature->used ? WEIR_CHECK_OK : WEIR_CHECK_LIMITED;
    if (feature->used)
        (void)snprintf(check->detail, sizeof(check->detail), "%s", feature->what);
    else
        (void)snprintf(check->detail, sizeof(check->detail), "%s: %s", feature->why,
                       feature->without ? feature->without : feature->what);
}

size_t weir_sockets_bpf_checks(weir_check_t *checks, size_t room)
{
    weir_bpf_loaded_t *loaded = NULL;
    char reason[WEIR_BPF_REASON_SIZE];
    if (weir_bpf_load(getenv("WEIR_WITHOUT"), &loaded, reason) < 0)
        return 0; /* why, the line before tells */
    size_t count = 0;
    const weir_bpf_feature_t *features = weir_bpf_features(loaded, &count);
    size_t n = count < room ? count : room;
    for (size_t i = 0; i < n; i++)
        feature_check(&features[i], &checks[i]);
    weir_bpf_unload(loaded);
    return n;
}
