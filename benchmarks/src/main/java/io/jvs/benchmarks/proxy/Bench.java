package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How proxies are measured, whatever they carry. Servers, load and proxies are all on one
 * processor, so that no figure depends on who ran beside whom; each proxy is started once and
 * measured in turn, every other round in reverse order (ABBA), so that whatever else the machine
 * does hits all alike. A figure is CPU of the proxy's processes for a unit of work.
 */
final class Bench {
  private static final int IDLE_BEFORE = 200;

  /** For memory. */
  private static final long SETTLE_MILLIS = 500;

  /** A Java gives back within ten seconds what its compilers took; everybody has that time. */
  private static final long SETTLE_FULLY_MILLIS = 12_000;

  final Options options;
  final Workshop workshop;
  final Load load;
  final Readings readings = new Readings();
  final PrintStream progress = System.err;
  final Ports servers;

  /**
   * Starts the servers.
   *
   * @param addresses of servers, from 127.0.0.1 on
   * @param loadProgram the name of a C source, as {@code serversProgram}
   */
  Bench(
      Options options, Workshop workshop, int addresses, String loadProgram, String serversProgram)
      throws IOException, InterruptedException {
    this.options = options;
    this.workshop = workshop;
    this.load = new Load(workshop, loadProgram);
    this.servers = startServers(workshop, serversProgram, addresses);
  }

  private static Ports startServers(Workshop workshop, String name, int addresses)
      throws IOException, InterruptedException {
    Path program = workshop.compile(name);
    Process process =
        workshop.start(
            true,
            true,
            workshop.path("servers.log"),
            List.of(program.toString(), Integer.toString(addresses)));
    String line = process.inputReader().readLine();
    if (line == null) {
      throw new IOException("the servers did not start");
    }
    String[] ports = line.split(" ", -1);
    int echo = Integer.parseInt(ports[0]);
    return new Ports(echo, Integer.parseInt(ports[1]), echo, echo);
  }

  static <T> List<T> order(List<T> all, int round) {
    List<T> order = new ArrayList<>(all);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    return order;
  }

  /** All of them, pinned. */
  List<RunningProxy> start(List<Proxy> proxies) throws IOException, InterruptedException {
    List<RunningProxy> running = new ArrayList<>();
    for (Proxy proxy : proxies) {
      running.add(RunningProxy.start(proxy, workshop, servers, true));
    }
    return running;
  }

  boolean warmsUp(RunningProxy proxy) {
    return proxy.proxy().ours() && options.warmUpSeconds() > 0;
  }

  /**
   * Growth of resident memory in bytes for each connection or flow of many, after a few to begin
   * with.
   *
   * @param whileHeld what to do while they are there
   */
  double memory(RunningProxy proxy, int connections, Held whileHeld)
      throws IOException, InterruptedException {
    int most = Math.min(connections, proxy.proxy().most());
    long settleMillis = options.full() ? SETTLE_FULLY_MILLIS : SETTLE_MILLIS;
    load.hold(proxy.ports().echo(), IDLE_BEFORE).close();
    TimeUnit.MILLISECONDS.sleep(settleMillis);
    whileHeld.before();
    long before = proxy.residentBytes();
    try (Load.Idle idle = load.hold(proxy.ports().echo(), most)) {
      TimeUnit.MILLISECONDS.sleep(settleMillis);
      if (idle.connections() < most) {
        progress.printf("%s took %,d of them%n", proxy.proxy().name(), idle.connections());
      }
      double each = (double) (proxy.residentBytes() - before) / idle.connections();
      whileHeld.with(idle.connections());
      return each;
    }
  }

  /** Looks at a proxy before it has many connections, and while it has them. */
  interface Held {
    Held NOT_LOOKED_AT = connections -> {};

    default void before() throws IOException, InterruptedException {}

    void with(int connections) throws IOException, InterruptedException;
  }

  /** Every work with all proxies; those of ours have {@link #warmUp warmed up}. */
  void round(List<Work> works, List<RunningProxy> running, int round)
      throws IOException, InterruptedException {
    progress.println("round " + (round + 1) + " of " + options.rounds());
    for (Work work : works) {
      for (int i = round * work.repeats(); i < (round + 1) * work.repeats(); i++) {
        for (RunningProxy proxy : order(running, i)) {
          Load.Result result = measure(proxy, work, i);
          if (work.timed() && result != null) {
            readings.add(Row.P50, proxy.proxy().name(), i, result.p50Micros());
            readings.add(Row.P99, proxy.proxy().name(), i, result.p99Micros());
          }
        }
      }
    }
  }

  /** A JVM compiles what is used much; others are as fast as they get. */
  void warmUp(RunningProxy proxy, Work[] works) throws IOException, InterruptedException {
    if (warmsUp(proxy)) {
      progress.println("warming up " + proxy.proxy().name());
      for (Work work : works) {
        load.run(work, proxy.ports().of(work), options.warmUpSeconds());
      }
    }
  }

  /** One work in one round; what came of it, or null if the proxy failed. */
  private Load.@Nullable Result measure(RunningProxy proxy, Work work, int round)
      throws IOException, InterruptedException {
    String name = proxy.proxy().name();
    long before = proxy.cpuNanos();
    Load.Result result;
    try {
      result = load.run(work, proxy.ports().of(work), options.seconds());
    } catch (IOException e) {
      progress.println(name + " failed: " + e.getMessage());
      return null;
    }
    double nanos = (proxy.cpuNanos() - before) / result.done();
    readings.add(work.name(), name, round, work.inUnit(nanos));
    readings.add(Row.rateKey(work), name, round, result.done() / result.seconds());
    return result;
  }
}
