/* What programs that put load on proxies share: the clock, times in a histogram, and an end with a reason. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Times in a histogram of 64 steps for each power of two, so to within 1.6 %. */
static uint64_t times[64 * 64], timed;

static int step(uint64_t nanos) {
  if (nanos < 64) return nanos;
  int power = 63 - __builtin_clzll(nanos);
  return (power - 5) * 64 + ((nanos >> (power - 6)) & 63);
}

static void record(uint64_t nanos) {
  times[step(nanos)]++;
  timed++;
}

static double quantile(double q) {
  uint64_t below = 0;
  for (int i = 0; i < 64 * 64; i++) {
    below += times[i];
    if (below > q * timed) return (i < 64 ? (uint64_t)i : (64ull + i % 64) << (i / 64 - 1)) / 1000.0;
  }
  return 0;
}
