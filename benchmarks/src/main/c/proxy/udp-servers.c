/*
 * What stands behind the UDP proxies that are compared: one thread, on ADDRESSES loopback addresses from 127.0.0.1 on, the same two ports on each.
 * Both send back what they get: the first one datagram by datagram, as most servers do, the second in the trains in which it came (UDP_GRO,
 * UDP_SEGMENT), as QUIC servers do. Prints the two ports. Ends when its standard input does, so that it never outlives who started it.
 *
 * udp-servers ADDRESSES
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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

enum { EVENTS = 64, BATCH = 64, ROUNDS = 16, DATAGRAM = 2048, TRAIN = 65536, CONTROL = 64, SOCKET_BUFFER = 4 << 20, PORT_ATTEMPTS = 100 };

static char (*room)[TRAIN];
static char control[BATCH][CONTROL];
static struct sockaddr_in names[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];
static int poller;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* An event of a socket says which, and whether its trains are kept; the standard input has no such bit. */
static const uint64_t KEEPS_TRAINS = 1ull << 32, IS_SOCKET = 1ull << 33;

static void watch(int fd, uint64_t what) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = what | fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

/* A bound socket, or -1 if the port is taken at this address. */
static int bound(int address, int port, int trains) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, size = SOCKET_BUFFER;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  if (trains) setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK + address)};
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) {
    close(fd);
    return -1;
  }
  return fd;
}

/* Opens one free port at all addresses and returns it. */
static int open_port(int addresses, int trains) {
  int fds[addresses];
  for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    int port = 0, opened = 0;
    while (opened < addresses && (fds[opened] = bound(opened, port, trains)) >= 0) {
      struct sockaddr_in at;
      socklen_t length = sizeof at;
      if (getsockname(fds[opened++], (struct sockaddr *)&at, &length)) fail("getsockname");
      port = ntohs(at.sin_port);
    }
    if (opened == addresses) {
      for (int i = 0; i < addresses; i++) watch(fds[i], IS_SOCKET | (trains ? KEEPS_TRAINS : 0));
      return port;
    }
    while (opened > 0) close(fds[--opened]);
  }
  fprintf(stderr, "no port is free at all of %d loopback addresses\n", addresses);
  exit(1);
}

/* What was joined on its way in is divided again on its way out. */
static void keep_train(struct msghdr *message, size_t length) {
  uint16_t segment = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) segment = *(int *)CMSG_DATA(c);
  }
  message->msg_controllen = 0;
  if (segment == 0 || segment >= length) return;
  message->msg_controllen = CMSG_SPACE(sizeof segment);
  struct cmsghdr *c = CMSG_FIRSTHDR(message);
  *c = (struct cmsghdr){.cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof segment)};
  memcpy(CMSG_DATA(c), &segment, sizeof segment);
}

static void echo(int fd, int trains) {
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){room[i], trains ? TRAIN : DATAGRAM};
      messages[i].msg_hdr = (struct msghdr){.msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &parts[i], .msg_iovlen = 1};
      if (trains) messages[i].msg_hdr.msg_control = control[i];
      if (trains) messages[i].msg_hdr.msg_controllen = CONTROL;
    }
    int count = recvmmsg(fd, messages, BATCH, 0, NULL);
    if (count <= 0) return;
    for (int i = 0; i < count; i++) {
      parts[i].iov_len = messages[i].msg_len;
      if (trains) keep_train(&messages[i].msg_hdr, messages[i].msg_len);
    }
    for (int sent = 0; sent < count;) {
      int more = sendmmsg(fd, messages + sent, count - sent, 0);
      if (more <= 0) break;
      sent += more;
    }
    if (count < BATCH) return;
  }
}

int main(int argc, char **argv) {
  int addresses = argc == 2 ? atoi(argv[1]) : 0;
  if (addresses < 1 || addresses > 100) {
    fprintf(stderr, "usage: udp-servers ADDRESSES (1 to 100)\n");
    return 2;
  }
  room = calloc(BATCH, TRAIN);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!room || poller < 0) fail("epoll_create1");
  watch(STDIN_FILENO, 0);
  int single = open_port(addresses, 0);
  int trains = open_port(addresses, 1);
  printf("%d %d\n", single, trains);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      uint64_t what = events[i].data.u64;
      if (what & IS_SOCKET) echo((int)what, (what & KEEPS_TRAINS) != 0);
      else if (read(STDIN_FILENO, room, TRAIN) <= 0) return 0;
    }
  }
}
