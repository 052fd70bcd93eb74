package io.jvs.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Clients {@code c1} …, a director {@code d1} (and {@code d2}), real servers {@code s1} … and a
 * router in network namespaces of the guest, built and driven by {@code lab/topology}; its {@code
 * --help} draws the networks. For tests that are {@link InLab}; one at a time in a guest.
 *
 * <p>The VIP is {@link #VIP} and {@link #VIP6}, port 80. Every real server answers on TCP and UDP
 * ports 80 and 8080, to HTTP too. Without {@link Plan#ipvs} the director's table is left empty, for
 * the test to fill.
 *
 * <pre>{@code
 * try (Topology net = Topology.of(Method.DR).here().up()) {
 *   transport.apply(List.of(service)); // this JVM is the director d1
 *   assertThat(net.ask(6)).extracting(Answer::client).containsOnly(net.address("c1"));
 * }
 * }</pre>
 */
public final class Topology implements AutoCloseable {
  /** The virtual service's address. */
  public static final String VIP = "10.2.0.100";

  /** The same for IPv6. */
  public static final String VIP6 = "fd00:2::100";

  private final Plan plan;

  private Topology(Plan plan) {
    this.plan = plan;
  }

  /** How packets get to the real servers, and so where those live. */
  public enum Method {
    /** Behind the director, which is their gateway: {@code 10.4.0.11} …, {@code fd00:4::11} …. */
    NAT,
    /** In the director's network, VIP on loopback: {@code 10.2.0.11} …, {@code fd00:2::11} …. */
    DR,
    /** In another network, VIP on a tunnel's end: {@code 10.3.0.11} …, {@code fd00:3::11} …. */
    TUN
  }

  /** Three real servers, one client, one director, IPv4 and IPv6, an empty IPVS table. */
  public static Plan of(Method method) {
    return new Plan(method, 3, 1, 1, true, false, false);
  }

  /**
   * What is to be built.
   *
   * @param servers 1 to 80
   * @param clients 1 to 80
   * @param directors 1 or 2
   * @param ipv6 whether everything has IPv6 addresses too
   * @param ipvs whether {@code ipvsadm} fills the directors' tables: round robin, TCP and UDP
   * @param isHere whether d1 is the namespace that the test's JVM is in
   */
  public record Plan(
      Method method,
      int servers,
      int clients,
      int directors,
      boolean ipv6,
      boolean ipvs,
      boolean isHere) {
    /** The same with so many real servers. */
    public Plan servers(int servers) {
      return new Plan(method, servers, clients, directors, ipv6, ipvs, isHere);
    }

    /** The same with so many clients. */
    public Plan clients(int clients) {
      return new Plan(method, servers, clients, directors, ipv6, ipvs, isHere);
    }

    /** The same with a second director, that is not active. */
    public Plan twoDirectors() {
      return new Plan(method, servers, clients, 2, ipv6, ipvs, isHere);
    }

    /** The same without IPv6, which is faster to build. */
    public Plan withoutIpv6() {
      return new Plan(method, servers, clients, directors, false, ipvs, isHere);
    }

    /** The same with directors whose tables {@code ipvsadm} has filled. */
    public Plan withIpvs() {
      return new Plan(method, servers, clients, directors, ipv6, true, isHere);
    }

    /**
     * The same with this JVM as director {@code d1}: its sockets and netlink are the director's.
     */
    public Plan here() {
      return new Plan(method, servers, clients, directors, ipv6, ipvs, true);
    }

    /** Builds it, in about a second. */
    public Topology up() {
      List<String> command = new ArrayList<>(List.of("topology", "up"));
      command.add(method.name().toLowerCase(Locale.ROOT));
      command.addAll(List.of("--servers", "" + servers, "--clients", "" + clients));
      command.addAll(List.of("--directors", "" + directors));
      if (!ipv6) {
        command.add("--no-ipv6");
      }
      if (!ipvs) {
        command.add("--no-ipvs");
      }
      if (isHere) {
        command.add("--here");
      }
      must(command);
      return new Topology(this);
    }
  }

  /** The IPv4 address of a client or real server, such as {@code s1}. */
  public String address(String name) {
    return "10." + network(name) + ".0." + (10 + number(name));
  }

  /** Its IPv6 address, as the kernel and the servers write it. */
  public String address6(String name) {
    return "fd00:" + network(name) + "::" + (10 + number(name));
  }

  /**
   * Runs a command in a namespace and waits for it.
   *
   * @return what it wrote
   * @throws AssertionError with that if its exit status is not 0
   */
  public String exec(String namespace, String... command) {
    return must(inside(namespace, command));
  }

  /** Starts a command in a namespace; its standard error goes where its output goes. */
  public Process start(String namespace, String... command) {
    return begin(inside(namespace, command));
  }

  /** So many TCP requests of {@code c1} to the VIP, one after the other. */
  public List<Answer> ask(int count) {
    return ask(count, "--from", "c1");
  }

  /**
   * Requests with options of {@code topology ask}: {@code --udp}, {@code -6}, {@code --from},
   * {@code --to}, {@code --port}, {@code --source-port}, {@code --wait} (seconds, 3 by default).
   */
  public List<Answer> ask(int count, String... options) {
    List<String> command = new ArrayList<>(List.of("topology", "ask", "-n", "" + count));
    command.addAll(List.of(options));
    Outcome outcome = Outcome.of(begin(command));
    List<Answer> answers = outcome.output().lines().map(Answer::parse).toList();
    if (answers.size() != count) {
      throw new AssertionError(command + ": " + outcome.output());
    }
    return answers;
  }

  /** The status with which a real server answers HTTP requests from now on; 200 at first. */
  public void setStatus(String server, int status) {
    try {
      Files.writeString(Path.of("/run/topology/" + server + ".status"), "" + status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a real server: its connections are closed, new ones are refused. */
  public void stopServer(String server) {
    must(List.of("topology", "stop", server));
  }

  /** Starts a real server that was stopped. */
  public void startServer(String server) {
    must(List.of("topology", "start", server));
  }

  /** Moves VIP and gateway to the other director. */
  public void failover() {
    must(List.of("topology", "failover"));
  }

  /** Takes everything down, IPVS tables and sync daemons too. */
  @Override
  public void close() {
    must(List.of("topology", "down"));
  }

  private int network(String name) {
    if (name.startsWith("c")) {
      return 1;
    }
    return switch (plan.method()) {
      case DR -> 2;
      case TUN -> 3;
      case NAT -> 4;
    };
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(1));
  }

  private static List<String> inside(String namespace, String... command) {
    List<String> line = new ArrayList<>(List.of("topology", "exec", namespace));
    line.addAll(List.of(command));
    return line;
  }

  private static Process begin(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String must(List<String> command) {
    Outcome outcome = Outcome.of(begin(command));
    if (outcome.status() != 0) {
      throw new AssertionError(
          String.join(" ", command)
              + ": exit status "
              + outcome.status()
              + "\n"
              + outcome.output());
    }
    return outcome.output();
  }
}
