/*
 * A packet is first looked at with a state on the stack: most flows tell all they will in one
 * packet. Only when more is needed does the state move to the heap, and its place stands in the
 * mark.
 *
 * Side 0 of a state is the side of the key's low end, as in the flow table.
 */
#include "packet/inspect.h"

#include "packet/dpi.h"
#include "packet/http.h"
#include "packet/ja4.h"
#include "packet/quic.h"

#include <errno.h>
#include <gcrypt.h>
#include <string.h>

/* With this bit the rest of a mark is a place in `states`, else a label's number. */
#define MARK_OPEN UINT32_C(0x80000000)
#define HELLOS_KNOWN ((size_t)4096)
#define BASE_FAR UINT32_C(65536) /* [byte] a first segment further ahead has another reason */

typedef struct numbers {
    uint32_t server_name, ja4, application; /* in `texts`; 0 unknown */
} numbers_t;

/** The begin of one side of a TCP flow. */
typedef struct side {
    weir_assembly_t bytes;
    uint32_t base;  /* sequence number of its first byte; set with the first packet */
    uint32_t taken; /* [byte] of messages done with */
    uint8_t packets;
    bool judged; /* it says nothing (more) that is looked for */
} side_t;

/** All that nDPI's word on a flow by its first packet depends on, where that is a QUIC hello: the
 * same again needs no dissection. */
typedef struct hello_key {
    uint32_t server_name, ja4; /* in `texts`, not 0 */
    uint32_t version;          /* of QUIC */
    uint32_t hosts;            /* weir_dpi_hosts() */
} hello_key_t;

typedef struct known_hello {
    hello_key_t key;
    uint32_t application; /* in `texts`; 0: free */
} known_hello_t;

typedef struct state {
    uint32_t *mark; /* whose it is */
    numbers_t numbers;
    side_t side[2];
    weir_quic_keys_t keys;        /* with side[x].bytes as the CRYPTO stream */
    weir_dpi_flow_t *application; /* owned; NULL: not begun, or over */
    bool named, classified;       /* names, and the application, need no more packets */
    bool quic_hello;              /* the packet at hand has all of one */
    uint32_t place;               /* in `states` */
} state_t;

struct weir_inspector {
    weir_learnt_t learnt;
    weir_quic_t *quic;
    weir_ja4_memo_t *ja4;
    weir_dpi_t *dpi; /* NULL: applications are not recognised */
    bool live;
    weir_texts_t texts;
    known_hello_t hellos[HELLOS_KNOWN]; /* by hash; a later one takes the place */
    numbers_t *labels;                  /* distinct; a label's number - 1 is the place */
    size_t label_count, label_room;
    weir_index_t label_index; /* by hash; labels of one hash are told apart */
    state_t **states;         /* NULL: free */
    uint32_t *free_places;
    size_t state_count, free_count, most;
    size_t oldest; /* where to look for one to end, when all are taken */
    weir_inspector_counts_t counts;
    uint8_t scratch[WEIR_TLS_SCRATCH];
    weir_hello_t hello;
};

/* ---- Labels ------------------------------------------------------------------------------------
 */

static uint64_t numbers_hash(const numbers_t *numbers)
{
    return weir_hash_u64(weir_hash_u64((uint64_t)numbers->server_name << 32 | numbers->ja4) ^
                         numbers->application);
}

static uint32_t label_add(weir_inspector_t *inspector, const numbers_t *numbers, uint64_t hash)
{
    if (inspector->label_count == inspector->label_room) {
        size_t room = inspector->label_room ? inspector->label_room * 2 : 256;
        numbers_t *labels = realloc(inspector->labels, room * sizeof(*labels));
        if (!labels || room >= MARK_OPEN) {
            inspector->labels = labels ? labels : inspector->labels;
            return 0;
        }
        inspector->labels = labels;
        inspector->label_room = room;
    }
    if (weir_index_set(&inspector->label_index, hash, (uint32_t)inspector->label_count) < 0)
        return 0;
    inspector->labels[inspector->label_count++] = *numbers;
    return (uint32_t)inspector->label_count;
}

/* The number of the label; 0 when nothing is known, or there is no memory. */
static uint32_t label_number(weir_inspector_t *inspector, const numbers_t *numbers)
{
    static const numbers_t nothing = {0};
    if (memcmp(numbers, &nothing, sizeof(nothing)) == 0)
        return 0;
    uint64_t hash = numbers_hash(numbers);
    for (;; hash++) {
        uint32_t at = weir_index_get(&inspector->label_index, hash);
        if (at == WEIR_INDEX_NONE)
            return label_add(inspector, numbers, hash);
        if (memcmp(&inspector->labels[at], numbers, sizeof(*numbers)) == 0)
            return at + 1;
    }
}

static weir_label_t label_of(const weir_inspector_t *inspector, const numbers_t *numbers)
{
    return (weir_label_t){.server_name = weir_texts_at(&inspector->texts, numbers->server_name),
                          .ja4 = weir_texts_at(&inspector->texts, numbers->ja4),
                          .application = weir_texts_at(&inspector->texts, numbers->application)};
}

/* ---- What packets say --------------------------------------------------------------------------
 */

static weir_address_t end_address(const weir_digest_t *digest, bool sender)
{
    bool high = digest->from_high == sender, ipv6 = weir_key_ipv6(&digest->key);
    weir_address_t address = {.family = ipv6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                              .prefix = ipv6 ? 128 : 32};
    memcpy(address.bytes, high ? digest->key.high : digest->key.low, sizeof(address.bytes));
    return address;
}

static bool text_is_address(const char *text)
{
    weir_address_t address;
    return weir_address_parse(text, strlen(text), &address) == 0;
}

/* Whom the sender of the packet asked for. `naming`: the receiver has that name. */
static void server_named(weir_inspector_t *inspector, state_t *state, const weir_digest_t *digest,
                         weir_span_t name, const weir_naming_t *naming)
{
    char text[WEIR_NAME_SIZE];
    if (!weir_name_text(name, text))
        return;
    state->numbers.server_name = weir_texts_number(&inspector->texts, text);
    if (!naming || !inspector->learnt.hostnames || text_is_address(text))
        return;
    weir_address_t server = end_address(digest, false);
    weir_hostname_t hostname = {.address = &server,
                                .name = text,
                                .naming = *naming,
                                .first_ns = digest->time_ns,
                                .last_ns = digest->time_ns};
    weir_hostnames_learn(inspector->learnt.hostnames, &hostname);
}

static void hello_learn(weir_inspector_t *inspector, state_t *state, const weir_digest_t *digest,
                        char transport)
{
    static const weir_naming_t naming = WEIR_NAMING_TLS;
    char ja4[WEIR_JA4_SIZE];
    weir_ja4(inspector->ja4, &inspector->hello, transport, ja4);
    state->numbers.ja4 = weir_texts_number(&inspector->texts, ja4);
    server_named(inspector, state, digest, inspector->hello.server_name, &naming);
}

/* TLS or HTTP in the begin of a stream. */
static weir_find_t stream_judge(weir_inspector_t *inspector, state_t *state,
                                const weir_digest_t *digest, weir_span_t bytes)
{
    static const weir_naming_t naming = WEIR_NAMING_HTTP;
    weir_find_t found = weir_tls_records(bytes, inspector->scratch, &inspector->hello);
    if (found == WEIR_FIND_WHOLE)
        hello_learn(inspector, state, digest, 't');
    if (found != WEIR_FIND_NONE)
        return found;
    weir_http_t http;
    found = weir_http_request(bytes, &http);
    if (found == WEIR_FIND_WHOLE)
        server_named(inspector, state, digest, http.host, http.proxied ? NULL : &naming);
    return found;
}

/* RFC 1035, 4.2.2: each message has its length before it. */
static void dns_stream_read(const weir_inspector_t *inspector, side_t *side,
                            const weir_digest_t *digest, weir_span_t bytes)
{
    while (bytes.len >= side->taken + 2u) {
        size_t length = weir_be16(bytes.data + side->taken);
        if (bytes.len - side->taken - 2 < length)
            return;
        weir_message_t message = {.time_ns = digest->time_ns,
                                  .src = end_address(digest, true),
                                  .dst = end_address(digest, false),
                                  .payload = {bytes.data + side->taken + 2, length},
                                  .wire_len = (uint32_t)length};
        weir_message_dns(&message, &inspector->learnt);
        side->taken += 2 + (uint32_t)length;
    }
}

static weir_span_t digest_payload(const weir_digest_t *digest)
{
    return (weir_span_t){digest->packet + digest->payload_at,
                         digest->captured - digest->payload_at};
}

static bool tcp_is_dns(const weir_digest_t *digest)
{
    weir_key_tail_t tail = weir_key_tail(&digest->key);
    return tail.low_port == WEIR_PORT_DNS || tail.high_port == WEIR_PORT_DNS;
}

/* The bytes of a side from its begin: the packet's own where these are all, else put together. */
static weir_span_t side_bytes(side_t *side, const weir_inspected_t *packet)
{
    const weir_digest_t *digest = packet->digest;
    weir_span_t payload = digest_payload(digest);
    if (side->packets == 0) {
        bool near = packet->expects && digest->seq - packet->expected < BASE_FAR;
        side->base = near ? packet->expected : digest->seq;
    }
    bool alone = !side->bytes.data && digest->seq == side->base;
    if (alone)
        return payload;
    weir_assembly_add(&side->bytes, digest->seq - side->base, payload);
    return weir_assembly_span(&side->bytes);
}

static void tcp_inspect(weir_inspector_t *inspector, state_t *state, const weir_inspected_t *packet)
{
    const weir_digest_t *digest = packet->digest;
    side_t *side = &state->side[digest->from_high];
    if (side->judged)
        return;
    weir_span_t bytes = side_bytes(side, packet);
    if (tcp_is_dns(digest)) {
        dns_stream_read(inspector, side, digest, bytes);
    } else if (bytes.len > 0) {
        weir_find_t found = stream_judge(inspector, state, digest, bytes);
        side->judged = found != WEIR_FIND_MORE;
        state->side[!digest->from_high].judged |= found == WEIR_FIND_WHOLE;
    }
    if (!side->judged && !side->bytes.data) /* the packet's bytes go: keep them */
        weir_assembly_add(&side->bytes, digest->seq - side->base, digest_payload(digest));
}

/* The names of a flow need nothing more: who opened it has said what there is. */
static bool tcp_over(const state_t *state, const weir_inspected_t *packet)
{
    return !tcp_is_dns(packet->digest) && state->side[packet->high_opened].judged;
}

static bool udp_inspect(weir_inspector_t *inspector, state_t *state, const weir_digest_t *digest)
{
    weir_span_t datagram = digest_payload(digest);
    if (!weir_quic_initial(datagram))
        return state->keys.version == 0;
    side_t *side = &state->side[digest->from_high];
    if (weir_quic_open(inspector->quic, datagram, &state->keys, &side->bytes) == 0)
        return false;
    weir_find_t found = weir_tls_handshake(weir_assembly_span(&side->bytes), &inspector->hello);
    if (found == WEIR_FIND_WHOLE)
        hello_learn(inspector, state, digest, 'q');
    state->quic_hello = found == WEIR_FIND_WHOLE;
    return found != WEIR_FIND_MORE;
}

/* nDPI's look at the packet. Returns true when it needs no more. */
static bool dissected(weir_inspector_t *inspector, state_t *state, const weir_digest_t *digest)
{
    if (!state->application)
        state->application = weir_dpi_flow_new(inspector->dpi);
    if (!state->application)
        return true;
    weir_span_t packet = {digest->packet, digest->captured};
    bool over = weir_dpi_packet(inspector->dpi, state->application, packet, digest->time_ns);
    char name[WEIR_DPI_NAME_SIZE];
    if (inspector->live && !over && weir_dpi_flow_name(inspector->dpi, state->application, name))
        state->numbers.application = weir_texts_number(&inspector->texts, name);
    return over;
}

/* What nDPI says in the end. Takes it away from the state. */
static void application_conclude(weir_inspector_t *inspector, state_t *state)
{
    char name[WEIR_DPI_NAME_SIZE] = "";
    if (state->application)
        weir_dpi_flow_end(inspector->dpi, WEIR_TAKE(state->application), name);
    if (name[0])
        state->numbers.application = weir_texts_number(&inspector->texts, name);
}

static known_hello_t *known_hello(weir_inspector_t *inspector, const hello_key_t *key)
{
    uint64_t hash = weir_hash_u64((uint64_t)key->server_name << 32 | key->ja4);
    hash = weir_hash_u64(hash ^ ((uint64_t)key->version << 32 | key->hosts));
    return &inspector->hellos[hash % HELLOS_KNOWN];
}

/* The flow's first packet, a whole hello in QUIC: nDPI would take off its protection and read it
 * once more, which is half of all its work on an office's traffic. */
static bool hello_inspect(weir_inspector_t *inspector, state_t *state, const weir_digest_t *digest)
{
    weir_span_t packet = {digest->packet, digest->captured};
    hello_key_t key = {.server_name = state->numbers.server_name,
                       .ja4 = state->numbers.ja4,
                       .version = state->keys.version,
                       .hosts = weir_dpi_hosts(inspector->dpi, packet)};
    known_hello_t *known = known_hello(inspector, &key);
    if (known->application && memcmp(&known->key, &key, sizeof(key)) == 0) {
        state->numbers.application = known->application;
        return true;
    }
    if (!dissected(inspector, state, digest))
        return false;
    application_conclude(inspector, state);
    *known = (known_hello_t){.key = key, .application = state->numbers.application};
    return true;
}

/* Returns true when the application needs no more packets. */
static bool application_inspect(weir_inspector_t *inspector, state_t *state,
                                const weir_digest_t *digest)
{
    if (!inspector->dpi)
        return true;
    bool first = state->side[0].packets == 0 && state->side[1].packets == 0;
    bool known = state->numbers.server_name && state->numbers.ja4;
    if (first && state->quic_hello && known)
        return hello_inspect(inspector, state, digest);
    return dissected(inspector, state, digest);
}

/* ---- States ------------------------------------------------------------------------------------
 */

static void state_clear(const weir_inspector_t *inspector, state_t *state)
{
    weir_dpi_flow_free(inspector->dpi, state->application);
    weir_assembly_done(&state->side[0].bytes);
    weir_assembly_done(&state->side[1].bytes);
}

/* What is known in the end: the number of its label. */
static uint32_t state_conclude(weir_inspector_t *inspector, state_t *state)
{
    application_conclude(inspector, state);
    state_clear(inspector, state);
    return label_number(inspector, &state->numbers);
}

static void state_end(weir_inspector_t *inspector, state_t *state)
{
    *state->mark = state_conclude(inspector, state);
    inspector->states[state->place] = NULL;
    inspector->free_places[inspector->free_count++] = state->place;
    free(state);
}

static int places_grow(weir_inspector_t *inspector)
{
    size_t count = inspector->state_count ? inspector->state_count * 2 : 256;
    count = count < inspector->most ? count : inspector->most;
    state_t **states = realloc(inspector->states, count * sizeof(state_t *));
    if (states)
        inspector->states = states;
    uint32_t *places = realloc(inspector->free_places, count * sizeof(*places));
    if (places)
        inspector->free_places = places;
    if (!states || !places)
        return -ENOMEM;
    for (size_t i = count; i-- > inspector->state_count;) {
        inspector->states[i] = NULL;
        inspector->free_places[inspector->free_count++] = (uint32_t)i;
    }
    inspector->state_count = count;
    return 0;
}

/* A free place; when there can be no more, the inspection that has gone on for long ends. */
static bool place_take(weir_inspector_t *inspector, uint32_t *ret_place)
{
    if (inspector->free_count == 0 && inspector->state_count < inspector->most)
        (void)places_grow(inspector); /* without it, one has to go */
    if (inspector->free_count == 0) {
        if (inspector->state_count == 0)
            return false;
        inspector->oldest = (inspector->oldest + 1) % inspector->state_count;
        inspector->counts.evicted++;
        state_end(inspector, inspector->states[inspector->oldest]);
    }
    *ret_place = inspector->free_places[--inspector->free_count];
    return true;
}

/* The state on the stack moves to the heap. */
static bool state_keep(weir_inspector_t *inspector, state_t *state, uint32_t *mark)
{
    state_t *kept = malloc(sizeof(*kept));
    if (!kept || !place_take(inspector, &state->place)) {
        free(kept);
        return false;
    }
    state->mark = mark;
    *kept = *state;
    inspector->states[kept->place] = kept;
    *mark = MARK_OPEN | kept->place;
    return true;
}

static bool names_inspect(weir_inspector_t *inspector, state_t *state,
                          const weir_inspected_t *packet)
{
    uint8_t protocol = weir_key_protocol(&packet->digest->key);
    if (protocol == WEIR_IP_UDP)
        return udp_inspect(inspector, state, packet->digest);
    if (protocol != WEIR_IP_TCP)
        return true;
    tcp_inspect(inspector, state, packet);
    return tcp_over(state, packet);
}

static bool packet_inspect(weir_inspector_t *inspector, state_t *state,
                           const weir_inspected_t *packet)
{
    side_t *side = &state->side[packet->digest->from_high];
    if (!state->named)
        state->named = names_inspect(inspector, state, packet);
    if (!state->classified)
        state->classified = application_inspect(inspector, state, packet->digest);
    return ++side->packets >= WEIR_INSPECT_PACKETS || (state->named && state->classified);
}

bool weir_inspect(weir_inspector_t *inspector, const weir_inspected_t *packet, uint32_t *mark)
{
    if (*mark & MARK_OPEN) {
        state_t *state = inspector->states[*mark & ~MARK_OPEN];
        bool over = packet_inspect(inspector, state, packet);
        if (over)
            state_end(inspector, state);
        return over;
    }
    state_t state;
    memset(&state, 0, sizeof(state));
    bool over = packet_inspect(inspector, &state, packet);
    if (!over && state_keep(inspector, &state, mark))
        return false;
    *mark = state_conclude(inspector, &state);
    return true;
}

void weir_inspect_end(weir_inspector_t *inspector, uint32_t *mark)
{
    if (*mark & MARK_OPEN)
        state_end(inspector, inspector->states[*mark & ~MARK_OPEN]);
}

bool weir_inspect_move(weir_inspector_t *inspector, const uint32_t *mark, uint32_t *to)
{
    if (!(*mark & MARK_OPEN))
        return false;
    inspector->states[*mark & ~MARK_OPEN]->mark = to;
    *to = *mark;
    return true;
}

void weir_inspector_finish(weir_inspector_t *inspector)
{
    for (size_t i = 0; i < inspector->state_count; i++)
        if (inspector->states[i])
            state_end(inspector, inspector->states[i]);
}

bool weir_inspect_label(const weir_inspector_t *inspector, uint32_t mark, weir_label_t *ret_label)
{
    const numbers_t *numbers = NULL;
    if (mark & MARK_OPEN)
        numbers = &inspector->states[mark & ~MARK_OPEN]->numbers;
    else if (mark)
        numbers = &inspector->labels[mark - 1];
    if (!numbers)
        return false;
    *ret_label = label_of(inspector, numbers);
    return true;
}

bool weir_inspector_knows_applications(const weir_inspector_t *inspector)
{
    return inspector->dpi != NULL;
}

void weir_inspector_load(weir_inspector_t *inspector)
{
    if (!inspector->dpi && weir_dpi_new(&inspector->dpi) < 0)
        inspector->dpi = NULL; /* weir_inspector_knows_applications() tells */
}

void weir_inspector_learn_to(weir_inspector_t *inspector, const weir_learnt_t *learnt)
{
    inspector->learnt = *learnt;
}

size_t weir_inspector_labels(const weir_inspector_t *inspector)
{
    return inspector->label_count;
}

void weir_inspector_forget(weir_inspector_t *inspector)
{
    weir_texts_done(&inspector->texts);
    weir_texts_init(&inspector->texts, WEIR_HOSTNAMES_MOST);
    weir_index_clear(&inspector->label_index);
    inspector->label_count = 0;
    memset(inspector->hellos, 0, sizeof(inspector->hellos));
}

weir_inspector_counts_t weir_inspector_counts(const weir_inspector_t *inspector)
{
    weir_inspector_counts_t counts = inspector->counts;
    counts.refused = inspector->texts.refused;
    return counts;
}

int weir_inspector_new(const weir_inspector_options_t *options, weir_inspector_t **ret_inspector)
{
    (void)gcry_check_version(NULL); /* the library wants to be asked before it is used */
    weir_inspector_t *inspector = calloc(1, sizeof(*inspector));
    if (!inspector)
        return -ENOMEM;
    inspector->learnt = options->learnt;
    inspector->most = options->most;
    weir_texts_init(&inspector->texts, WEIR_HOSTNAMES_MOST);
    inspector->live = options->live;
    inspector->ja4 = weir_ja4_memo_new();
    int r = inspector->ja4 ? weir_quic_new(&inspector->quic) : -ENOMEM;
    if (r < 0) {
        weir_inspector_free(inspector);
        return r;
    }
    if (options->applications)
        weir_inspector_load(inspector);
    *ret_inspector = inspector;
    return 0;
}

void weir_inspector_free(weir_inspector_t *inspector)
{
    if (!inspector)
        return;
    for (size_t i = 0; i < inspector->state_count; i++) {
        if (inspector->states[i])
            state_clear(inspector, inspector->states[i]);
        free(inspector->states[i]);
    }
    weir_dpi_free(inspector->dpi);
    weir_quic_free(inspector->quic);
    weir_ja4_memo_free(inspector->ja4);
    weir_texts_done(&inspector->texts);
    weir_index_done(&inspector->label_index);
    free(inspector->labels);
    free(inspector->states);
    free(inspector->free_places);
    free(inspector);
}
