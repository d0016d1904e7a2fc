/*
 * Recordings: any file gives snapshots that can be selected and exported, or an error with a
 * sentence.
 */
#include "engine/producer.h"
#include "export/export.h"

#include <stdio.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void snapshot_use(const weir_snapshot_t *snapshot)
{
    for (int table = 0; table < WEIR_TABLE_COUNT; table++) {
        weir_export_t export = {
            .table = (weir_table_id_t)table, .units = WEIR_UNITS_DEFAULT, .utf8 = true};
        const weir_query_t query = {.table = export.table, .sort = WEIR_SORT_NONE};
        weir_selection_t selection;
        if (!snapshot->rows[table].measured || weir_select(snapshot, &query, &selection) < 0)
            continue;
        weir_buf_t out;
        weir_buf_init(&out, (size_t)1 << 26);
        weir_export_default_columns(&export, WEIR_FORMAT_TABLE);
        weir_export_table(&out, &export, snapshot, &selection);
        weir_export_default_columns(&export, WEIR_FORMAT_JSON);
        weir_export_json(&out, &export, snapshot, &selection);
        weir_export_csv(&out, &export, snapshot, &selection);
        weir_buf_done(&out);
        weir_selection_done(&selection);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    char error[WEIR_PRODUCER_ERROR_SIZE] = "";
    weir_clock_t clock = weir_clock_system();
    weir_producer_t producer;
    int fd = memfd_create("recording", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        __builtin_trap();
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (weir_replay_open(path, &clock, 0, &producer) < 0)
        __builtin_trap();
    weir_snapshot_t *snapshot = NULL;
    int r = 0;
    while ((r = producer.ops->next(producer.context, &snapshot, error)) == 0) {
        snapshot_use(snapshot);
        weir_snapshot_unref(snapshot);
    }
    if (r < 0 && !error[0])
        __builtin_trap();
    producer.ops->close(producer.context);
    (void)close(fd);
    return 0;
}
