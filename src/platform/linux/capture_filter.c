/*
 * Jumps of classic BPF are relative, so that programs can be chained: a head that looks at the
 * kind of device and then the programs of the kinds, compiled by libpcap, one behind the other. One
 * socket on all interfaces has a filter that is right for each of them.
 */
#include "platform/linux/capture_filter.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>

#define LINKS 4
#define ANCILLARY(what) ((uint32_t)(SKF_AD_OFF + (what)))

typedef struct link_kind {
    uint16_t device; /* ARPHRD_* */
    uint16_t link;   /* LINKTYPE_* */
    uint8_t place;   /* in by_link */
} link_kind_t;

/* What is none of these gives its packets from the network layer on. */
static const link_kind_t kinds[] = {
    {ARPHRD_ETHER, 1, 0},
    {ARPHRD_LOOPBACK, 1, 0},
    {ARPHRD_IEEE80211, 105, 2},
    {ARPHRD_IEEE80211_RADIOTAP, 127, 3},
};
static const uint16_t link_types[LINKS] = {1, 101, 105, 127};
static const int compiler_links[LINKS] = {DLT_EN10MB, DLT_RAW, DLT_IEEE802_11,
                                          DLT_IEEE802_11_RADIO};
#define PLACE_RAW 1

uint16_t weir_capture_link(uint16_t device)
{
    for (size_t i = 0; i < WEIR_COUNT(kinds); i++)
        if (kinds[i].device == device)
            return kinds[i].link;
    return link_types[PLACE_RAW];
}

static int program_attach(int fd, const struct sock_filter *program, uint16_t length)
{
    struct sock_fprog all = {.len = length, .filter = (struct sock_filter *)(uintptr_t)program};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all)) < 0 ? -errno : 0;
}

int weir_capture_filter_block(int fd)
{
    static const struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
    return program_attach(fd, &nothing, 1);
}

int weir_capture_filter_attach(const weir_capture_filter_t *filter, int fd)
{
    return program_attach(fd, filter->program, filter->length);
}

void weir_capture_filter_done(weir_capture_filter_t *filter)
{
    for (size_t i = 0; i < LINKS; i++)
        pcap_freecode(&filter->by_link[i]);
    free(filter->program);
    *filter = (weir_capture_filter_t){0};
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static bool asks_for_vlan(const char *filter)
{
    for (const char *at = filter; (at = strstr(at, "vlan")); at += 4)
        if ((at == filter || !is_word_byte(at[-1])) && !is_word_byte(at[4]))
            return true;
    return false;
}

/* A filter that makes no sense for a kind of link (Ethernet addresses in a tunnel) lets none of its
 * packets pass; it must make sense for one. */
static int programs_compile(const weir_capture_request_t *request, weir_capture_filter_t *filter,
                            char *ret_error)
{
    char why[WEIR_CAPTURE_ERROR_SIZE] = "";
    int first = 0;
    size_t good = 0;
    for (size_t i = 0; i < LINKS; i++) {
        int r = weir_capture_compile(request->filter, compiler_links[i], request->snaplen,
                                     &filter->by_link[i], i == 0 ? ret_error : why);
        if (r < 0)
            filter->by_link[i] = (struct bpf_program){0};
        first = i == 0 ? r : first;
        good += r == 0;
    }
    return good ? 0 : first;
}

/* Where the head's code is written; counts only while `at` is NULL. */
typedef struct writer {
    struct sock_filter *at;
    size_t length;
} writer_t;

static void code_put(writer_t *writer, struct sock_filter code)
{
    if (writer->at)
        writer->at[writer->length] = code;
    writer->length++;
}

static void load_put(writer_t *writer, int what)
{
    code_put(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ANCILLARY(what)));
}

/* Every packet on loopback is seen twice: as it leaves and as it arrives. */
static void loopback_put(writer_t *writer, const weir_capture_request_t *request)
{
    bool hidden = !request->iface && !request->loopback;
    load_put(writer, SKF_AD_HATYPE);
    code_put(writer, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_LOOPBACK, 0,
                                                  hidden ? 1 : 3));
    if (!hidden) {
        load_put(writer, SKF_AD_PKTTYPE);
        code_put(writer,
                 (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1));
    }
    code_put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0));
}

static size_t program_length(const struct bpf_program *program)
{
    return program->bf_len ? program->bf_len : 1;
}

static void program_put(writer_t *writer, const struct bpf_program *program)
{
    if (!program->bf_len)
        code_put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0));
    for (unsigned i = 0; i < program->bf_len; i++) {
        const struct bpf_insn *from = &program->bf_insns[i];
        code_put(writer, (struct sock_filter){
                             .code = from->code, .jt = from->jt, .jf = from->jf, .k = from->k});
    }
}

/* For each kind of device two instructions, then a jump to the program of what is none of them. */
static void programs_put(writer_t *writer, const weir_capture_filter_t *filter)
{
    size_t starts[LINKS];
    size_t at = 2 * WEIR_COUNT(kinds) + 1;
    for (size_t i = 0; i < LINKS; i++) {
        starts[i] = at;
        at += program_length(&filter->by_link[i]);
    }
    load_put(writer, SKF_AD_HATYPE);
    for (size_t i = 0; i < WEIR_COUNT(kinds); i++) {
        code_put(writer,
                 (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kinds[i].device, 0, 1));
        code_put(writer, (struct sock_filter)BPF_STMT(
                             BPF_JMP | BPF_JA, (uint32_t)(starts[kinds[i].place] - (2 * i + 2))));
    }
    code_put(writer,
             (struct sock_filter)BPF_STMT(
                 BPF_JMP | BPF_JA, (uint32_t)(starts[PLACE_RAW] - (2 * WEIR_COUNT(kinds) + 1))));
    for (size_t i = 0; i < LINKS; i++)
        program_put(writer, &filter->by_link[i]);
}

static void all_put(writer_t *writer, const weir_capture_request_t *request,
                    const weir_capture_filter_t *filter)
{
    loopback_put(writer, request);
    if (request->filter && !filter->outside)
        programs_put(writer, filter);
    else
        code_put(writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, request->snaplen));
}

int weir_capture_filter_make(const weir_capture_request_t *request,
                             weir_capture_filter_t *ret_filter, char *ret_error)
{
    weir_capture_filter_t filter = {0};
    int r = request->filter ? programs_compile(request, &filter, ret_error) : 0;
    if (r < 0)
        return r;
    writer_t measured = {0};
    filter.outside = request->filter && asks_for_vlan(request->filter);
    all_put(&measured, request, &filter);
    if (measured.length > BPF_MAXINSNS) {
        filter.outside = true;
        measured.length = 0;
        all_put(&measured, request, &filter);
    }
    filter.program = calloc(measured.length, sizeof(*filter.program));
    if (!filter.program) {
        weir_capture_filter_done(&filter);
        return -ENOMEM;
    }
    writer_t writer = {.at = filter.program};
    all_put(&writer, request, &filter);
    filter.length = (uint16_t)writer.length;
    *ret_filter = filter;
    return 0;
}

bool weir_capture_filter_passes(const weir_capture_filter_t *filter, const weir_captured_t *packet)
{
    if (!filter->outside)
        return true;
    for (size_t i = 0; i < LINKS; i++) {
        if (link_types[i] != packet->link)
            continue;
        const struct bpf_program *program = &filter->by_link[i];
        struct pcap_pkthdr header = {.caplen = packet->caplen, .len = packet->wire_len};
        return program->bf_len && pcap_offline_filter(program, &header, packet->data) > 0;
    }
    return false;
}
