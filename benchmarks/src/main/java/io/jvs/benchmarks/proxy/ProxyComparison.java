package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command that compares TCP proxies, as {@link Bench} says. */
public final class ProxyComparison {
  private static final int MOST_IDLE = 10_000;
  private static final int SPARE_DESCRIPTORS = 300;

  private static final String START = "start";
  private static final String MEMORY = "memory";
  private static final String POLICIES = "policies";

  private final Options options;
  private final Bench bench;

  private ProxyComparison(Bench bench) {
    this.bench = bench;
    this.options = bench.options;
  }

  /** The command; {@link Options#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    int idle =
        (int) Math.min(MOST_IDLE, (ProcessFigures.descriptorLimit() - SPARE_DESCRIPTORS) / 2);
    Command.run(
        arguments,
        measures(),
        options -> {
          Proxies proxies = new Proxies(options, idle);
          proxies.missing().forEach(what -> System.out.println("Missing: " + what + "."));
          return workshop ->
              compare(
                  new Bench(options, workshop, Proxies.SERVERS, "load", "servers"),
                  proxies.present(),
                  idle);
        });
  }

  private static void compare(Bench bench, List<Proxy> proxies, int idle)
      throws IOException, InterruptedException {
    String machine = Machine.describe();
    ProxyComparison comparison = new ProxyComparison(bench);
    comparison.startsAndMemory(proxies, idle);
    comparison.works(proxies);
    ProxyTable table = ProxyTable.ofTcp(bench.readings, proxies, bench.options.only().isEmpty());
    System.out.printf(
        "%s before and %s after. %d rounds of %s s, %s s of warm-up for each work, %,d idle"
            + " connections.%n%n%s%n%s",
        machine,
        Machine.load(),
        bench.options.rounds(),
        bench.options.seconds(),
        bench.options.warmUpSeconds(),
        idle,
        table.costs(),
        table.rates());
  }

  private static List<String> measures() {
    List<String> measures = new ArrayList<>(List.of(START, MEMORY, POLICIES));
    Stream.of(TcpWork.values()).map(Work::measure).forEach(measures::add);
    return measures;
  }

  /** In fresh processes on any processor, as users start them. */
  private void startsAndMemory(List<Proxy> proxies, int idle)
      throws IOException, InterruptedException {
    Readings readings = bench.readings;
    int starts = options.wants(START) ? options.starts() : options.wants(MEMORY) ? 1 : 0;
    for (int round = 0; round < starts; round++) {
      for (Proxy proxy : Bench.order(proxies, round)) {
        bench.progress.println("start " + (round + 1) + ": " + proxy.name());
        try (RunningProxy running =
            RunningProxy.start(proxy, bench.workshop, bench.servers, false)) {
          if (options.wants(START)) {
            readings.add(Row.START, proxy.name(), round, running.startNanos() / 1e6);
            readings.add(Row.START_CPU, proxy.name(), round, running.cpuNanos() / 1e6);
          }
          if (round == 0 && proxy.holdsMany() && options.wants(MEMORY)) {
            double bytes = bench.memory(running, idle, Bench.Held.NOT_LOOKED_AT);
            readings.add(Row.MEMORY, proxy.name(), round, bytes / 1e3);
          }
        }
      }
    }
  }

  private void works(List<Proxy> proxies) throws IOException, InterruptedException {
    List<Work> works = options.wanted(TcpWork.values());
    boolean policies = options.wants(POLICIES);
    if (works.isEmpty() && !policies) {
      return;
    }
    List<RunningProxy> running = bench.start(proxies);
    for (RunningProxy proxy : running) {
      bench.warmUp(proxy, TcpWork.values());
      if (bench.warmsUp(proxy)) {
        bench.load.run(TcpWork.CONNECTS, proxy.ports().plain(), options.warmUpSeconds());
        bench.load.run(TcpWork.CONNECTS, proxy.ports().policies(), options.warmUpSeconds());
      }
    }
    for (int round = 0; round < options.rounds(); round++) {
      bench.round(works, running, round);
      for (RunningProxy proxy : running) {
        if (policies && proxy.proxy().ours()) {
          policies(proxy, round);
        }
      }
    }
    running.forEach(RunningProxy::close);
  }

  /** What policies cost, in one process, whose other parts are the same for both. */
  private void policies(RunningProxy proxy, int round) throws IOException, InterruptedException {
    int plain = proxy.ports().plain();
    int policies = proxy.ports().policies();
    double first = connection(proxy, plain);
    double with = connection(proxy, policies) + connection(proxy, policies);
    double without = first + connection(proxy, plain);
    bench.readings.add(Row.POLICIES, proxy.proxy().name(), round, with / without);
  }

  private double connection(RunningProxy proxy, int port) throws IOException, InterruptedException {
    long before = proxy.cpuNanos();
    Load.Result result = bench.load.run(TcpWork.CONNECTS, port, options.seconds());
    return (proxy.cpuNanos() - before) / result.done();
  }
}
