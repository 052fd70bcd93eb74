package io.jvs.benchmarks;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.model.VirtualService;
import io.jvs.transport.Gate;
import io.jvs.transport.Pass;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
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
 * What does it cost a client to come in, and to be refused? Beside an access list that is walked
 * over from its beginning to its end.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx2g", "-XX:+UseG1GC"})
public class GateBenchmark {
  private static final int CLIENTS = 1 << 14;

  /** In the access list. */
  @Param({"10", "1000", "100000"})
  public int networks;

  private final InetAddress[] clients = new InetAddress[CLIENTS];
  private List<Network> denied = List.of();
  private Gate open = new Gate(VirtualService.inProcess("open").build());
  private Gate listed = open;
  private Gate limited = open;
  private LoadBalancer balancer = LoadBalancer.of(VirtualService.inProcess("limited").build());
  private int next;

  @Setup
  public void create() throws UnknownHostException {
    LogManager.getLogManager().reset();
    SplittableRandom chance = new SplittableRandom(7);
    Set<Network> chosen = new HashSet<>();
    while (chosen.size() < networks) { // lengths as in the tables of routers: most of them 24
      int prefix = chance.nextInt(3) == 0 ? 8 + chance.nextInt(25) : 24;
      chosen.add(new Network(address(chance.nextInt() & (int) (-1L << (32 - prefix))), prefix));
    }
    denied = new ArrayList<>(chosen);
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] = address(chance.nextInt());
    }
    listed =
        new Gate(
            VirtualService.inProcess("listed").access(new AccessList(List.of(), denied)).build());
    Rate rate = Rate.of(1_000_000_000, Duration.ofSeconds(1));
    limited =
        new Gate(
            VirtualService.inProcess("limited")
                .limits(new ServiceLimits(1_000_000, 1000, rate, rate, null))
                .build());
  }

  private static InetAddress address(int bits) throws UnknownHostException {
    return InetAddress.getByAddress(
        new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
  }

  private InetAddress client() {
    return clients[next++ & (CLIENTS - 1)];
  }

  @Benchmark
  public Pass withoutLimits() {
    return open.enter(client());
  }

  @Benchmark
  public Pass accessList() {
    return listed.enter(client());
  }

  /** The floor of those who have no better idea. */
  @Benchmark
  public int accessListWalked() {
    InetAddress client = client();
    int longest = -1;
    for (Network network : denied) {
      if (network.prefix() > longest && network.contains(client)) {
        longest = network.prefix();
      }
    }
    return longest;
  }

  /** All limits there are, none of them reached; comes in and leaves. */
  @Benchmark
  public Pass everyLimit() {
    Pass pass = limited.enter(client());
    if (pass.refusal() == null) {
      pass.leave();
    }
    return pass;
  }

  /** A refusal that nobody listens to. */
  @Benchmark
  public void refusal() {
    InetAddress client = client();
    balancer.refuse(
        Refused.Cause.CLIENT_FULL, () -> limited.detail(Refused.Cause.CLIENT_FULL, client));
  }
}
