/*
 * The least that a UDP proxy in userspace costs: one connected socket to the server for each client, batches of 64 both ways, and trains of
 * datagrams kept whole (UDP_GRO, UDP_SEGMENT). No timeouts, no limits, no policy; flows are never forgotten.
 *
 * udp-floor FRONT SERVER [FRONT SERVER]...   ports at 127.0.0.1
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

enum { BATCH = 64, EVENTS = 64, ROOM = 65536, CONTROL = 64, BUCKETS = 1 << 16, SOCKET_BUFFER = 4 << 20 };

struct front {
  int fd;
  struct sockaddr_in server;
};

/* Of a front itself, without a client. */
struct flow {
  struct front *front;
  int fd;
  struct sockaddr_in client;
  struct flow *next;
};

static struct flow *flows[BUCKETS];
static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec parts[BATCH];
static struct sockaddr_in names[BATCH];
static char control[BATCH][CONTROL], (*room)[ROOM];
static int poller;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int new_socket(struct flow *flow) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = SOCKET_BUFFER, on = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = flow};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
  return fd;
}

static struct sockaddr_in loopback(const char *port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int same(const struct sockaddr_in *a, const struct sockaddr_in *b) {
  return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static struct flow *flow_of(struct front *front, const struct sockaddr_in *client) {
  struct flow **bucket = &flows[(client->sin_addr.s_addr * 2654435761u ^ client->sin_port * 40503u) % BUCKETS];
  for (struct flow *flow = *bucket; flow; flow = flow->next) {
    if (same(&flow->client, client) && flow->front == front) return flow;
  }
  struct flow *flow = malloc(sizeof *flow);
  if (!flow) fail("malloc");
  *flow = (struct flow){.front = front, .client = *client, .next = *bucket};
  flow->fd = new_socket(flow);
  if (connect(flow->fd, (struct sockaddr *)&front->server, sizeof front->server)) fail("connect");
  return *bucket = flow;
}

static int receive(int fd) {
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){room[i], ROOM};
    in[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &parts[i], .msg_iovlen = 1,
                                    .msg_control = control[i], .msg_controllen = CONTROL};
  }
  return recvmmsg(fd, in, BATCH, 0, NULL);
}

/* Makes the k-th that goes out of the i-th that came in; to nowhere on a connected socket. */
static void forward(int k, int i, struct sockaddr_in *to) {
  uint16_t segment = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&in[i].msg_hdr); c; c = CMSG_NXTHDR(&in[i].msg_hdr, c)) {
    if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) segment = *(int *)CMSG_DATA(c);
  }
  parts[i].iov_len = in[i].msg_len;
  out[k].msg_hdr = (struct msghdr){.msg_name = to, .msg_namelen = to ? sizeof *to : 0, .msg_iov = &parts[i], .msg_iovlen = 1};
  if (segment == 0 || segment >= in[i].msg_len) return;
  out[k].msg_hdr.msg_control = control[i];
  out[k].msg_hdr.msg_controllen = CMSG_SPACE(sizeof segment);
  struct cmsghdr *c = CMSG_FIRSTHDR(&out[k].msg_hdr);
  *c = (struct cmsghdr){.cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof segment)};
  memcpy(CMSG_DATA(c), &segment, sizeof segment);
}

static void send_all(int fd, int count) {
  for (int sent = 0; sent < count;) {
    int more = sendmmsg(fd, out + sent, count - sent, 0);
    if (more <= 0) return;
    sent += more;
  }
}

static void ask(struct front *front) {
  int count = receive(front->fd);
  for (int i = 0; i < count;) {
    struct flow *flow = flow_of(front, &names[i]);
    int out_count = 0;
    while (i < count && same(&names[i], &flow->client)) forward(out_count++, i++, NULL);
    send_all(flow->fd, out_count);
  }
}

static void answer(struct flow *flow) {
  int count = receive(flow->fd);
  for (int i = 0; i < count; i++) forward(i, i, &flow->client);
  send_all(flow->front->fd, count > 0 ? count : 0);
}

int main(int argc, char **argv) {
  if (argc < 3 || argc % 2 == 0) {
    fprintf(stderr, "usage: udp-floor FRONT SERVER [FRONT SERVER]...\n");
    return 2;
  }
  room = calloc(BATCH, ROOM);
  poller = epoll_create1(0);
  if (!room || poller < 0) fail("epoll_create1");
  for (int i = 1; i < argc; i += 2) {
    struct front *front = malloc(sizeof *front);
    struct flow *itself = calloc(1, sizeof *itself);
    if (!front || !itself) fail("malloc");
    *front = (struct front){.server = loopback(argv[i + 1])};
    itself->front = front;
    itself->fd = front->fd = new_socket(itself);
    struct sockaddr_in at = loopback(argv[i]);
    if (bind(front->fd, (struct sockaddr *)&at, sizeof at)) fail("bind");
  }
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      struct flow *flow = events[i].data.ptr;
      if (flow->fd == flow->front->fd) ask(flow->front);
      else answer(flow);
    }
  }
}
