package io.jvs.benchmarks;

import io.jvs.model.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * What does it cost to choose a server, and to hear that work is over? One operation chooses a
 * server and finishes the work begun 32 operations ago, so that policies that look at load see 32
 * pieces of work per thread.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx2g", "-XX:+UseG1GC"})
public class ChoiceBenchmark {
  private static final int OPEN = 32; // a power of two

  /** Shares no divisor with the numbers of clients. */
  private static final long STRIDE = 386_413;

  /** One load balancer for all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    /** See {@link Contenders#subjects}; given by {@link Comparison}. */
    @Param({"floor/RR"})
    public String subject = "";

    @Param({"10"})
    public int servers;

    private final AtomicInteger threads = new AtomicInteger();
    private @Nullable Subject chooser;
    private Flow[] flows = {};

    @Setup
    public void create() {
      LogManager.getLogManager().reset(); // 10,000 servers added are 10,000 lines
      flows = Clients.flows(Contenders.row(subject).clients());
      Subject made = Contenders.create(subject, servers);
      for (int i = 0; i < Math.max(2 * servers, flows.length); i++) {
        // Every server and client is known, in another order than that in which clients come later:
        // else what stands for them would stand in memory in the order in which it is needed.
        made.serve(flows[(int) (i * STRIDE % flows.length)]);
      }
      chooser = made;
    }
  }

  /** The open work of one thread. */
  @State(Scope.Thread)
  public static class Client {
    private final @Nullable Object[] open = new @Nullable Object[OPEN];
    private final long[] began = new long[OPEN];
    private int turn;
    private int next;

    /** Threads begin with different clients. */
    @Setup
    public void begin(Shared shared) {
      next = shared.threads.getAndIncrement() * (shared.flows.length / 2) % shared.flows.length;
    }
  }

  @Benchmark
  public @Nullable Object chooseAndFinish(Shared shared, Client client) {
    Subject chooser = shared.chooser;
    if (chooser == null) {
      throw new IllegalStateException("not set up");
    }
    int place = client.turn++ & (OPEN - 1);
    Object old = client.open[place];
    if (old != null) {
      chooser.close(old, client.began[place]);
    }
    client.began[place] = chooser.now();
    Object opened = chooser.open(shared.flows[client.next]);
    client.next = client.next + 1 == shared.flows.length ? 0 : client.next + 1;
    client.open[place] = opened;
    return opened;
  }
}
