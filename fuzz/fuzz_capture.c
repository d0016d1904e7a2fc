/*
 * Any bytes as a capture file, whole and mapped, on two threads, down to the rows of every table.
 */
#include "packet/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tables_ask(weir_capture_t *capture)
{
    const weir_host_t *hosts = NULL;
    const weir_protocol_t *protocols = NULL;
    size_t count = 0, total = 0;
    weir_quality_t quality;
    weir_flow_t flows[8];
    weir_pool_t *pool = weir_pool_new(1 << 20);
    (void)weir_capture_hosts(capture, 0, &hosts, &count, &total);
    (void)weir_capture_protocols(capture, &protocols, &count);
    (void)weir_capture_quality(capture, &quality);
    for (size_t i = 0; pool && i < weir_capture_flow_count(capture); i += 8)
        (void)weir_capture_flows(capture, i, 8, pool, flows);
    weir_pool_unref(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weir_input_t input = {.name = "fuzz", .span = {data, size}};
    weir_capture_options_t options = {
        .threads = 1 + size % 2, .inner = size % 3 == 0, .limits = {.max_flows = 1000}};
    weir_capture_t *capture = NULL;
    if (weir_capture_run(&input, 1, &options, &capture) == 0)
        tables_ask(capture);
    weir_capture_free(capture);
    return 0;
}
