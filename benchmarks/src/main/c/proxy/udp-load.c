/*
 * Load on a UDP proxy at 127.0.0.1, from one thread. Prints one line of KEY=VALUE, with times in microseconds; done is what came back.
 *
 * udp-load window PORT FLOWS SECONDS WINDOW     64 bytes there and back, WINDOW under way on each flow, the next when one is back
 * udp-load rate PORT FLOWS SECONDS PER_SECOND   the same, sent at a fixed rate whatever comes back; first tenth not timed
 * udp-load trains PORT FLOWS SECONDS DATAGRAMS  trains of so many datagrams of 1,200 bytes (UDP_SEGMENT), the next when all are back
 * udp-load idle PORT FLOWS                      each asks once from an address of its own; says how many were answered, waits until its input ends
 * udp-load flood PORT FLOWS SECONDS CLIENTS     FLOWS go on asking, ten times a second each, while so many clients ask once; done and sent are of FLOWS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "times.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

enum { EVENTS = 512, BATCH = 64, MESSAGE = 64, DATAGRAM = 1200, ROOM = 2048, TRAIN = 65536, SOCKET_BUFFER = 8 << 20, CONTROL = 64,
       STALL_MS = 20, LATE_NANOS = 200000000, ASKS_PER_SECOND = 10, CLIENT_PORTS = 16, CLIENT_ADDRESSES = 1 << 18, LATE_POLLS = 1000 };

struct flow {
  int fd;
  int under_way;
};

static int port, count, poller;
static struct flow *flows;
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];
static char rooms[BATCH][ROOM], train[TRAIN];
static uint64_t sent, done;

static int new_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), size = SOCKET_BUFFER;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  return fd;
}

static struct sockaddr_in proxy(void) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(int fd, void *what) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void open_all(void) {
  struct sockaddr_in to = proxy();
  for (int i = 0; i < count; i++) {
    flows[i].fd = new_socket();
    if (connect(flows[i].fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    watch(flows[i].fd, &flows[i]);
  }
}

/* Each begins with the time at which it was sent. */
static void ask(struct flow *flow, int number) {
  while (number > 0) {
    int batch = number < BATCH ? number : BATCH;
    uint64_t stamp = now();
    for (int i = 0; i < batch; i++) {
      memcpy(rooms[i], &stamp, sizeof stamp);
      parts[i] = (struct iovec){rooms[i], MESSAGE};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    int went = sendmmsg(flow->fd, messages, batch, 0);
    if (went <= 0) return;
    sent += went;
    flow->under_way += went;
    number -= went;
  }
}

/* Reads one batch of answers. */
static void hear(struct flow *flow, uint64_t timed_from) {
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){rooms[i], ROOM};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int got = recvmmsg(flow->fd, messages, BATCH, 0, NULL);
  if (got <= 0) return;
  uint64_t arrived = now();
  for (int i = 0; i < got; i++) {
    uint64_t stamp;
    memcpy(&stamp, rooms[i], sizeof stamp);
    if (stamp >= timed_from) record(arrived - stamp);
  }
  done += got;
  flow->under_way -= got;
}

static void print_result(uint64_t start, uint64_t end) {
  printf("done=%lu sent=%lu seconds=%.4f p50=%.2f p99=%.2f\n", done, sent, (end - start) / 1e9, quantile(.5), quantile(.99));
}

static void window(double seconds, int size) {
  open_all();
  uint64_t start = now(), end = start + seconds * 1e9, moved = start;
  for (int i = 0; i < count; i++) ask(&flows[i], size);
  while (now() < end) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, STALL_MS);
    for (int i = 0; i < ready; i++) {
      struct flow *flow = events[i].data.ptr;
      hear(flow, start);
      ask(flow, size - flow->under_way);
    }
    if (ready > 0) moved = now();
    if (now() - moved > STALL_MS * 1000000ull) { /* lost: again */
      for (int i = 0; i < count; i++) {
        flows[i].under_way = 0;
        ask(&flows[i], size);
      }
    }
  }
  print_result(start, now());
}

/* What is late is waited for; what has not come by then is lost. */
static void rate(double seconds, double per_second) {
  open_all();
  uint64_t start = now(), end = start + seconds * 1e9, timed_from = start + seconds * 1e8;
  double gap = 1e9 / per_second;
  for (uint64_t t = start; t < end + LATE_NANOS && (t < end || done < sent); t = now()) {
    while (t < end && start + sent * gap <= t) {
      uint64_t before = sent;
      ask(&flows[sent % count], 1);
      if (sent == before) break;
    }
    int64_t wait = t < end ? (int64_t)(start + sent * gap) - (int64_t)now() : STALL_MS * 1000000;
    struct timespec patience = {0, wait < 0 ? 0 : wait};
    struct epoll_event events[EVENTS];
    int ready = syscall(SYS_epoll_pwait2, poller, events, EVENTS, &patience, NULL, 0);
    for (int i = 0; i < ready; i++) hear(events[i].data.ptr, timed_from);
  }
  print_result(start, end);
}

static void send_train(struct flow *flow, int datagrams) {
  if (send(flow->fd, train, (size_t)datagrams * DATAGRAM, 0) < 0) return;
  sent += datagrams;
  flow->under_way = datagrams;
}

static void trains(double seconds, int datagrams) {
  int segment = DATAGRAM, on = 1;
  open_all();
  for (int i = 0; i < count; i++) {
    if (setsockopt(flows[i].fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment)) fail("UDP_SEGMENT");
    if (setsockopt(flows[i].fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on)) fail("UDP_GRO");
  }
  uint64_t start = now(), end = start + seconds * 1e9, moved = start;
  for (int i = 0; i < count; i++) send_train(&flows[i], datagrams);
  while (now() < end) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, STALL_MS);
    for (int i = 0; i < ready; i++) {
      struct flow *flow = events[i].data.ptr;
      ssize_t got;
      while ((got = recv(flow->fd, NULL, 0, MSG_TRUNC)) > 0) { /* bytes are left where they are */
        int whole = (got + DATAGRAM - 1) / DATAGRAM;
        done += whole;
        flow->under_way -= whole;
      }
      if (flow->under_way <= 0) send_train(flow, datagrams);
    }
    if (ready > 0) moved = now();
    if (now() - moved > STALL_MS * 1000000ull) {
      for (int i = 0; i < count; i++) send_train(&flows[i], datagrams);
    }
  }
  print_result(start, now());
}

/* Many clients from few sockets: each of these sends from whatever address of 127.0.0.0/8 it is told. */
static int crowd[CLIENT_PORTS];

static void open_crowd(void) {
  struct sockaddr_in any = {.sin_family = AF_INET};
  for (int i = 0; i < CLIENT_PORTS; i++) {
    crowd[i] = new_socket();
    if (bind(crowd[i], (struct sockaddr *)&any, sizeof any)) fail("bind");
  }
}

/* The clients from FIRST on, one batch of neighbours on one socket. How many asked. */
static int crowd_asks(int first, int number) {
  static char control[BATCH][CONTROL];
  struct sockaddr_in to = proxy();
  int batch = number < BATCH ? number : BATCH;
  if (batch <= 0) return 0; /* late answers may make it too many that are under way */
  for (int i = 0; i < batch; i++) {
    int client = first + i;
    struct in_pktinfo from = {.ipi_spec_dst.s_addr = htonl(0x7f100000 + client % CLIENT_ADDRESSES)};
    parts[i] = (struct iovec){rooms[0], MESSAGE};
    messages[i].msg_hdr = (struct msghdr){.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[i], .msg_iovlen = 1,
                                          .msg_control = control[i], .msg_controllen = CMSG_SPACE(sizeof from)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&messages[i].msg_hdr);
    *c = (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof from)};
    memcpy(CMSG_DATA(c), &from, sizeof from);
  }
  int went = sendmmsg(crowd[first / CLIENT_ADDRESSES % CLIENT_PORTS], messages, batch, 0);
  return went < 0 ? 0 : went;
}

/* Answers that are there for the crowd. */
static int crowd_hears(void) {
  int answers = 0;
  for (int i = 0; i < CLIENT_PORTS; i++) {
    while (recv(crowd[i], NULL, 0, MSG_TRUNC | MSG_DONTWAIT) >= 0) answers++;
  }
  return answers;
}

/* A few hundred at a time, so that no buffer on the way has to hold more. What is not answered within a time is lost, and somebody else asks. */
static void idle(void) {
  open_crowd();
  int asked = 0, answered = 0, under_way = 0;
  for (int quiet = 0; answered < count && asked < 2 * count; ) {
    if (under_way < 8 * BATCH) {
      int more = crowd_asks(asked, count - answered - under_way);
      asked += more;
      under_way += more;
    }
    int more = crowd_hears();
    answered += more;
    under_way = more < under_way ? under_way - more : 0;
    quiet = more > 0 ? 0 : quiet + 1;
    if (more == 0) usleep(500);
    if (quiet == LATE_POLLS && answered == 0) break; /* nobody is there */
    if (quiet == LATE_POLLS) under_way = quiet = 0;
  }
  printf("done=%d sent=%d\n", answered, asked);
  fflush(stdout);
  while (read(STDIN_FILENO, train, TRAIN) > 0) {
  }
}

static void flood(double seconds, int clients) {
  open_all();
  open_crowd();
  uint64_t start = now(), end = start + seconds * 1e9;
  double gap = 1e9 / ASKS_PER_SECOND / count, crowd_gap = seconds * 1e9 / clients;
  int asked = 0;
  for (uint64_t t = start; t < end + LATE_NANOS && (t < end || done < sent); t = now()) {
    if (t < end && start + sent * gap <= t) ask(&flows[sent % count], 1);
    if (asked < clients && start + asked * crowd_gap <= t) asked += crowd_asks(asked, clients - asked);
    else usleep(100);
    crowd_hears();
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, 0);
    for (int i = 0; i < ready; i++) hear(events[i].data.ptr, start);
  }
  printf("done=%lu sent=%lu crowd=%d seconds=%.4f p50=%.2f p99=%.2f\n", done, sent, asked, (now() - start) / 1e9, quantile(.5), quantile(.99));
}

int main(int argc, char **argv) {
  const char *what = argc > 3 ? argv[1] : "";
  double seconds = argc > 4 ? atof(argv[4]) : 0;
  int number = argc > 5 ? atoi(argv[5]) : 0;
  port = argc > 3 ? atoi(argv[2]) : 0;
  count = argc > 3 ? atoi(argv[3]) : 0;
  flows = calloc(count > 0 ? count : 1, sizeof *flows);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!flows || poller < 0) fail("epoll_create1");
  prctl(PR_SET_TIMERSLACK, 1); /* so that a fixed rate is one */
  if (!strcmp(what, "window") && argc == 6) window(seconds, number);
  else if (!strcmp(what, "rate") && argc == 6) rate(seconds, number);
  else if (!strcmp(what, "trains") && argc == 6 && number * DATAGRAM < TRAIN) trains(seconds, number);
  else if (!strcmp(what, "idle") && argc == 4) idle();
  else if (!strcmp(what, "flood") && argc == 6) flood(seconds, number);
  else {
    fprintf(stderr, "usage: udp-load window|rate|trains|idle|flood PORT FLOWS [SECONDS WINDOW|PER_SECOND|DATAGRAMS|CLIENTS]\n");
    return 2;
  }
  return 0;
}
