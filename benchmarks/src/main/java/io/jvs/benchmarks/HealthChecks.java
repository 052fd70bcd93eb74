package io.jvs.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.jvs.balancing.LoadBalancer;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.health.TcpConnect;
import io.jvs.model.CheckTiming;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * CPU of a process that checks many servers: all of them loopback addresses, behind which one other
 * process accepts. On loopback the kernel does most of the server's work too in the checker's
 * system calls, so real networks cost less; all contenders pay it alike.
 */
public final class HealthChecks {
  private static final int SERVERS = 10_000;
  private static final int INTERVAL_SECONDS = 2;
  private static final int WARM_UP_SECONDS = 10;
  private static final int SECONDS = 20;

  private HealthChecks() {}

  /** The command. */
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("--accept")) {
      accept();
      return;
    }
    Process acceptor = acceptor();
    try {
      int port = Integer.parseInt(acceptor.inputReader().readLine());
      System.out.printf(
          Locale.ROOT,
          "%,d servers every %d s, %d s measured%n%n| what | checks/s | CPU of a core |%n| --- | ---: |"
              + " ---: |%n",
          SERVERS,
          INTERVAL_SECONDS,
          SECONDS);
      double ours = ours(port, HealthDeclaration.of(new TcpConnect(), timing()), "tcp-connect");
      ours(
          port,
          HealthDeclaration.of(nothing(), timing()),
          "the engine alone, a check that does nothing");
      double haproxy = haproxy(port);
      double floor = floor(port);
      System.out.println();
      ratio("haproxy", ours, haproxy);
      ratio("the floor in C", ours, floor);
    } finally {
      acceptor.destroy();
    }
  }

  private static void ratio(String peer, double ours, double theirs) {
    if (theirs > 0) {
      System.out.printf(Locale.ROOT, "ratio of CPU, ours to %s: %.2f%n", peer, ours / theirs);
    }
  }

  private static CheckTiming timing() {
    return CheckTiming.DEFAULT.every(Duration.ofSeconds(INTERVAL_SECONDS));
  }

  private static FunctionCheck nothing() {
    CompletableFuture<CheckResult> passed =
        CompletableFuture.completedFuture(CheckResult.passed("nothing"));
    return new FunctionCheck("nothing", attempt -> passed);
  }

  /** CPU of this process as a part of a core. */
  private static double ours(int port, HealthDeclaration health, String what) throws Exception {
    VirtualService.Builder service = VirtualService.inProcess("many").scheduler("rr");
    for (int i = 0; i < SERVERS; i++) {
      service.realServer("127.1." + i / 250 + "." + (1 + i % 250) + ":" + port);
    }
    RandomGenerator random = new SplittableRandom(1);
    LoadBalancer balancer = LoadBalancer.of(service.health(health).build());
    CheckRunner runner = new CheckRunner();
    try (runner;
        HealthMonitor monitor = new HealthMonitor(runner, random)) {
      monitor.watch(balancer);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long cpu = system.getProcessCpuTime();
      long made = runner.ended();
      long start = System.nanoTime();
      TimeUnit.SECONDS.sleep(SECONDS);
      double seconds = (System.nanoTime() - start) / 1e9;
      double used = (system.getProcessCpuTime() - cpu) / 1e9 / seconds;
      long down = balancer.status().servers().stream().filter(s -> s.down() != null).count();
      row(
          what + (down == 0 ? "" : " (" + down + " down)"),
          (runner.ended() - made) / seconds,
          used);
      return used;
    }
  }

  private static void row(String what, double perSecond, double cpu) {
    System.out.printf(Locale.ROOT, "| %s | %,.0f | %.1f %% |%n", what, perSecond, cpu * 100);
  }

  /** The same with haproxy, or 0 if it is not installed. */
  private static double haproxy(int port) throws Exception {
    Path program =
        List.of("/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    if (program == null) {
      System.out.println("| haproxy | | not installed |");
      return 0;
    }
    List<String> lines = new ArrayList<>();
    lines.add("global\n  nbthread 1\n  maxconn 4000\n");
    lines.add(
        "defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 2s\n  timeout server 2s\n");
    Path socket = Files.createTempDirectory("haproxy").resolve("never-used");
    lines.add("frontend f\n  bind unix@" + socket + "\n  default_backend many\n"); // it wants one
    lines.add("backend many\n  default-server check inter " + INTERVAL_SECONDS + "s\n");
    for (int i = 0; i < SERVERS; i++) {
      lines.add("  server s" + i + " 127.1." + i / 250 + "." + (1 + i % 250) + ":" + port + "\n");
    }
    Path file = Files.createTempFile("haproxy", ".cfg");
    Files.writeString(file, String.join("", lines));
    Process haproxy =
        new ProcessBuilder(program.toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      Duration before = cpu(haproxy);
      TimeUnit.SECONDS.sleep(SECONDS);
      double used = cpu(haproxy).minus(before).toNanos() / 1e9 / SECONDS;
      row("haproxy (default checks)", (double) SERVERS / INTERVAL_SECONDS, used);
      return used;
    } finally {
      haproxy.destroy();
      Files.delete(file);
    }
  }

  /** The same connections by the fewest system calls that do, or 0 if there is no C compiler. */
  private static double floor(int port) throws Exception {
    Path program = Files.createTempFile("connects", "");
    try {
      int compiled;
      try {
        compiled =
            new ProcessBuilder(
                    "cc", "-O2", "-o", program.toString(), "benchmarks/src/main/c/connects.c")
                .inheritIO()
                .start()
                .waitFor();
      } catch (IOException e) {
        compiled = -1;
      }
      if (compiled != 0) {
        System.out.println("| the floor in C | | no C compiler (cc) |");
        return 0;
      }
      Process floor =
          new ProcessBuilder(
                  program.toString(),
                  Integer.toString(port),
                  Integer.toString(SECONDS),
                  Integer.toString(SERVERS / INTERVAL_SECONDS))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      double used = Double.parseDouble(floor.inputReader().readLine());
      row("the floor in C: 4 system calls and a share of poll", SERVERS / INTERVAL_SECONDS, used);
      return used;
    } finally {
      Files.delete(program);
    }
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static Process acceptor() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            HealthChecks.class.getName(),
            "--accept")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Accepts on all loopback addresses, and lets go of what the other side has closed. */
  private static void accept() throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress("0.0.0.0", 0), 4096);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
      System.out.flush();
      while (true) {
        selector.select(
            key -> {
              try {
                for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
                  next.close();
                }
              } catch (IOException e) {
                // The client has reset it already, as haproxy and we do.
              }
            });
      }
    }
  }
}
