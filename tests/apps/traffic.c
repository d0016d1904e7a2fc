/*
 * Traffic of known size, by every way that a program can send and receive. Each mode prints the
 * payload bytes that it sent or received. Tests copy this program under other names. Who takes
 * says "ready" on standard error; takers of datagrams end when their standard input has.
 *
 *     traffic MODE ARGUMENTS...        see `modes` at the end
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER 16384
#define SILENCE_MS 300 /* without a datagram after the end of the input, then takers end */
#define ROOM (8 << 20) /* [byte] so that a taker that waits for a processor loses nothing */

typedef unsigned long long bytes_t;

static char buffer[BUFFER];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static bytes_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

static socklen_t address_make(const char *host, const char *port, struct sockaddr_storage *address)
{
    struct sockaddr_in *v4 = (void *)address;
    struct sockaddr_in6 *v6 = (void *)address;
    memset(address, 0, sizeof(*address));
    if (strchr(host, ':')) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)number(port));
        inet_pton(AF_INET6, host, &v6->sin6_addr);
        return sizeof(*v6);
    }
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)number(port));
    inet_pton(AF_INET, host, &v4->sin_addr);
    return sizeof(*v4);
}

static int opened(const char *host, int type, int protocol)
{
    int fd = socket(strchr(host, ':') ? AF_INET6 : AF_INET, type, protocol);
    int on = 1;
    if (fd < 0)
        die("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    return fd;
}

static int connected(const char *host, const char *port, int type, int protocol)
{
    struct sockaddr_storage address;
    socklen_t n = address_make(host, port, &address);
    int fd = opened(host, type, protocol);
    for (int i = 0; connect(fd, (void *)&address, n) < 0; i++) {
        if (i == 100)
            die("connect");
        usleep(20000); /* the receiver is starting */
    }
    return fd;
}

static void room_make(int fd)
{
    int room = ROOM;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
}

static int bound(const char *host, const char *port, int type, int protocol)
{
    struct sockaddr_storage address;
    socklen_t n = address_make(host, port, &address);
    int fd = opened(host, type, protocol);
    if (bind(fd, (void *)&address, n) < 0)
        die("bind");
    if (type == SOCK_STREAM && listen(fd, 1024) < 0)
        die("listen");
    if (type == SOCK_DGRAM)
        room_make(fd);
    (void)fprintf(stderr, "ready\n");
    return fd;
}

/* Whether there is a datagram to take. */
static bool more_comes(int fd)
{
    struct pollfd either[] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    poll(either, 2, -1);
    return either[0].revents || poll(either, 1, SILENCE_MS) > 0;
}

static bytes_t sent_all(int fd, bytes_t size)
{
    for (bytes_t left = size; left;) {
        ssize_t n = send(fd, buffer, left < BUFFER ? left : BUFFER, MSG_NOSIGNAL);
        if (n <= 0)
            die("send");
        left -= (bytes_t)n;
    }
    return size;
}

static bytes_t read_all(int fd)
{
    bytes_t sum = 0;
    ssize_t n;
    while ((n = read(fd, buffer, BUFFER)) > 0)
        sum += (bytes_t)n;
    return sum;
}

static int told(bytes_t bytes)
{
    printf("%llu\n", bytes);
    return 0;
}

/* ---- Streams --------------------------------------------------------------------------------- */

static int protocol_of(const char *word)
{
    return strcmp(word, "sctp") == 0 ? IPPROTO_SCTP : IPPROTO_TCP;
}

/* HOST PORT BYTES CONNECTIONS PROTOCOL */
static int stream_send(char **a)
{
    bytes_t sum = 0;
    for (bytes_t i = 0; i < number(a[3]); i++) {
        int fd = connected(a[0], a[1], SOCK_STREAM, protocol_of(a[4]));
        sum += sent_all(fd, number(a[2]));
        shutdown(fd, SHUT_WR);
        read_all(fd);
        close(fd);
    }
    return told(sum);
}

/* HOST PORT CONNECTIONS PROTOCOL */
static int stream_take(char **a)
{
    int listener = bound(a[0], a[1], SOCK_STREAM, protocol_of(a[3]));
    bytes_t sum = 0;
    for (bytes_t i = 0; i < number(a[2]); i++) {
        int fd = accept(listener, NULL, NULL);
        sum += read_all(fd);
        close(fd);
    }
    return told(sum);
}

/* HOST PORT BYTES: to whom connects first; takes what comes, too */
static int stream_give(char **a)
{
    int fd = accept(bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP), NULL, NULL);
    pid_t reader = fork();
    if (reader == 0) {
        told(read_all(fd));
        (void)fflush(stdout);
        _exit(0);
    }
    bytes_t sum = sent_all(fd, number(a[2]));
    shutdown(fd, SHUT_WR);
    waitpid(reader, NULL, 0);
    return told(sum);
}

/* HOST PORT BYTES: sends these and takes all */
static int stream_both(char **a)
{
    int fd = connected(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    pid_t reader = fork();
    if (reader == 0) {
        told(read_all(fd));
        (void)fflush(stdout);
        _exit(0);
    }
    bytes_t sum = sent_all(fd, number(a[2]));
    shutdown(fd, SHUT_WR);
    waitpid(reader, NULL, 0);
    return told(sum);
}

/* HOST PORT BYTES: by sendfile from a file */
static int file_send(char **a)
{
    int fd = connected(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    int file = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
    off_t at = 0;
    if (file < 0 || ftruncate(file, (off_t)number(a[2])) < 0)
        die("file");
    while (sendfile(fd, file, &at, BUFFER) > 0)
        ;
    shutdown(fd, SHUT_WR);
    read_all(fd);
    return told((bytes_t)at);
}

/* HOST PORT BYTES: by splice out of a pipe */
static int splice_send(char **a)
{
    int fd = connected(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    int ends[2];
    bytes_t sum = 0;
    if (pipe(ends) < 0)
        die("pipe");
    while (sum < number(a[2])) {
        ssize_t n = write(ends[1], buffer, BUFFER);
        for (ssize_t out = 0, m; out < n; out += m) {
            m = splice(ends[0], NULL, fd, NULL, (size_t)(n - out), 0);
            if (m <= 0)
                die("splice");
        }
        sum += (bytes_t)n;
    }
    shutdown(fd, SHUT_WR);
    read_all(fd);
    return told(sum);
}

/* HOST PORT: by splice into a pipe */
static int splice_take(char **a)
{
    int fd = accept(bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP), NULL, NULL);
    int ends[2];
    bytes_t sum = 0;
    ssize_t n;
    if (pipe(ends) < 0)
        die("pipe");
    while ((n = splice(fd, NULL, ends[1], NULL, BUFFER, 0)) > 0)
        for (sum += (bytes_t)n; n > 0;)
            n -= read(ends[0], buffer, (size_t)n);
    return told(sum);
}

/* HOST PORT COUNT MILLISECONDS: ten bytes at a time */
static int drip_send(char **a)
{
    int fd = connected(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    for (bytes_t i = 0; i < number(a[2]); i++) {
        sent_all(fd, 10);
        usleep((useconds_t)number(a[3]) * 1000);
    }
    shutdown(fd, SHUT_WR);
    read_all(fd);
    return told(10 * number(a[2]));
}

/* HOST PORT CONNECTIONS: children that the listener's maker forked beforehand take them */
static int fork_take(char **a)
{
    int listener = bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    for (bytes_t i = 0; i < number(a[2]); i++)
        if (fork() == 0) {
            read_all(accept(listener, NULL, NULL));
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return told(0);
}

/* HOST PORT PROGRAM: the connection is inherited by PROGRAM, which reads it as "read-fd" */
static int exec_take(char **a)
{
    int fd = accept(bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP), NULL, NULL);
    dup2(fd, 0);
    execl(a[2], a[2], "read-fd", (char *)NULL);
    die("exec");
    return 1;
}

static int fd_read(char **a)
{
    (void)a;
    return told(read_all(0));
}

/* A message of one byte and one descriptor. */
union passed {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static void descriptor_send(int to, int fd)
{
    union passed passed = {0};
    struct iovec part = {.iov_base = buffer, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = passed.room,
                             .msg_controllen = sizeof(passed.room)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(fd))};
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    if (sendmsg(to, &message, 0) < 0)
        die("sendmsg");
}

static int descriptor_take(int from)
{
    union passed passed = {0};
    struct iovec part = {.iov_base = buffer, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = passed.room,
                             .msg_controllen = sizeof(passed.room)};
    int fd = -1;
    if (recvmsg(from, &message, 0) < 0 || !CMSG_FIRSTHDR(&message))
        die("recvmsg");
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

/* HOST PORT PROGRAM: the connection is handed to PROGRAM, which takes it as "passed-take" */
static int pass_take(char **a)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        die("socketpair");
    if (fork() == 0) {
        dup2(ends[1], 0);
        execl(a[2], a[2], "passed-take", (char *)NULL);
        die("exec");
    }
    int fd = accept(bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP), NULL, NULL);
    descriptor_send(ends[0], fd);
    close(fd);
    wait(NULL);
    return told(0);
}

static int passed_take(char **a)
{
    (void)a;
    return told(read_all(descriptor_take(0)));
}

static void *thread_run(void *a)
{
    prctl(PR_SET_NAME, "worker-thread");
    stream_send(a);
    return NULL;
}

/* As stream-send, by a thread that has a name of its own */
static int thread_send(char **a)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_run, a) != 0)
        die("pthread_create");
    return pthread_join(thread, NULL);
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static void pace(bytes_t i)
{
    if (i % 32 == 31)
        usleep(500); /* not faster than a receiver's buffer bears */
}

/* HOST PORT SIZE COUNT */
static int datagram_send(char **a)
{
    int fd = connected(a[0], a[1], SOCK_DGRAM, 0);
    for (bytes_t i = 0; i < number(a[3]); i++) {
        if (send(fd, buffer, number(a[2]), 0) < 0 && errno != ECONNREFUSED)
            die("send");
        pace(i);
    }
    return told(number(a[2]) * number(a[3]));
}

/* HOST PORT */
static int datagram_take(char **a)
{
    int fd = bound(a[0], a[1], SOCK_DGRAM, 0);
    bytes_t sum = 0;
    while (more_comes(fd))
        sum += (bytes_t)recv(fd, buffer, BUFFER, 0);
    return told(sum);
}

#define VECTOR 16

static void vector_make(struct mmsghdr *messages, struct iovec *parts, size_t size)
{
    memset(messages, 0, VECTOR * sizeof(*messages));
    for (int i = 0; i < VECTOR; i++) {
        parts[i] = (struct iovec){.iov_base = buffer + (size_t)i * 1000, .iov_len = size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
}

/* HOST PORT SIZE COUNT */
static int vector_send(char **a)
{
    int fd = connected(a[0], a[1], SOCK_DGRAM, 0);
    struct mmsghdr messages[VECTOR];
    struct iovec parts[VECTOR];
    vector_make(messages, parts, number(a[2]));
    for (bytes_t i = 0; i < number(a[3]); i += VECTOR) {
        if (sendmmsg(fd, messages, VECTOR, 0) != VECTOR)
            die("sendmmsg");
        usleep(300);
    }
    return told(number(a[2]) * number(a[3]));
}

/* HOST PORT */
static int vector_take(char **a)
{
    int fd = bound(a[0], a[1], SOCK_DGRAM, 0);
    struct mmsghdr messages[VECTOR];
    struct iovec parts[VECTOR];
    bytes_t sum = 0;
    vector_make(messages, parts, 1000);
    while (more_comes(fd)) {
        int n = recvmmsg(fd, messages, VECTOR, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++)
            sum += messages[i].msg_len;
    }
    return told(sum);
}

/* HOST PROTOCOL SIZE COUNT: IP packets of a protocol without ports */
static int raw_send(char **a)
{
    struct sockaddr_storage address;
    socklen_t n = address_make(a[0], "0", &address);
    int fd = opened(a[0], SOCK_RAW, (int)number(a[1]));
    for (bytes_t i = 0; i < number(a[3]); i++) {
        if (sendto(fd, buffer, number(a[2]), 0, (void *)&address, n) < 0)
            die("sendto");
        pace(i);
    }
    return told(number(a[2]) * number(a[3]));
}

/* HOST PROTOCOL */
static int raw_take(char **a)
{
    int fd = opened(a[0], SOCK_RAW, (int)number(a[1]));
    bytes_t sum = 0;
    room_make(fd);
    (void)fprintf(stderr, "ready\n");
    while (more_comes(fd))
        sum += (bytes_t)recv(fd, buffer, BUFFER, 0);
    return told(sum);
}

/* INTERFACE SIZE COUNT: frames of an experimental EtherType */
static int frame_send(char **a)
{
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll to = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(0x88b5),
                             .sll_ifindex = (int)if_nametoindex(a[0])};
    static const uint8_t head[14] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    memcpy(buffer, head, sizeof(head));
    for (bytes_t i = 0; i < number(a[2]); i++) {
        if (sendto(fd, buffer, number(a[1]), 0, (void *)&to, sizeof(to)) < 0)
            die("sendto");
        pace(i);
    }
    return told(number(a[1]) * number(a[2]));
}

/* ---- io_uring -------------------------------------------------------------------------------- */

typedef struct ring {
    int fd;
    uint32_t *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
    struct io_uring_sqe *entries;
    struct io_uring_cqe *results;
} ring_t;

static void *ring_map(int fd, size_t size, off_t at)
{
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
    if (mapped == MAP_FAILED)
        die("mmap");
    return mapped;
}

static void ring_open(ring_t *ring)
{
    struct io_uring_params p = {0};
    ring->fd = (int)syscall(SYS_io_uring_setup, 4, &p);
    if (ring->fd < 0)
        exit(77); /* switched off here */
    char *sq = ring_map(ring->fd, p.sq_off.array + p.sq_entries * 4, IORING_OFF_SQ_RING);
    char *cq = ring_map(ring->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
                        IORING_OFF_CQ_RING);
    ring->entries = ring_map(ring->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    ring->sq_tail = (void *)(sq + p.sq_off.tail);
    ring->sq_mask = (void *)(sq + p.sq_off.ring_mask);
    ring->sq_array = (void *)(sq + p.sq_off.array);
    ring->cq_head = (void *)(cq + p.cq_off.head);
    ring->cq_tail = (void *)(cq + p.cq_off.tail);
    ring->cq_mask = (void *)(cq + p.cq_off.ring_mask);
    ring->results = (void *)(cq + p.cq_off.cqes);
}

static int ring_do(ring_t *ring, uint8_t operation, int fd, size_t size)
{
    uint32_t tail = *ring->sq_tail;
    uint32_t at = tail & *ring->sq_mask;
    memset(&ring->entries[at], 0, sizeof(ring->entries[at]));
    ring->entries[at].opcode = operation;
    ring->entries[at].fd = fd;
    ring->entries[at].addr = (uint64_t)(uintptr_t)buffer;
    ring->entries[at].len = (uint32_t)size;
    ring->sq_array[at] = at;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
        die("io_uring_enter");
    uint32_t head = *ring->cq_head;
    int result = ring->results[head & *ring->cq_mask].res;
    __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
    return result;
}

/* HOST PORT BYTES */
static int uring_send(char **a)
{
    ring_t ring;
    bytes_t sum = 0;
    ring_open(&ring);
    int fd = connected(a[0], a[1], SOCK_STREAM, IPPROTO_TCP);
    while (sum < number(a[2])) {
        int n = ring_do(&ring, IORING_OP_SEND, fd, BUFFER);
        if (n <= 0)
            die("send");
        sum += (bytes_t)n;
    }
    shutdown(fd, SHUT_WR);
    read_all(fd);
    return told(sum);
}

/* HOST PORT */
static int uring_take(char **a)
{
    ring_t ring;
    bytes_t sum = 0;
    int n;
    ring_open(&ring);
    int fd = accept(bound(a[0], a[1], SOCK_STREAM, IPPROTO_TCP), NULL, NULL);
    while ((n = ring_do(&ring, IORING_OP_RECV, fd, BUFFER)) > 0)
        sum += (bytes_t)n;
    return told(sum);
}

/* ---- Modes ----------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    int arguments;
    int (*run)(char **arguments);
} modes[] = {
    {"stream-send", 5, stream_send},
    {"stream-take", 4, stream_take},
    {"stream-give", 3, stream_give},
    {"stream-both", 3, stream_both},
    {"file-send", 3, file_send},
    {"splice-send", 3, splice_send},
    {"splice-take", 2, splice_take},
    {"drip-send", 4, drip_send},
    {"fork-take", 3, fork_take},
    {"exec-take", 3, exec_take},
    {"read-fd", 0, fd_read},
    {"pass-take", 3, pass_take},
    {"passed-take", 0, passed_take},
    {"thread-send", 5, thread_send},
    {"datagram-send", 4, datagram_send},
    {"datagram-take", 2, datagram_take},
    {"vector-send", 4, vector_send},
    {"vector-take", 2, vector_take},
    {"raw-send", 4, raw_send},
    {"frame-send", 3, frame_send},
    {"uring-send", 3, uring_send},
    {"uring-take", 2, uring_take},
    {"raw-take", 2, raw_take},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(argv[1], modes[i].word) == 0 && argc - 2 == modes[i].arguments)
            return modes[i].run(argv + 2);
    (void)fprintf(stderr, "traffic: no such mode, or a wrong number of arguments\n");
    return 2;
}
