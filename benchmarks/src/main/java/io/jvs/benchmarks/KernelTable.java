package io.jvs.benchmarks;

import io.jvs.kernel.ipvs.DestinationRow;
import io.jvs.kernel.ipvs.IpvsCommand;
import io.jvs.kernel.ipvs.IpvsDestination;
import io.jvs.kernel.ipvs.IpvsException;
import io.jvs.kernel.ipvs.IpvsService;
import io.jvs.kernel.ipvs.IpvsSnapshot;
import io.jvs.kernel.ipvs.IpvsTable;
import io.jvs.kernel.ipvs.ServiceKey;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A large table in the kernel: filled, compared, changed and read, by us and by ipvsadm. Replaces
 * the table of the network namespace it runs in, so it wants a guest of the lab.
 */
public final class KernelTable {
  /** What keepalived 2.3.0's release notes speak of. */
  private static final int SERVICES = 2_277;

  private static final int SERVERS = 37_205;
  private static final int ROUNDS = 5;
  private static final int REPEATS = 9;
  private static final int CHANGES = 500;

  private final Map<ServiceKey, List<IpvsDestination>> desired = desired();
  private final IpvsTable table;
  private int weight = 1;

  private KernelTable(IpvsTable table) {
    this.table = table;
  }

  /** Something to measure. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** The command; with an argument it is one contender's round. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      compare();
      return;
    }
    try (IpvsTable table = IpvsTable.open()) {
      KernelTable here = new KernelTable(table);
      if (args[0].equals("jvs")) {
        here.jvs();
      } else {
        here.ipvsadm();
      }
    }
  }

  /**
   * Each round has a network namespace of its own: the kernel keeps deleted servers for two minutes
   * and looks through them at each one that is added (ip_vs_trash_get_dest).
   */
  private static void compare() throws IOException, InterruptedException {
    Map<String, List<Double>> figures = new LinkedHashMap<>();
    for (int i = 0; i < ROUNDS; i++) {
      round("jvs", figures);
      round("ipvsadm", figures);
    }
    System.out.printf(
        Locale.ROOT,
        "%,d services, %,d real servers; medians of %d rounds%n%n"
            + "| what | JVS, JVM just started | JVS | ipvsadm | JVS just started to ipvsadm | JVS to ipvsadm |%n"
            + "| --- | ---: | ---: | ---: | ---: | ---: |%n",
        SERVICES,
        SERVERS,
        ROUNDS);
    for (String what :
        List.of("load", "full statistics dump", "reload that changes nothing", "one weight")) {
      double cold = median(figures.getOrDefault("jvs first " + what, List.of()));
      double warm = median(figures.getOrDefault("jvs " + what, List.of()));
      double other = median(figures.getOrDefault("ipvsadm " + what, List.of()));
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s | %s |%n",
          what,
          milliseconds(cold),
          milliseconds(warm),
          milliseconds(other),
          ratio(cold, other),
          ratio(warm, other));
    }
  }

  private static void round(String contender, Map<String, List<Double>> figures)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh", // without any address the kernel takes no server for unicast
                "-c",
                "ip link set lo up && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                KernelTable.class.getName(),
                contender)
            .redirectError(Redirect.INHERIT)
            .start();
    for (String line : process.inputReader().lines().toList()) {
      int equals = line.indexOf('=');
      figures
          .computeIfAbsent(line.substring(0, equals), name -> new ArrayList<>())
          .add(Double.valueOf(line.substring(equals + 1)));
    }
    if (process.waitFor() != 0) {
      throw new IOException(contender + ": exit status " + process.exitValue());
    }
  }

  private void jvs() throws IOException, InterruptedException {
    figure("jvs first load", time(this::load));
    figure("jvs first reload that changes nothing", time(this::reload));
    figure("jvs first full statistics dump", time(table::snapshot));
    figure("jvs reload that changes nothing", times(REPEATS, this::reload));
    figure("jvs full statistics dump", times(REPEATS, table::snapshot));
    figure("jvs first one weight", time(this::reweigh));
    figure("jvs one weight", times(CHANGES, this::reweigh));
  }

  private void ipvsadm() throws IOException, InterruptedException {
    Path saved = Files.createTempFile("ipvsadm", ".save");
    write(saved);
    figure("ipvsadm load", time(() -> ipvsadm(saved, "-R")));
    Files.delete(saved);
    figure("ipvsadm full statistics dump", times(REPEATS, () -> ipvsadm(null, "-Ln", "--stats")));
    figure(
        "ipvsadm one weight",
        times(REPEATS, () -> ipvsadm(null, "-e", "-t", text(1), "-r", server(1), "-m", "-w", "7")));
  }

  private static void figure(String name, double milliseconds) {
    System.out.println(name + "=" + milliseconds);
  }

  private static double time(Work work) throws IOException, InterruptedException {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private static double times(int repeats, Work work) throws IOException, InterruptedException {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      times.add(time(work));
    }
    return median(times);
  }

  /** NaN of nothing. */
  private static double median(List<Double> times) {
    List<Double> sorted = times.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  private static String milliseconds(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return String.format(Locale.ROOT, value < 10 ? "%.2f ms" : "%,.0f ms", value);
  }

  private static String ratio(double ours, double other) {
    double ratio = ours / other;
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "**%.3f×**", ratio);
  }

  private void load() throws IOException {
    List<IpvsCommand> commands = new ArrayList<>(SERVICES + SERVERS);
    desired.forEach(
        (service, servers) -> {
          commands.add(new IpvsCommand.AddService(new IpvsService(service, "wlc", 0, 0, -1, null)));
          servers.forEach(server -> commands.add(new IpvsCommand.AddDestination(service, server)));
        });
    carryOut(commands);
  }

  private void carryOut(List<IpvsCommand> commands) throws IOException {
    for (IpvsException failure : table.execute(commands)) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void reweigh() throws IOException {
    Map.Entry<ServiceKey, List<IpvsDestination>> first = desired.entrySet().iterator().next();
    IpvsDestination server = first.getValue().get(0).withWeight(++weight);
    carryOut(List.of(new IpvsCommand.EditDestination(first.getKey(), server)));
  }

  /** Reads everything and finds that nothing is to be done. */
  private void reload() throws IOException {
    IpvsSnapshot present = table.snapshot();
    int differences = present.entries().size() == SERVICES ? 0 : 1;
    for (IpvsSnapshot.Entry entry : present.entries()) {
      Map<InetSocketAddress, IpvsDestination> servers = new HashMap<>();
      for (DestinationRow row : entry.destinations()) {
        servers.put(row.destination().address(), row.destination());
      }
      List<IpvsDestination> wanted = desired.get(entry.service().service().key());
      if (wanted == null || wanted.size() != servers.size()) {
        differences++;
        continue;
      }
      for (IpvsDestination server : wanted) {
        differences += server.equals(servers.get(server.address())) ? 0 : 1;
      }
    }
    if (differences != 0) {
      throw new IOException(differences + " differences (expected: none)");
    }
  }

  private static void ipvsadm(@Nullable Path input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ipvsadm"));
    command.addAll(List.of(arguments));
    int status =
        new ProcessBuilder(command)
            .redirectInput(input == null ? new File("/dev/null") : input.toFile())
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException(command + ": exit status " + status);
    }
  }

  private static void write(Path saved) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < SERVICES; i++) {
      lines.append("-A -t ").append(text(i)).append(" -s wlc\n");
    }
    for (int i = 0; i < SERVERS; i++) {
      lines.append("-a -t ").append(text(i % SERVICES)).append(" -r ").append(server(i));
      lines.append(" -m -w 1\n");
    }
    Files.writeString(saved, lines);
  }

  private static Map<ServiceKey, List<IpvsDestination>> desired() {
    Map<ServiceKey, List<IpvsDestination>> desired = new LinkedHashMap<>();
    List<List<IpvsDestination>> lists = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      List<IpvsDestination> servers = new ArrayList<>();
      lists.add(servers);
      desired.put(new ServiceKey.Address(ServiceKey.TCP, ip(10, i), 80), servers);
    }
    for (int i = 0; i < SERVERS; i++) {
      lists.get(i % SERVICES).add(IpvsDestination.nat(new InetSocketAddress(ip(11, i), 8080), 1));
    }
    return desired;
  }

  private static String text(int service) {
    return "10.1." + (service >> 8) + "." + (service & 0xff) + ":80";
  }

  private static String server(int server) {
    return "11.1." + (server >> 8) + "." + (server & 0xff) + ":8080";
  }

  private static InetAddress ip(int network, int number) {
    try {
      return InetAddress.getByAddress(
          new byte[] {(byte) network, 1, (byte) (number >> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // four bytes are an address
    }
  }
}
