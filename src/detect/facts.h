/*
 * What the detectors share: limits, the book, hashes, and which hosts are known to hear answers.
 */
#ifndef WEIR_DETECT_FACTS_H
#define WEIR_DETECT_FACTS_H

#include "base/index.h"
#include "detect/book.h"

#define WEIR_HEARD_BITS ((size_t)1 << 19)
#define WEIR_IP_ICMP 1
#define WEIR_IP_TCP 6
#define WEIR_IP_UDP 17
#define WEIR_IP_ICMPV6 58

/** One thread. */
typedef struct weir_facts {
    weir_limits_t limits;
    weir_book_t *book; /* owned */
    uint64_t seed;
    int64_t begin_ns;                      /* of the first flow, 0 none yet */
    uint64_t *heard;                       /* owned; WEIR_HEARD_BITS by the hash of the address */
    uint64_t *said;                        /* likewise */
    const weir_finding_options_t *options; /* borrowed; NULL: the usual ones */
} weir_facts_t;

/** A well-mixed hash of two words that nobody can foresee. */
static inline uint64_t weir_facts_hash(const weir_facts_t *facts, uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product =
        (unsigned __int128)(a ^ facts->seed) * (b ^ UINT64_C(0xa0761d6478bd642f));
    uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);
    return weir_hash_u64(folded ^ a);
}

static inline uint64_t weir_facts_address(const weir_facts_t *facts, const uint64_t words[2])
{
    return weir_facts_hash(facts, words[0], words[1]);
}

/** Packets to this host are in the capture: that it was not answered means something. */
static inline void weir_facts_hear(weir_facts_t *facts, uint64_t address)
{
    facts->heard[(address & (WEIR_HEARD_BITS - 1)) / 64] |= UINT64_C(1) << address % 64;
}

static inline bool weir_facts_heard(const weir_facts_t *facts, uint64_t address)
{
    return facts->heard[(address & (WEIR_HEARD_BITS - 1)) / 64] >> address % 64 & 1;
}

/** Answers of this host are in the capture: that there are none to something means something. */
static inline void weir_facts_say(weir_facts_t *facts, uint64_t address)
{
    facts->said[(address & (WEIR_HEARD_BITS - 1)) / 64] |= UINT64_C(1) << address % 64;
}

static inline bool weir_facts_said(const weir_facts_t *facts, uint64_t address)
{
    return facts->said[(address & (WEIR_HEARD_BITS - 1)) / 64] >> address % 64 & 1;
}

/**
 * Whether a window that began at `begin_ns` has passed. Live flows are told when they end, so a
 * time may lie somewhat before; one that lies far before is a capture whose times jump.
 */
static inline bool weir_window_passed(int64_t begin_ns, int64_t now_ns, double window_s)
{
    double passed_s = (double)(now_ns - begin_ns) / 1e9;
    return passed_s > window_s || passed_s < -window_s;
}

/** Group addresses, 255.255.255.255, and the last address of a /24: they answer nothing. */
static inline bool weir_words_are_group(const uint64_t words[static 2], bool ipv6)
{
    const uint8_t *bytes = (const uint8_t *)words;
    return ipv6 ? bytes[0] == 0xff : bytes[0] >= 224 || bytes[3] == 255;
}

/** RFC 1918, 3927, 4193, 6598 and loopback, link-local: this side of a border. */
bool weir_words_are_private(const uint64_t words[static 2], bool ipv6);

/** Texts of a finding while they are written. */
typedef struct weir_telling {
    weir_buf_t object, text, evidence;
} weir_telling_t;

void weir_telling_init(weir_telling_t *telling);
/** Raise with these texts, and let them go. */
void weir_telling_raise(weir_telling_t *telling, weir_book_t *book, weir_raise_t *raise);

/* Appended to sentences. */
void weir_words_put(weir_buf_t *buf, const uint64_t words[static 2], bool ipv6);
/** "1,000", from 100 on with "about " before it: of sketches. */
void weir_about_put(weir_buf_t *buf, double count);
/** "2.1 s", "34 min", "4.2 h". */
void weir_span_put(weir_buf_t *buf, int64_t ns);

#endif
