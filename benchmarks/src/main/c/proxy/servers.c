/*
 * What stands behind the proxies that are compared: one thread, on ADDRESSES loopback addresses from 127.0.0.1 on, the same two ports on each.
 * Prints the port that sends back what it gets and the port that sends without end after its first byte. Ends when its standard input does,
 * so that it never outlives who started it.
 *
 * servers ADDRESSES
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, ACCEPTS_AT_ONCE = 64, BACKLOG = 4096, ECHO_BUFFER = 65536, BULK_BUFFER = 262144, PORT_ATTEMPTS = 100 };

enum kind { STANDARD_INPUT, ECHO_LISTENER, BULK_LISTENER, ECHO, BULK_WAITING, BULK_SENDING };

struct endpoint {
  int fd;
  enum kind kind;
};

static char buffer[BULK_BUFFER];
static int poller;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int operation, struct endpoint *endpoint, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = endpoint};
  if (epoll_ctl(poller, operation, endpoint->fd, &event)) fail("epoll_ctl");
}

static struct endpoint *endpoint(int fd, enum kind kind) {
  struct endpoint *made = malloc(sizeof *made);
  if (!made) fail("malloc");
  *made = (struct endpoint){fd, kind};
  return made;
}

/* A listening socket, or -1 if the port is taken at this address. */
static int listener(int address, int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0) fail("socket");
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK + address)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, BACKLOG)) {
    close(fd);
    return -1;
  }
  return fd;
}

/* Opens one free port at all addresses and returns it. */
static int open_port(int addresses, enum kind kind) {
  int fds[addresses];
  for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    int port = 0, opened = 0;
    while (opened < addresses && (fds[opened] = listener(opened, port)) >= 0) {
      struct sockaddr_in at;
      socklen_t length = sizeof at;
      if (getsockname(fds[opened++], (struct sockaddr *)&at, &length)) fail("getsockname");
      port = ntohs(at.sin_port);
    }
    if (opened == addresses) {
      for (int i = 0; i < addresses; i++) watch(EPOLL_CTL_ADD, endpoint(fds[i], kind), EPOLLIN);
      return port;
    }
    while (opened > 0) close(fds[--opened]);
  }
  fprintf(stderr, "no port is free at all of %d loopback addresses\n", addresses);
  exit(1);
}

static void accept_all(struct endpoint *listener) {
  for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(EPOLL_CTL_ADD, endpoint(fd, listener->kind == ECHO_LISTENER ? ECHO : BULK_WAITING), EPOLLIN);
  }
}

/* The functions below return 0 when the connection is over. */

static int echo(int fd) {
  ssize_t got = read(fd, buffer, ECHO_BUFFER);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  for (ssize_t sent = 0; sent < got;) {
    ssize_t n = send(fd, buffer + sent, got - sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return 0;
    if (n < 0) usleep(50); /* the messages are small: this happens only to somebody who does not read */
    if (n > 0) sent += n;
  }
  return 1;
}

static int begin_bulk(struct endpoint *connection) {
  ssize_t got = read(connection->fd, buffer, 1);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  connection->kind = BULK_SENDING;
  watch(EPOLL_CTL_MOD, connection, EPOLLOUT | EPOLLRDHUP);
  return 1;
}

static int send_bulk(int fd, unsigned events) {
  if (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) return 0;
  return send(fd, buffer, BULK_BUFFER, MSG_NOSIGNAL) >= 0 || errno == EAGAIN;
}

static void handle(struct endpoint *e, unsigned events) {
  int alive = 1;
  switch (e->kind) {
    case STANDARD_INPUT:
      if (read(e->fd, buffer, sizeof buffer) <= 0) exit(0);
      break;
    case ECHO_LISTENER:
    case BULK_LISTENER:
      accept_all(e);
      break;
    case ECHO:
      alive = echo(e->fd);
      break;
    case BULK_WAITING:
      alive = begin_bulk(e);
      break;
    case BULK_SENDING:
      alive = send_bulk(e->fd, events);
      break;
  }
  if (!alive) {
    close(e->fd);
    free(e);
  }
}

int main(int argc, char **argv) {
  int addresses = argc == 2 ? atoi(argv[1]) : 0;
  if (addresses < 1 || addresses > 100) {
    fprintf(stderr, "usage: servers ADDRESSES (1 to 100)\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) fail("epoll_create1");
  watch(EPOLL_CTL_ADD, endpoint(STDIN_FILENO, STANDARD_INPUT), EPOLLIN);
  int echo_port = open_port(addresses, ECHO_LISTENER);
  int bulk_port = open_port(addresses, BULK_LISTENER);
  printf("%d %d\n", echo_port, bulk_port);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) handle(events[i].data.ptr, events[i].events);
  }
}
