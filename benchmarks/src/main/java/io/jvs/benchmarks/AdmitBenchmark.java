package io.jvs.benchmarks;

import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a connection cost to be admitted and closed? One operation admits one and closes the
 * one admitted 32 operations ago, so that policies that look at counts see some.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseG1GC"})
public class AdmitBenchmark {
  private static final int OPEN = 32; // a power of two

  /** One load balancer for all threads. */
  @State(Scope.Benchmark)
  public static class Balancer {
    @Param({"rr", "wrr", "lc", "wlc", "random", "counter", "scan"})
    public String subject = "";

    @Param({"10", "100", "10000"})
    public int servers;

    private @Nullable Subject balancer;

    @Setup
    public void create() {
      LogManager.getLogManager().reset(); // 10,000 servers added are 10,000 lines
      balancer = Subject.create(subject, servers);
    }
  }

  /** The open connections of one thread. */
  @State(Scope.Thread)
  public static class Client {
    private final @Nullable Object[] open = new @Nullable Object[OPEN];
    private final Flow[] flows = new Flow[OPEN];
    private int turn;

    public Client() {
      for (int i = 0; i < OPEN; i++) {
        flows[i] =
            Flow.tcp(
                SocketAddresses.parse("10.1.0." + i + ":" + (40_000 + i)),
                SocketAddresses.parse("192.0.2.10:80"));
      }
    }
  }

  @Benchmark
  public @Nullable Object admitAndClose(Balancer state, Client client) {
    Subject balancer = state.balancer;
    if (balancer == null) {
      throw new IllegalStateException("not set up");
    }
    int turn = client.turn++ & (OPEN - 1);
    Object old = client.open[turn];
    if (old != null) {
      balancer.close(old);
    }
    Object opened = balancer.open(client.flows[turn]);
    client.open[turn] = opened;
    return opened;
  }
}
