/*
 * The floor under a TCP health check: socket, setsockopt(SO_LINGER), connect, poll, close and nothing else, 10,000 loopback addresses in turn,
 * 50 at a time, at a steady rate. Prints the CPU it used, as a part of a core.
 *
 * connects PORT SECONDS PER_SECOND
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 50, SERVERS = 10000, PATIENCE_MS = 1000 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

static void fail(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: connects PORT SECONDS PER_SECOND\n");
    return 2;
  }
  int port = atoi(argv[1]);
  long checks = atol(argv[2]) * atol(argv[3]);
  double rate = atof(argv[3]);
  struct linger reset = {1, 0};
  double start = now();
  for (long made = 0; made < checks; made += BATCH) {
    struct pollfd sockets[BATCH];
    for (int i = 0; i < BATCH; i++) {
      int server = (made + i) % SERVERS;
      struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
      address.sin_addr.s_addr = htonl(0x7f010000 + server / 250 * 256 + 1 + server % 250);
      int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      if (s < 0) fail("socket");
      if (setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset)) fail("setsockopt");
      if (connect(s, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) fail("connect");
      sockets[i] = (struct pollfd){.fd = s, .events = POLLOUT};
    }
    if (poll(sockets, BATCH, PATIENCE_MS) < 0) fail("poll");
    for (int i = 0; i < BATCH; i++) {
      if (sockets[i].revents != POLLOUT) {
        fprintf(stderr, "a server did not accept\n");
        return 1;
      }
      close(sockets[i].fd);
    }
    double early = start + (made + BATCH) / rate - now();
    if (early > 0) usleep(early * 1e6);
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("%f\n", (seconds(used.ru_utime) + seconds(used.ru_stime)) / (now() - start));
  return 0;
}
