package io.jvs.benchmarks.proxy;

import io.jvs.transport.udp.UdpDrop;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The command that compares UDP proxies, as {@link Bench} says. */
public final class UdpComparison {
  private static final int FLOWS = 100_000;
  private static final int FAST = 30_000; // requests in a second
  private static final int FAST_FLOWS = 16;
  private static final double FAST_SECONDS = 2;
  private static final int FLOOD_CLIENTS = 120_000;
  private static final int FLOOD_CLIENTS_FULLY = 1_000_000;
  private static final int CLIENTS_PER_SECOND = 20_000; // which leaves time for others
  private static final int SPARE_DESCRIPTORS = 300;

  private final Options options;
  private final Bench bench;

  UdpComparison(Bench bench) {
    this.bench = bench;
    this.options = bench.options;
  }

  /** The command; {@link Options#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    int sockets = (int) Math.min(FLOWS, ProcessFigures.descriptorLimit() - SPARE_DESCRIPTORS);
    Command.run(
        arguments,
        options -> {
          UdpProxies proxies = new UdpProxies(options, FLOWS, sockets);
          proxies.missing().forEach(what -> System.out.println("Missing: " + what + "."));
          return workshop ->
              compare(
                  new Bench(options, workshop, UdpProxies.SERVERS, "udp-load", "udp-servers"),
                  proxies.present());
        });
  }

  private static void compare(Bench bench, List<Proxy> proxies)
      throws IOException, InterruptedException {
    String machine = Machine.describe();
    UdpComparison comparison = new UdpComparison(bench);
    comparison.works(proxies);
    comparison.manyFlows(proxies);
    ProxyTable table = ProxyTable.ofUdp(bench.readings, proxies);
    System.out.printf(
        "%s before and %s after. %d rounds of %s s, %s s of warm-up for each work, %,d flows, a"
            + " flood of %,d clients.%n%n%s%n%s",
        machine,
        Machine.load(),
        bench.options.rounds(),
        bench.options.seconds(),
        bench.options.warmUpSeconds(),
        FLOWS,
        comparison.floodClients(),
        table.costs(),
        table.rates());
  }

  /** All but what is asked of fresh processes. */
  void works(List<Proxy> proxies) throws IOException, InterruptedException {
    List<RunningProxy> running = bench.start(proxies);
    for (RunningProxy proxy : running) {
      if (bench.warmsUp(proxy)) {
        bench.progress.println("warming up " + proxy.proxy().name());
        for (Work work : UdpWork.values()) {
          bench.load.run(work, proxy.ports().of(work), options.warmUpSeconds());
        }
      }
    }
    for (int round = 0; round < options.rounds(); round++) {
      bench.progress.println("round " + (round + 1) + " of " + options.rounds());
      for (Work work : UdpWork.values()) {
        for (RunningProxy proxy : Bench.order(running, round)) {
          Load.Result result = bench.measure(proxy, work, round);
          if (work == UdpWork.RATE && result != null) {
            bench.readings.add(Row.P50, proxy.proxy().name(), round, result.p50Micros());
            bench.readings.add(Row.P99, proxy.proxy().name(), round, result.p99Micros());
          }
        }
      }
      for (RunningProxy proxy : Bench.order(running, round)) {
        losses(proxy, round);
      }
    }
    running.forEach(RunningProxy::close);
  }

  private void losses(RunningProxy proxy, int round) throws IOException, InterruptedException {
    String name = proxy.proxy().name();
    double droppedBefore = proxy.proxy().tells() ? dropped(proxy) : 0;
    Load.Result result =
        bench.load.run(
            name, UdpWork.arguments("rate", proxy.ports().echo(), FAST_FLOWS, FAST_SECONDS, FAST));
    double lost = 1e6 * (result.sent() - result.done()) / result.sent();
    bench.readings.add(UdpRows.LOST, name, round, lost);
    if (proxy.proxy().tells()) {
      bench.readings.add(UdpRows.DROPPED, name, round, dropped(proxy) - droppedBefore);
    }
  }

  /** For whatever reason. */
  private double dropped(RunningProxy proxy) throws IOException {
    Map<String, Double> status = proxy.ask("status");
    return Arrays.stream(UdpDrop.values())
        .mapToDouble(why -> status.getOrDefault(why.toString(), 0.0))
        .sum();
  }

  /** In fresh processes. */
  private void manyFlows(List<Proxy> proxies) throws IOException, InterruptedException {
    for (Proxy proxy : proxies) {
      if (!proxy.holdsMany()) {
        continue;
      }
      bench.progress.printf("%,d flows through %s%n", Math.min(FLOWS, proxy.most()), proxy.name());
      try (RunningProxy running = RunningProxy.start(proxy, bench.workshop, bench.servers, true)) {
        double bytes = bench.memory(running, FLOWS, new Heap(running));
        bench.readings.add(Row.MEMORY, proxy.name(), 0, bytes);
        flood(running);
      }
    }
  }

  private int floodClients() {
    return options.full() ? FLOOD_CLIENTS_FULLY : FLOOD_CLIENTS;
  }

  /** Many clients that ask once, while a few go on asking. */
  private void flood(RunningProxy proxy) throws IOException, InterruptedException {
    String name = proxy.proxy().name();
    bench.progress.printf("a flood of %,d clients through %s%n", floodClients(), name);
    long before = proxy.residentBytes();
    Load.Result result =
        bench.load.run(
            name,
            UdpWork.arguments(
                "flood",
                proxy.ports().echo(),
                FAST_FLOWS,
                (double) floodClients() / CLIENTS_PER_SECOND,
                floodClients()));
    bench.readings.add(UdpRows.FLOOD, name, 0, 100 * result.done() / result.sent());
    bench.readings.add(UdpRows.FLOOD_MEMORY, name, 0, (proxy.residentBytes() - before) / 1e6);
    if (proxy.proxy().tells()) {
      bench.progress.println(name + ": " + proxy.ask("status"));
    }
  }

  /** The live heap of one that tells. */
  private final class Heap implements Bench.Held {
    private final RunningProxy proxy;
    private double before;

    Heap(RunningProxy proxy) {
      this.proxy = proxy;
    }

    private double live() throws IOException {
      return proxy.proxy().tells() ? proxy.ask("heap").getOrDefault("heap", Double.NaN) : 0;
    }

    @Override
    public void before() throws IOException {
      before = live();
    }

    @Override
    public void with(int flows) throws IOException {
      if (proxy.proxy().tells()) {
        bench.readings.add(UdpRows.HEAP, proxy.proxy().name(), 0, (live() - before) / flows);
        bench.progress.println(proxy.proxy().name() + ": " + proxy.ask("status"));
      }
    }
  }
}
