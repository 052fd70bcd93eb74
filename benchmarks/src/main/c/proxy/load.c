/*
 * Load on a proxy at 127.0.0.1, from one thread. Prints one line of KEY=VALUE, with times in microseconds.
 *
 * load requests PORT CONNECTIONS SECONDS         64 bytes there and back on each kept connection, the next when the last is back
 * load rate PORT CONNECTIONS SECONDS PER_SECOND  the same, sent at a fixed rate whatever comes back; first tenth not timed
 * load connects PORT CONNECTIONS SECONDS         connect, 64 bytes there and back, close, again
 * load bulk PORT CONNECTIONS SECONDS             from a server that sends without end
 * load idle PORT CONNECTIONS                     opens, one byte there and back on each, says how many, holds them until its input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "times.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { EVENTS = 512, MESSAGE = 64, SOURCES = 200, PATIENCE_MS = 100, BUFFER = 65536, DISCARD_AT_ONCE = 16 << 20 };

struct connection {
  int fd;
  int connected;
  int got;        /* bytes of the message that is on its way back */
  uint64_t began; /* when it, or the connection, was begun */
};

static int port, count, poller;
static struct connection *connections;
static char buffer[BUFFER];
static const char message[MESSAGE];

/* From many loopback addresses in turn, since one of them has too few ports for connections that have just ended. */
static int open_connection(int number, int flags) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000101 + number % SOURCES)};
  if (bind(fd, (struct sockaddr *)&from, sizeof from)) fail("bind");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) fail("connect");
  return fd;
}

static void watch(int operation, struct connection *c, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  if (epoll_ctl(poller, operation, c->fd, &event)) fail("epoll_ctl");
}

static void send_message(struct connection *c) {
  c->began = now();
  if (write(c->fd, message, MESSAGE) != MESSAGE) fail("write");
}

static void open_all(void) {
  for (int i = 0; i < count; i++) {
    connections[i].fd = open_connection(i, 0);
    if (fcntl(connections[i].fd, F_SETFL, O_NONBLOCK)) fail("fcntl");
    watch(EPOLL_CTL_ADD, &connections[i], EPOLLIN);
  }
}

/* Bytes that have come, 0 if none are there yet. */
static size_t receive(struct connection *c, void *into, size_t length, int flags) {
  ssize_t got = recv(c->fd, into, length, flags);
  if (got == 0) {
    fprintf(stderr, "a connection was ended by the other side\n");
    exit(1);
  }
  if (got < 0 && errno != EAGAIN) fail("recv");
  return got < 0 ? 0 : got;
}

static void print_operations(uint64_t done, uint64_t start) {
  printf("done=%lu seconds=%.4f p50=%.2f p99=%.2f\n", done, (now() - start) / 1e9, quantile(.5), quantile(.99));
}

static void requests(double seconds) {
  open_all();
  uint64_t start = now(), end = start + seconds * 1e9, done = 0;
  for (int i = 0; i < count; i++) send_message(&connections[i]);
  while (now() < end) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, PATIENCE_MS);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      c->got += receive(c, buffer, BUFFER, 0);
      if (c->got < MESSAGE) continue;
      record(now() - c->began);
      done++;
      c->got = 0;
      send_message(c);
    }
  }
  print_operations(done, start);
}

/* A message starts with the time it was sent, since several may be on their way on one connection. */
static void rate(double seconds, double per_second) {
  open_all();
  uint64_t start = now(), end = start + seconds * 1e9, timed_from = start + seconds * 1e8, done = 0, sent = 0;
  char stamped[MESSAGE] = {0}, *partial = calloc(count, MESSAGE);
  if (!partial) fail("calloc");
  double gap = 1e9 / per_second;
  for (uint64_t t = now(); t < end; t = now()) {
    for (; start + sent * gap <= t; sent++) {
      uint64_t stamp = now();
      memcpy(stamped, &stamp, sizeof stamp);
      if (write(connections[sent % count].fd, stamped, MESSAGE) != MESSAGE) fail("write");
    }
    int64_t wait = start + (sent * gap) - now();
    struct timespec patience = {0, wait < 0 ? 0 : wait};
    struct epoll_event events[EVENTS];
    int ready = syscall(SYS_epoll_pwait2, poller, events, EVENTS, &patience, NULL, 0);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      char *kept = partial + (c - connections) * MESSAGE;
      size_t length = receive(c, buffer, BUFFER, 0);
      for (size_t used = 0; used < length;) {
        size_t take = length - used < (size_t)(MESSAGE - c->got) ? length - used : (size_t)(MESSAGE - c->got);
        memcpy(kept + c->got, buffer + used, take);
        c->got += take;
        used += take;
        if (c->got < MESSAGE) continue;
        c->got = 0;
        done++;
        uint64_t stamp;
        memcpy(&stamp, kept, sizeof stamp);
        if (stamp > timed_from) record(now() - stamp);
      }
    }
  }
  print_operations(done, start);
}

static void connects(double seconds) {
  int next = 0;
  for (int i = 0; i < count; i++) {
    connections[i] = (struct connection){.fd = open_connection(next++, SOCK_NONBLOCK), .began = now()};
    watch(EPOLL_CTL_ADD, &connections[i], EPOLLOUT);
  }
  uint64_t start = now(), end = start + seconds * 1e9, done = 0;
  while (now() < end) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, PATIENCE_MS);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c->connected) {
        if (write(c->fd, message, MESSAGE) != MESSAGE) fail("write to a new connection");
        c->connected = 1;
        watch(EPOLL_CTL_MOD, c, EPOLLIN);
        continue;
      }
      c->got += receive(c, buffer, BUFFER, 0);
      if (c->got < MESSAGE) continue;
      record(now() - c->began);
      done++;
      close(c->fd);
      *c = (struct connection){.began = now()};
      c->fd = open_connection(next++, SOCK_NONBLOCK);
      watch(EPOLL_CTL_ADD, c, EPOLLOUT);
    }
  }
  print_operations(done, start);
}

/* MSG_TRUNC leaves the bytes where they are: this side's copying is not what is measured. */
static void bulk(double seconds) {
  open_all();
  for (int i = 0; i < count; i++) {
    if (write(connections[i].fd, "g", 1) != 1) fail("write");
  }
  uint64_t start = now(), end = start + seconds * 1e9, bytes = 0;
  while (now() < end) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, PATIENCE_MS);
    for (int i = 0; i < ready; i++) bytes += receive(events[i].data.ptr, NULL, DISCARD_AT_ONCE, MSG_TRUNC);
  }
  printf("done=%.6f seconds=%.4f\n", bytes / 1e9, (now() - start) / 1e9);
}

static void idle(void) {
  int held = 0;
  for (; held < count; held++) {
    int fd = open_connection(held, 0);
    if (write(fd, "x", 1) != 1 || read(fd, buffer, 1) != 1) break;
  }
  printf("done=%d\n", held);
  fflush(stdout);
  while (read(STDIN_FILENO, buffer, BUFFER) > 0) {
  }
}

int main(int argc, char **argv) {
  const char *what = argc > 3 ? argv[1] : "";
  double seconds = argc > 4 ? atof(argv[4]) : 0;
  port = argc > 3 ? atoi(argv[2]) : 0;
  count = argc > 3 ? atoi(argv[3]) : 0;
  connections = calloc(count > 0 ? count : 1, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || poller < 0) fail("epoll_create1");
  prctl(PR_SET_TIMERSLACK, 1); /* so that a fixed rate is one */
  if (!strcmp(what, "requests") && argc == 5) requests(seconds);
  else if (!strcmp(what, "rate") && argc == 6) rate(seconds, atof(argv[5]));
  else if (!strcmp(what, "connects") && argc == 5) connects(seconds);
  else if (!strcmp(what, "bulk") && argc == 5) bulk(seconds);
  else if (!strcmp(what, "idle") && argc == 4) idle();
  else {
    fprintf(stderr, "usage: load requests|rate|connects|bulk|idle PORT CONNECTIONS [SECONDS [PER_SECOND]]\n");
    return 2;
  }
  return 0;
}
