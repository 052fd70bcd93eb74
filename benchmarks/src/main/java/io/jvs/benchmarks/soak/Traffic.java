package io.jvs.benchmarks.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** All clients of a run. */
final class Traffic {
  private static final long SEED = 6;

  private final List<Client> clients = new ArrayList<>();
  private final Map<Kind, LongAdder> done = new EnumMap<>(Kind.class);
  private final Failures failures = new Failures();

  Traffic(int port) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (Kind kind : Kind.values()) {
      LongAdder counter = new LongAdder();
      done.put(kind, counter);
      for (int i = 0; i < kind.threads; i++) {
        clients.add(new Client(kind, port, random.split(), counter, failures));
      }
    }
  }

  void start() {
    clients.forEach(Client::start);
  }

  /**
   * Runs as fast as it can for so long, then at a share of what that was.
   *
   * @return how much each kind does in a second from now on
   */
  Map<Kind, Double> calibrate(long nanos, double share) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos / 2); // until what is used much has been compiled
    Map<Kind, Long> before = counts();
    TimeUnit.NANOSECONDS.sleep(nanos / 2);
    Map<Kind, Long> after = counts();
    double seconds = nanos / 2e9;
    Map<Kind, Double> rates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      double most = (after.getOrDefault(kind, 0L) - before.getOrDefault(kind, 0L)) / seconds;
      rates.put(kind, kind.isCalibrated() ? most * share : kind.perSecond * kind.threads);
    }
    for (Client client : clients) {
      if (client.kind().isCalibrated()) {
        client.pace(rates.getOrDefault(client.kind(), 1.0) / client.kind().threads);
      }
    }
    return rates;
  }

  Map<Kind, Long> counts() {
    Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    done.forEach((kind, counter) -> counts.put(kind, counter.sum()));
    return counts;
  }

  long total() {
    return done.values().stream().mapToLong(LongAdder::sum).sum();
  }

  Failures failures() {
    return failures;
  }

  void end() throws InterruptedException {
    clients.forEach(Client::end);
    for (Client client : clients) {
      client.join();
    }
  }
}
