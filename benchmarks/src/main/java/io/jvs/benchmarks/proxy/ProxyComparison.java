package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command. Servers, load and proxies are all on one processor, so that no figure depends on who
 * ran beside whom; each proxy is started once and measured in turn, every other round in reverse
 * order (ABBA), so that whatever else the machine does hits all alike. A figure is CPU of the
 * proxy's processes for a unit of work, the ratio that of a round, and what is printed the median.
 */
public final class ProxyComparison {
  private static final int MOST_IDLE = 10_000;
  private static final int SPARE_DESCRIPTORS = 300;
  private static final int IDLE_BEFORE = 200;

  /** For memory. */
  private static final long SETTLE_MILLIS = 500;

  /** A Java gives back within ten seconds what its compilers took; everybody has that time. */
  private static final long SETTLE_FULLY_MILLIS = 12_000;

  private final Options options;
  private final Workshop workshop;
  private final Ports servers;
  private final Load load;
  private final Readings readings = new Readings();
  private final PrintStream progress = System.err;

  private ProxyComparison(Options options, Workshop workshop)
      throws IOException, InterruptedException {
    this.options = options;
    this.workshop = workshop;
    this.load = new Load(workshop);
    this.servers = startServers();
  }

  /** The command; {@link Options#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    int idle =
        (int) Math.min(MOST_IDLE, (ProcessFigures.descriptorLimit() - SPARE_DESCRIPTORS) / 2);
    Proxies proxies = new Proxies(options, idle);
    proxies.missing().forEach(what -> System.out.println("Missing: " + what + "."));
    try (Workshop workshop = new Workshop(options.tools())) {
      if (!workshop.pins()) {
        System.out.println("Missing: taskset (Debian: apt install util-linux); nothing is pinned.");
      }
      try {
        compare(options, workshop, proxies.present(), idle);
      } catch (IOException e) {
        if (!workshop.interrupted()) {
          throw e;
        }
      }
    }
  }

  private static void compare(Options options, Workshop workshop, List<Proxy> proxies, int idle)
      throws IOException, InterruptedException {
    String machine = Machine.describe();
    ProxyComparison comparison = new ProxyComparison(options, workshop);
    comparison.startsAndMemory(proxies, idle);
    comparison.works(proxies);
    ProxyTable table = new ProxyTable(comparison.readings, proxies);
    System.out.printf(
        "%s before and %s after. %d rounds of %s s, %s s of warm-up for each work, %,d idle"
            + " connections.%n%n%s%n%s",
        machine,
        Machine.load(),
        options.rounds(),
        options.seconds(),
        options.warmUpSeconds(),
        idle,
        table.costs(),
        table.rates());
  }

  private Ports startServers() throws IOException, InterruptedException {
    Path program = workshop.compile("servers");
    Process process =
        workshop.start(
            true,
            true,
            workshop.path("servers.log"),
            List.of(program.toString(), Integer.toString(Proxies.SERVERS)));
    String line = process.inputReader().readLine();
    if (line == null) {
      throw new IOException("the servers did not start");
    }
    String[] ports = line.split(" ", -1);
    int echo = Integer.parseInt(ports[0]);
    return new Ports(echo, Integer.parseInt(ports[1]), echo, echo);
  }

  /** In fresh processes on any processor, as users start them. */
  private void startsAndMemory(List<Proxy> proxies, int idle)
      throws IOException, InterruptedException {
    for (int round = 0; round < options.starts(); round++) {
      for (Proxy proxy : order(proxies, round)) {
        progress.println("start " + (round + 1) + ": " + proxy.name());
        try (RunningProxy running = RunningProxy.start(proxy, workshop, servers, false)) {
          readings.add(Row.START, proxy.name(), round, running.startNanos() / 1e6);
          readings.add(Row.START_CPU, proxy.name(), round, running.cpuNanos() / 1e6);
          if (round == 0 && proxy.holdsMany()) {
            double kilobytes = memory(running, idle) / 1e3;
            readings.add(Row.MEMORY, proxy.name(), round, kilobytes);
          }
        }
      }
    }
  }

  /** Growth of resident memory for each of many connections, after a few to begin with. */
  private double memory(RunningProxy proxy, int connections)
      throws IOException, InterruptedException {
    long settleMillis = options.full() ? SETTLE_FULLY_MILLIS : SETTLE_MILLIS;
    load.hold(proxy.ports().echo(), IDLE_BEFORE).close();
    TimeUnit.MILLISECONDS.sleep(settleMillis);
    long before = proxy.residentBytes();
    try (Load.Idle idle = load.hold(proxy.ports().echo(), connections)) {
      TimeUnit.MILLISECONDS.sleep(settleMillis);
      if (idle.connections() < connections) {
        progress.printf("%s took %,d connections%n", proxy.proxy().name(), idle.connections());
      }
      return (double) (proxy.residentBytes() - before) / idle.connections();
    }
  }

  private void works(List<Proxy> proxies) throws IOException, InterruptedException {
    List<RunningProxy> running = new ArrayList<>();
    for (Proxy proxy : proxies) {
      running.add(RunningProxy.start(proxy, workshop, servers, true));
    }
    for (RunningProxy proxy : running) {
      warmUp(proxy);
    }
    for (int round = 0; round < options.rounds(); round++) {
      progress.println("round " + (round + 1) + " of " + options.rounds());
      for (Work work : Work.values()) {
        for (RunningProxy proxy : order(running, round)) {
          measure(proxy, work, round);
        }
      }
      for (RunningProxy proxy : running) {
        if (proxy.proxy().ours()) {
          policies(proxy, round);
        }
      }
    }
    running.forEach(RunningProxy::close);
  }

  private static <T> List<T> order(List<T> all, int round) {
    List<T> order = new ArrayList<>(all);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    return order;
  }

  /** A JVM compiles what is used much; others are as fast as they get. */
  private void warmUp(RunningProxy proxy) throws IOException, InterruptedException {
    double seconds = options.warmUpSeconds();
    if (!proxy.proxy().ours() || seconds == 0) {
      return;
    }
    progress.println("warming up " + proxy.proxy().name());
    for (Work work : Work.values()) {
      load.run(work, proxy.ports().of(work), seconds);
    }
    load.run(Work.CONNECTS, proxy.ports().plain(), seconds);
    load.run(Work.CONNECTS, proxy.ports().policies(), seconds);
  }

  private void measure(RunningProxy proxy, Work work, int round)
      throws IOException, InterruptedException {
    String name = proxy.proxy().name();
    long before = proxy.cpuNanos();
    Load.Result result;
    try {
      result = load.run(work, proxy.ports().of(work), options.seconds());
    } catch (IOException e) {
      progress.println(name + " failed: " + e.getMessage());
      return;
    }
    double nanos = (proxy.cpuNanos() - before) / result.done();
    readings.add(work.name(), name, round, work.inUnit(nanos));
    readings.add(Row.rateKey(work), name, round, result.done() / result.seconds());
    if (work == Work.RATE) {
      readings.add(Row.P50, name, round, result.p50Micros());
      readings.add(Row.P99, name, round, result.p99Micros());
    }
  }

  /** What policies cost, in one process, whose other parts are the same for both. */
  private void policies(RunningProxy proxy, int round) throws IOException, InterruptedException {
    int plain = proxy.ports().plain();
    int policies = proxy.ports().policies();
    double first = connection(proxy, plain);
    double with = connection(proxy, policies) + connection(proxy, policies);
    double without = first + connection(proxy, plain);
    readings.add(Row.POLICIES, proxy.proxy().name(), round, with / without);
  }

  private double connection(RunningProxy proxy, int port) throws IOException, InterruptedException {
    long before = proxy.cpuNanos();
    Load.Result result = load.run(Work.CONNECTS, port, options.seconds());
    return (proxy.cpuNanos() - before) / result.done();
  }
}
