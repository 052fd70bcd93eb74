package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

  private static final String LOSS = "loss";
  private static final String MEMORY = "memory"; // and the flood, which begins with the table full

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
        measures(),
        options -> {
          UdpProxies proxies = new UdpProxies(options, Jvs.LAUNCHER, FLOWS, sockets);
          proxies.missing().forEach(what -> System.out.println("Missing: " + what + "."));
          return workshop ->
              compare(
                  new Bench(options, workshop, UdpProxies.SERVERS, "udp-load", "udp-servers"),
                  proxies.present());
        });
  }

  private static List<String> measures() {
    List<String> measures = new ArrayList<>();
    Stream.of(UdpWork.values()).map(Work::measure).forEach(measures::add);
    measures.addAll(List.of(LOSS, MEMORY));
    return measures;
  }

  private static void compare(Bench bench, List<Proxy> proxies)
      throws IOException, InterruptedException {
    String machine = Machine.describe();
    UdpComparison comparison = new UdpComparison(bench);
    comparison.works(proxies);
    comparison.manyFlows(proxies);
    ProxyTable table = ProxyTable.ofUdp(bench.readings, proxies, bench.options.only().isEmpty());
    System.out.printf(
        "%s before and %s after. %d rounds of %s s, the fixed rate %d times in each, %s s of"
            + " warm-up for each work%s.%n%n%s%n%s%n%s",
        machine,
        Machine.load(),
        bench.options.rounds(),
        bench.options.seconds(),
        UdpWork.RATE.repeats(),
        bench.options.warmUpSeconds(),
        comparison.crowd(),
        table.costs(),
        table.rates(),
        UdpRows.SOURCES);
  }

  /** All but what is asked of fresh processes. */
  void works(List<Proxy> proxies) throws IOException, InterruptedException {
    List<Work> works = options.wanted(UdpWork.values());
    boolean losses = options.wants(LOSS);
    if (works.isEmpty() && !losses) {
      return;
    }
    List<RunningProxy> running = bench.start(proxies);
    for (RunningProxy proxy : running) {
      bench.warmUp(proxy, UdpWork.values());
    }
    for (int round = 0; round < options.rounds(); round++) {
      bench.round(works, running, round);
      for (RunningProxy proxy : losses ? Bench.order(running, round) : List.<RunningProxy>of()) {
        losses(proxy, round);
      }
    }
    running.forEach(RunningProxy::close);
  }

  private void losses(RunningProxy proxy, int round) throws IOException, InterruptedException {
    String name = proxy.proxy().name();
    boolean ours = proxy.proxy().ours();
    long droppedBefore = ours ? UdpState.parse(proxy.status()).allDropped() : 0;
    Load.Result result =
        bench.load.run(
            name, UdpWork.arguments("rate", proxy.ports().echo(), FAST_FLOWS, FAST_SECONDS, FAST));
    double lost = 1e6 * (result.sent() - result.done()) / result.sent();
    bench.readings.add(UdpRows.LOST, name, round, lost);
    if (ours) {
      UdpState state = UdpState.parse(proxy.status());
      double dropped = (double) (state.allDropped() - droppedBefore);
      bench.readings.add(UdpRows.DROPPED, name, round, dropped);
      if (state.allDropped() > 0) {
        bench.progress.println(name + ": dropped since its start " + state.dropped());
      }
    }
  }

  /** In fresh processes. */
  private void manyFlows(List<Proxy> proxies) throws IOException, InterruptedException {
    for (Proxy proxy : proxies) {
      if (!proxy.holdsMany() || !options.wants(MEMORY)) {
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

  private String crowd() {
    return options.wants(MEMORY)
        ? ", %,d flows, a flood of %,d clients".formatted(FLOWS, floodClients())
        : "";
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
    if (proxy.proxy().ours()) {
      bench.progress.println(name + ": " + UdpState.parse(proxy.status()));
    }
  }

  /** The live heap of ours. */
  private final class Heap implements Bench.Held {
    private final RunningProxy proxy;
    private long before;

    Heap(RunningProxy proxy) {
      this.proxy = proxy;
    }

    @Override
    public void before() throws IOException, InterruptedException {
      if (proxy.proxy().ours()) {
        before = proxy.liveHeapBytes();
      }
    }

    @Override
    public void with(int flows) throws IOException, InterruptedException {
      if (proxy.proxy().ours()) {
        double bytes = (double) (proxy.liveHeapBytes() - before);
        bench.readings.add(UdpRows.HEAP, proxy.proxy().name(), 0, bytes / flows);
        bench.progress.println(proxy.proxy().name() + ": " + UdpState.parse(proxy.status()));
      }
    }
  }
}
