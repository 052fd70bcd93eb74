package io.jvs.checks.icmp;

import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own, run in a network namespace of its own, where it may change what answers.
 * Prints a table: {@code check | against | verdict | reason}.
 */
final class PingWorld {
  private static final Path PERMITTED = Path.of("/proc/sys/net/ipv4/ping_group_range");
  private static final Path IGNORE_4 = Path.of("/proc/sys/net/ipv4/icmp_echo_ignore_all");
  private static final Path IGNORE_6 = Path.of("/proc/sys/net/ipv6/icmp/echo_ignore_all");
  private static final int MANY = 10_000;

  private final CheckRunner runner = new CheckRunner();

  private PingWorld() {}

  public static void main(String[] arguments) throws Exception {
    PingWorld world = new PingWorld();
    System.out.println("check | against | verdict | reason");
    Files.writeString(PERMITTED, "1\t0");
    world.row("a group that may not", "127.0.0.1", null, 2000);
    Files.writeString(PERMITTED, "0\t0");
    world.row("loopback", "127.0.0.1", null, 2000);
    world.row("loopback IPv6", "::1", null, 2000);
    world.row("own address", "127.0.0.1", "127.0.0.9", 2000);
    world.row("address of somebody else", "127.0.0.1", "198.51.100.7", 2000);
    world.row("no network", "203.0.113.1", null, 2000);
    world.row("unreachable route", "192.0.2.1", null, 2000);
    world.row("prohibited route", "192.0.2.2", null, 2000);
    world.row("nobody at the address", "10.9.0.2", null, 20_000);
    Files.writeString(IGNORE_4, "1");
    Files.writeString(IGNORE_6, "1");
    world.row("silent", "127.0.0.1", null, 200);
    world.row("silent IPv6", "::1", null, 200);
    Files.writeString(IGNORE_4, "0");
    world.many();
    world.runner.close();
  }

  private void row(String against, String to, @Nullable String from, int timeoutMs)
      throws Exception {
    CheckResult result = check(to, from, timeoutMs).get(60, TimeUnit.SECONDS);
    System.out.printf(
        "icmp | %s | %s | %s%n", against, result.passed() ? "passed" : "failed", result.detail());
  }

  private CompletableFuture<CheckResult> check(String to, @Nullable String from, int timeoutMs) {
    CheckTarget target =
        new CheckTarget(null, 0, from == null ? null : SocketAddresses.parseIp(from));
    CheckTiming timing =
        CheckTiming.DEFAULT.every(Duration.ofMinutes(1)).timeout(Duration.ofMillis(timeoutMs));
    return runner.run(
        VirtualService.inProcess("web").build(),
        RealServer.of(new InetSocketAddress(SocketAddresses.parseIp(to), 80)),
        new CheckDeclaration(new IcmpEcho(), target, timing));
  }

  private void many() throws Exception {
    long before = descriptors();
    long start = System.nanoTime();
    List<CompletableFuture<CheckResult>> tries = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      tries.add(check("127.1." + i / 200 + "." + (1 + i % 200), null, 30_000));
    }
    int passed = 0;
    for (CompletableFuture<CheckResult> each : tries) {
      passed += each.get(60, TimeUnit.SECONDS).passed() ? 1 : 0;
    }
    long milliseconds = (System.nanoTime() - start) / 1_000_000;
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("jvs-health-icmp"))
            .count();
    while (descriptors() > before) {
      Thread.onSpinWait(); // the poller closes them; the test has a timeout
    }
    System.out.printf(
        "icmp | %d servers at once | %d passed | %d thread; took %d ms%n",
        MANY, passed, threads, milliseconds);
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
