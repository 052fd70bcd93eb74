package io.jvs.scheduling;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The response time of one server as a moving average with weights that fall to 1/e in ten seconds.
 * A slower answer is taken over at once. Average and age share one long: an answer costs at most
 * one atomic step, and most cost none, as only the first of each millisecond is looked at that is
 * not slower than the average.
 */
final class ResponseTime extends AtomicLong {
  private static final long serialVersionUID = 1;

  /** About a millisecond, so that 32 bits of ticks wrap after 52 days; only differences count. */
  private static final int TICK_SHIFT = 20;

  private static final float DECAY_TICKS = 10e9f / (1 << TICK_SHIFT);

  /** What a server is expected to take that has connections but has not answered any yet. */
  private static final float UNKNOWN_NANOS = 1e9f;

  private static final float LEAST_FAILURE_NANOS = 10e6f;
  private static final float MOST_FAILURE_NANOS = 10e9f;
  private static final int FAILURE_FACTOR = 10;

  /** Average in nanoseconds as float bits in the upper half, its tick in the lower. 0: unknown. */
  ResponseTime() {
    super(0);
  }

  static int tick(long nanos) {
    return (int) (nanos >> TICK_SHIFT);
  }

  /** Nanoseconds that an answer is expected to take, with this many connections open. */
  float expected(int tick, int open) {
    long state = get();
    if (state == 0) {
      return open == 0 ? 0 : UNKNOWN_NANOS;
    }
    return average(state) * decay(tick - (int) state);
  }

  /** An answer has come, or failed to. */
  void add(long nanos, int tick, boolean failed) {
    long state;
    float next;
    do {
      state = get();
      float average = average(state);
      float sample = failed ? charged(nanos, average) : Math.max((float) nanos, 1);
      int age = tick - (int) state;
      if (state == 0 || sample > average) {
        next = sample;
      } else if (age > 0) {
        float kept = decay(age);
        next = average * kept + sample * (1 - kept);
      } else {
        return;
      }
    } while (!compareAndSet(state, pack(next, tick)));
  }

  /** More with each failure, so that one is a dent and a row of them is the end, for a while. */
  private static float charged(long nanos, float average) {
    float charge = Math.max(LEAST_FAILURE_NANOS, FAILURE_FACTOR * average);
    return Math.max((float) nanos, Math.min(charge, MOST_FAILURE_NANOS));
  }

  private static long pack(float average, int tick) {
    return ((long) Float.floatToRawIntBits(average) << 32) | (tick & 0xFFFF_FFFFL);
  }

  private static float average(long state) {
    return Float.intBitsToFloat((int) (state >>> 32));
  }

  /** What is left of a weight after this many ticks. */
  private static float decay(int ticks) {
    if (ticks <= 0) {
      return 1;
    }
    float x = ticks / DECAY_TICKS;
    return x < 0.02f ? 1 - x : (float) Math.exp(-x); // for short times as good, and much cheaper
  }
}
