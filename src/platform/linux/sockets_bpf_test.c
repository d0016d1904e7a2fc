/* What the reader makes of counters that programs write at the same moment. */
#include "platform/linux/sockets_bpf.c"

#include "base/testing.h"

#define AT 5 /* a slot's number */
#define TOLD_MAX 8

typedef struct reader {
    bpf_way_t way;
    weir_socket_sink_t sink;
    struct weir_bpf_slot slot;
    weir_socket_t told[TOLD_MAX];
    size_t count;
} reader_t;

static void told_keep(void *context, const weir_socket_t *socket)
{
    reader_t *reader = context;
    assert_true(reader->count < TOLD_MAX);
    reader->told[reader->count++] = *socket;
}

static int reader_make(void **state)
{
    reader_t *reader = calloc(1, sizeof(*reader));
    reader->sink = (weir_socket_sink_t){.context = reader, .socket = told_keep};
    reader->way.sink = &reader->sink;
    reader->way.told_slots = calloc(WEIR_BPF_SLOTS, sizeof(told_slot_t));
    reader->way.fds[WEIR_BPF_MAP_FREE_SLOTS] = -1;
    reader->slot = (struct weir_bpf_slot){.use = WEIR_BPF_OPEN,
                                          .epoch = 2,
                                          .cookie = 77,
                                          .path = {.protocol = 6},
                                          .owner = {.pid = 50, .exec_id = 1},
                                          .rx = {.bytes = 1000, .packets = 2, .payload = 900}};
    *state = reader;
    return 0;
}

static int reader_drop(void **state)
{
    reader_t *reader = *state;
    weir_index_done(&reader->way.rest_index);
    free(reader->way.told_rest);
    free(reader->way.told_slots);
    free(reader);
    return 0;
}

/* How often a reading tells; told[0] is the first of it. */
static size_t read_slot(reader_t *reader)
{
    reader->count = 0;
    slot_take(&reader->way, &reader->slot, AT);
    return reader->count;
}

static size_t read_rest(reader_t *reader, const struct weir_bpf_rest *value)
{
    static const struct weir_bpf_rest_key key = {.pid = 50};
    reader->count = 0;
    rest_take(&reader->way, WEIR_BPF_MAP_REST, &key, value);
    return reader->count;
}

static void what_stands_is_told_once(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].rx.bytes, 1000);
    assert_int_equal(read_slot(reader), 0);
}

/* Counters are copied one by one: the last of a packet may be missing at first. */
static void no_single_counter_is_passed_over(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    reader->slot.rx.payload += 100;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].rx.payload, 1000);
    struct weir_bpf_rest value = {.tx = {.bytes = 500, .packets = 2}};
    assert_int_equal(read_rest(reader, &value), 1);
    assert_int_equal(read_rest(reader, &value), 0);
    value.tx.bytes += 60;
    assert_int_equal(read_rest(reader, &value), 1);
    assert_int_equal(reader->told[0].tx.bytes, 560);
}

/* Between the two steps of the epoch the counters are of one owner and the name of another, and the
 * table may have them already: then nothing is told twice. */
static void a_slot_that_changes_is_left_for_later(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    uint64_t before = reader->told[0].id;
    reader->slot.epoch = 3;
    assert_int_equal(read_slot(reader), 0); /* nothing has moved yet */
    reader->slot.rx.bytes = 0;
    reader->slot.owner.pid = 51;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].id, before);
    assert_int_equal(reader->told[0].news, WEIR_SOCKET_MOVED);
    assert_int_equal(read_slot(reader), 0);
    reader->slot.rx = (struct weir_bpf_counts){.bytes = 60, .packets = 1};
    reader->slot.epoch = 4;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].pid, 51);
    assert_int_equal(reader->told[0].rx.bytes, 60);
    assert_int_not_equal(reader->told[0].id, before);
}

static void what_changed_is_told_before_the_old_is_taken_back(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    uint64_t before = reader->told[0].id;
    reader->slot.epoch = 4;
    assert_int_equal(read_slot(reader), 2); /* so a connection does not end in between */
    assert_int_equal(reader->told[0].rx.bytes, 1000);
    assert_int_equal(reader->told[1].id, before);
    assert_int_equal(reader->told[1].news, WEIR_SOCKET_MOVED);
}

/* The counters have moved, and nothing came since: a slot without traffic is not told. */
static void an_empty_slot_takes_back_what_it_told(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    uint64_t before = reader->told[0].id;
    reader->slot.rx = (struct weir_bpf_counts){0};
    reader->slot.epoch = 4;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].news, WEIR_SOCKET_MOVED);
    assert_int_equal(reader->told[0].id, before);
    assert_int_equal(read_slot(reader), 0);
}

static void an_end_is_told_and_the_slot_is_free(void **state)
{
    reader_t *reader = *state;
    assert_int_equal(read_slot(reader), 1);
    reader->slot.use = WEIR_BPF_ENDED;
    assert_int_equal(read_slot(reader), 1);
    assert_int_equal(reader->told[0].news, WEIR_SOCKET_ENDED);
    assert_int_equal(reader->slot.use, WEIR_BPF_FREE);
    assert_int_equal(read_slot(reader), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, reader_make, reader_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_stands_is_told_once),
        CASE(no_single_counter_is_passed_over),
        CASE(a_slot_that_changes_is_left_for_later),
        CASE(what_changed_is_told_before_the_old_is_taken_back),
        CASE(an_empty_slot_takes_back_what_it_told),
        CASE(an_end_is_told_and_the_slot_is_free),
    };
    return weir_test_run("platform/sockets_bpf", tests);
}
