/*
 * The whole contract between Weir and an operating system. One folder per system implements it;
 * unsupported/ builds everywhere and says so. All functions are for one thread per object.
 */
#ifndef WEIR_PLATFORM_PLATFORM_H
#define WEIR_PLATFORM_PLATFORM_H

#include "model/app.h"
#include "model/iface.h"

#define WEIR_LINK_NAME_SIZE 64   /* of a name with its terminator; Linux uses 16 */
#define WEIR_LINK_ALIAS_SIZE 256 /* of an alias likewise */
#define WEIR_LINK_MAC_SIZE 32

/* ---- Interfaces ------------------------------------------------------------------------------ */

/** What the system says of one interface, apart from its counters. Borrowed during the call. */
typedef struct weir_link {
    uint32_t index;
    uint32_t master; /* index of what it is a port of, 0 none */
    uint32_t lower;  /* index of what it rides on (a veth: its peer) in this namespace, 0 none */
    bool lower_elsewhere; /* it rides on, or is paired with, an interface of another namespace */
    bool mirror;          /* it repeats traffic of others (ifb, nlmon): never counted */
    bool queue;           /* it has a queueing discipline worth asking */
    uint8_t kind, state;  /* weir_iface_kind_t, weir_link_state_t */
    uint8_t mac_len;
    uint8_t mac[WEIR_LINK_MAC_SIZE];
    uint32_t mtu;             /* [byte] */
    uint32_t carrier_changes; /* since the interface exists, 0 unknown */
    weir_address_t endpoint;  /* of a tunnel; family NONE when unknown */
    char name[WEIR_LINK_NAME_SIZE];
    char alias[WEIR_LINK_ALIAS_SIZE];
} weir_link_t;

typedef struct weir_link_counters {
    uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
    uint64_t rx_errors, tx_errors, rx_dropped, tx_dropped; /* packets */
} weir_link_counters_t;

typedef struct weir_link_queue {
    uint64_t backlog_bytes, drops, marks; /* marks and drops: packets */
    bool marks_known;
} weir_link_queue_t;

/** Where a source of interfaces, real or fake, puts what it finds. */
typedef struct weir_link_sink {
    void *context;
    void (*resync_begin)(void *context); /* what is not named until resync_end is gone */
    void (*resync_end)(void *context);
    void (*link)(void *context, const weir_link_t *link); /* new or changed */
    void (*link_gone)(void *context, uint32_t index);
    void (*address)(void *context, uint32_t index, const weir_address_t *address, bool added);
    void (*counters)(void *context, uint32_t index, const weir_link_counters_t *counters);
    void (*queue)(void *context, uint32_t index, const weir_link_queue_t *queue);
} weir_link_sink_t;

typedef struct weir_platform_links weir_platform_links_t;

/** Needs no privilege. Returns 0 or a negative errno (-ENOSYS: unsupported system). */
WEIR_NODISCARD int weir_platform_links_open(weir_platform_links_t **ret_links);
void weir_platform_links_close(weir_platform_links_t *links);
/** A descriptor that becomes readable when weir_platform_links_changes() has work. */
int weir_platform_links_fd(const weir_platform_links_t *links);
/**
 * Tell what appeared, changed or vanished since the last call; the first call, and one after lost
 * notifications, tells everything between resync_begin and resync_end. Never blocks.
 */
WEIR_NODISCARD int weir_platform_links_changes(weir_platform_links_t *links,
                                               const weir_link_sink_t *sink);
/** Tell the counters of every interface of this namespace. */
WEIR_NODISCARD int weir_platform_links_counters(weir_platform_links_t *links,
                                                const weir_link_sink_t *sink);
/** Tell the queues of all interfaces that have one. */
WEIR_NODISCARD int weir_platform_links_queues(weir_platform_links_t *links,
                                              const weir_link_sink_t *sink);

/** The interface by which packets to `to` would leave; -ENETUNREACH: none. Sends no packet. */
WEIR_NODISCARD int weir_platform_route(weir_platform_links_t *links, const weir_address_t *to,
                                       uint32_t *ret_index);
/** The interface with the default route, or 0. */
uint32_t weir_platform_default_route(weir_platform_links_t *links);
/** [bit/s] as the driver says, 0 unknown. */
uint64_t weir_platform_link_speed(weir_platform_links_t *links, const char *name);

/* ---- Neighbours ------------------------------------------------------------------------------ */

#define WEIR_NEIGHBOUR_MAC_SIZE 6

/** Which network card answers for an address of a local network, as the system has found out by
 * ARP or neighbour discovery. Borrowed during the call. */
typedef struct weir_link_neighbour {
    uint32_t iface; /* index of the interface by which it is reached */
    weir_address_t address;
    uint8_t mac[WEIR_NEIGHBOUR_MAC_SIZE];
    bool router; /* it says that it forwards (IPv6) */
} weir_link_neighbour_t;

/** Where neighbours go. */
typedef struct weir_neighbour_sink {
    void *context;
    void (*resync_begin)(void *context); /* what is not named until resync_end is gone */
    void (*resync_end)(void *context);
    void (*neighbour)(void *context, const weir_link_neighbour_t *neighbour); /* new or changed */
    /* It no longer answers, or the system has forgotten it; it need not have been told before. */
    void (*gone)(void *context, uint32_t iface, const weir_address_t *address);
} weir_neighbour_sink_t;

typedef struct weir_platform_neighbours weir_platform_neighbours_t;

/** Needs no privilege, and sends nothing. Returns 0 or a negative errno (-ENOSYS: unsupported). */
WEIR_NODISCARD int weir_platform_neighbours_open(weir_platform_neighbours_t **ret_neighbours);
void weir_platform_neighbours_close(weir_platform_neighbours_t *neighbours); /* accepts NULL */
/**
 * Tell what appeared, changed or vanished since the last call; the first call, and one after lost
 * notifications, tells everything between resync_begin and resync_end. Never blocks.
 */
WEIR_NODISCARD int weir_platform_neighbours_changes(weir_platform_neighbours_t *neighbours,
                                                    const weir_neighbour_sink_t *sink);

/* ---- Sockets and programs -------------------------------------------------------------------- */

/** What one direction of a socket carried. */
typedef struct weir_socket_counts {
    uint64_t bytes, packets;               /* IP and above, in packets as a wire carries them */
    uint64_t payload;                      /* [byte] of `bytes`: above the transport header */
    uint64_t merged_bytes, merged_packets; /* of `bytes` and `packets`: what drivers do not see that
                                              count a frame before its segmentation */
} weir_socket_counts_t;

typedef enum weir_socket_news {
    WEIR_SOCKET_OPEN,  /* it is open; its counters replace what was told of this id before */
    WEIR_SOCKET_ENDED, /* the same, for the last time */
    WEIR_SOCKET_MOVED, /* all that was told of this id counts under another one; no counters */
} weir_socket_news_t;

typedef enum weir_traffic_kind {
    WEIR_TRAFFIC_PROGRAM,   /* of the process `pid`; 0: it is hidden from us */
    WEIR_TRAFFIC_KERNEL,    /* the kernel itself sent or received it */
    WEIR_TRAFFIC_FORWARDED, /* it came by rx_iface and left by tx_iface */
    WEIR_TRAFFIC_NOT_IP,
    WEIR_TRAFFIC_REFUSED, /* no program takes it, or the firewall dropped it */
} weir_traffic_kind_t;

#define WEIR_PROGRAM_NAME_SIZE 16

/**
 * Counters, and whose they are. Borrowed during the call.
 *
 * What a socket carried is told at the interface that routing chose, not at those below it. What
 * has no socket is told at each interface that it passes; what was forwarded, at each by which it
 * left, and then came by the same one.
 */
typedef struct weir_socket {
    uint64_t id;      /* never used twice; a socket that serves many peers or owners has many ids */
    uint64_t network; /* names the network namespace; 0: the caller's */
    uint64_t start_ns; /* [ns] boot time at which the process began, 0 unknown */
    uint64_t exec_id;  /* grows when the process becomes another program */
    weir_address_t local, peer;
    weir_socket_counts_t rx, tx;
    uint32_t pid, parent;        /* process, and the one that began it; 0 unknown */
    uint32_t uid;                /* of the process */
    uint32_t rx_iface, tx_iface; /* index of the interface that carried it, 0 unknown */
    uint32_t rtt_us;             /* smoothed round-trip time, 0 unknown */
    uint32_t retransmits;        /* segments */
    uint16_t local_port, peer_port;
    uint8_t protocol; /* IANA number */
    uint8_t news;     /* weir_socket_news_t */
    uint8_t kind;     /* weir_traffic_kind_t */
    uint8_t state;    /* weir_flow_state_t */
    bool opened_here; /* this side opened the flow, or sent its first packet */
    bool rtt_known, retransmits_known;
    char name[WEIR_PROGRAM_NAME_SIZE]; /* of the program, as the kernel cuts it */
} weir_socket_t;

/** Where a source of sockets puts what it finds. */
typedef struct weir_socket_sink {
    void *context;
    /* Before the first: about so many, or fewer, will be told to be open. NULL: it is no matter. */
    void (*expect)(void *context, size_t count);
    void (*socket)(void *context, const weir_socket_t *socket);
    /* Open sockets that this reading did not tell have ended, their last bytes unknown. */
    void (*complete)(void *context);
} weir_socket_sink_t;

typedef struct weir_platform_sockets weir_platform_sockets_t;

/** The best way to watch sockets that is permitted. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_platform_sockets_open(weir_platform_sockets_t **ret_sockets);
void weir_platform_sockets_close(weir_platform_sockets_t *sockets); /* accepts NULL */
/** weir_accuracy_t; and why it is not better, or what is missing all the same, "" nothing. */
uint8_t weir_platform_sockets_accuracy(const weir_platform_sockets_t *sockets,
                                       const char **ret_reason);
/** The caller's network namespace, as weir_socket.network names it; 0 unknown. */
uint64_t weir_platform_sockets_network(const weir_platform_sockets_t *sockets);
/** Tell what changed since the last call. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_platform_sockets_read(weir_platform_sockets_t *sockets,
                                              const weir_socket_sink_t *sink);
/** Packets that found no room in the tables since the opening: they belong to nobody. */
uint64_t weir_platform_sockets_lost(const weir_platform_sockets_t *sockets);

/** A program as people know it; "" where unknown. */
typedef struct weir_program {
    uint64_t start_ns; /* [ns] boot time */
    char name[64];     /* of the executable */
    char exe[256];     /* its path */
    char user[64];
    char unit[128]; /* of the service manager */
    char container[80];
    char parent[64];   /* name of the program that began it */
    char command[256]; /* command line, words with spaces between them */
} weir_program_t;

/** Who owns `socket`. Returns 0, or -ESRCH when nobody knows. */
WEIR_NODISCARD int weir_platform_program(const weir_platform_sockets_t *sockets,
                                         const weir_socket_t *socket, weir_program_t *ret_program);
/** Whether the process that began at `start_ns` (0: any) is still there. */
bool weir_platform_program_lives(uint32_t pid, uint64_t start_ns);
/**
 * Ask a process to end, or end it at once, provided that it is the one that began at start_ns [ns]
 * boot time: a number that is used again is never hit. Returns 0; -ESRCH: it has ended, or its
 * beginning is not known (0); -EPERM; another negative errno.
 */
WEIR_NODISCARD int weir_platform_process_end(uint32_t pid, uint64_t start_ns, bool at_once);

/* ---- Listeners ------------------------------------------------------------------------------- */

/** A socket that takes connections or datagrams from anyone who reaches it. */
typedef struct weir_listener {
    weir_address_t address; /* all zero: every address of the machine */
    uint32_t inode, uid;    /* of the socket, and who made it */
    uint16_t port;
    uint8_t protocol; /* IANA number: TCP or UDP */
} weir_listener_t;

typedef struct weir_listener_sink {
    void *context;
    void (*listener)(void *context, const weir_listener_t *listener);
} weir_listener_sink_t;

typedef struct weir_platform_listeners weir_platform_listeners_t;

/** Needs no privilege. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_platform_listeners_open(weir_platform_listeners_t **ret_listeners);
void weir_platform_listeners_close(weir_platform_listeners_t *listeners); /* accepts NULL */
/**
 * Tell all listeners of this network namespace: TCP that listens, UDP that is not connected and has
 * no port of those that the system gives to clients. 0 or a negative errno: some were told, or none
 * (-EAGAIN: they changed meanwhile).
 */
WEIR_NODISCARD int weir_platform_listeners_read(weir_platform_listeners_t *listeners,
                                                const weir_listener_sink_t *sink);
/** Whose it is, in this reading. Returns its process, or 0: nobody knows, or may know. */
uint32_t weir_platform_listener_program(weir_platform_listeners_t *listeners,
                                        const weir_listener_t *listener,
                                        weir_program_t *ret_program);

/* ---- What works here ------------------------------------------------------------------------- */

typedef enum weir_check_state {
    WEIR_CHECK_OK,
    WEIR_CHECK_LIMITED, /* Weir works, something is hidden */
    WEIR_CHECK_FAILED,
} weir_check_state_t;

typedef struct weir_check {
    const char *what; /* "interface counters" */
    weir_check_state_t state;
    char detail[160]; /* what was found, or what is hidden and why */
    char fix[160];    /* the command or step that helps, "" none */
} weir_check_t;

#define WEIR_CHECKS_MAX 32
/** Try each facility once; fills `checks` and returns how many. */
size_t weir_platform_checks(weir_check_t checks[static WEIR_CHECKS_MAX]);

/**
 * The calling thread gives up every privilege for good: root becomes nobody, capabilities go; the
 * process's other threads keep theirs. Returns 0, or a negative errno, when it may have some left.
 */
WEIR_NODISCARD int weir_platform_thread_renounce(void);

/**
 * From now on this process takes as little memory as it can: in small pages, also where the system
 * would give huge ones for what is touched here and there, and what is freed goes back at once.
 * Best effort; for a program that stays. Before the first thread.
 */
void weir_platform_memory_spare(void);

/** The machine's name, at most `size` bytes with terminator; "this machine" when unknown. */
void weir_platform_host_name(char *name, size_t size);

#endif
