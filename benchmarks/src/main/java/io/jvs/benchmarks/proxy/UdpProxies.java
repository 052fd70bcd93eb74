package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Who is compared, each with one thread, set up as its manual says and not tuned further. */
final class UdpProxies {
  static final String REFERENCE = "nginx stream";

  /**
   * Loopback addresses of real servers, from 127.0.0.1 on: so many that flows to them can share few
   * source ports.
   */
  static final int SERVERS = 16;

  private static final int SPARE_FLOWS = 1000; // of loads before

  private final List<Proxy> present = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * Looks for them.
   *
   * @param launcher of ours, see {@link Jvs}
   * @param flows how many each has to be able to hold
   * @param sockets how many those can hold that have a socket for each
   */
  UdpProxies(Options options, List<String> launcher, int flows, int sockets)
      throws IOException, InterruptedException {
    Programs programs = new Programs(options.tools());
    NginxStream nginx = NginxStream.find(programs, missing);
    if (nginx != null) {
      present.add(new Nginx(nginx, sockets));
    }
    Path pen = programs.find("pen");
    if (pen == null) {
      missing.add("pen (Debian: apt install pen)");
    } else {
      present.add(new Pen(pen));
    }
    present.add(new Floor());
    String settings = ", maxFlows: " + (flows + SPARE_FLOWS);
    present.addAll(Jvs.all(options, launcher, Carried.UDP, settings, UdpProxies::services));
  }

  List<Proxy> present() {
    return present;
  }

  /** What is not installed, and which package has it. */
  List<String> missing() {
    return missing;
  }

  /** A client is a session, and a socket, for 300 seconds, as with us. */
  private record Nginx(NginxStream nginx, int sockets) implements Proxy {
    @Override
    public String name() {
      return REFERENCE;
    }

    @Override
    public Carried carried() {
      return Carried.UDP;
    }

    @Override
    public int most() {
      return sockets;
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
        throws IOException {
      String stream =
          "  proxy_timeout 300s;\n"
              + service("echo", front.echo(), servers.echo())
              + service("bulk", front.bulk(), servers.bulk());
      return List.of(nginx.command(workshop, "nginx-" + front.echo(), 2 * sockets, stream));
    }

    private static String service(String name, int front, int port) {
      return "  upstream %s { server %s; }\n"
              .formatted(name, String.join("; server ", Proxy.servers(SERVERS, port)))
          + "  server { listen 127.0.0.1:%d udp reuseport; proxy_pass %s; }\n"
              .formatted(front, name);
    }
  }

  private record Pen(Path program) implements Proxy {
    @Override
    public String name() {
      return "pen";
    }

    @Override
    public Carried carried() {
      return Carried.UDP;
    }

    @Override
    public boolean holdsMany() {
      return false; // it has a table of a fixed size, and forgets who comes in
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers) {
      return List.of(command(front.echo(), servers.echo()), command(front.bulk(), servers.bulk()));
    }

    /** In the foreground, round robin, with epoll. */
    private List<String> command(int front, int server) {
      List<String> command = new ArrayList<>(List.of(program.toString()));
      command.addAll(List.of("-f", "-U", "-r", "-O", "epoll", "-c", "2000", "-x", "1000"));
      command.add("127.0.0.1:" + front);
      command.addAll(Proxy.servers(SERVERS, server));
      return command;
    }
  }

  /** What can be reached in userspace at all. */
  private record Floor() implements Proxy {
    @Override
    public String name() {
      return "C floor";
    }

    @Override
    public Carried carried() {
      return Carried.UDP;
    }

    @Override
    public boolean holdsMany() {
      return false; // each flow of it is a socket, for ever
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
        throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of(workshop.compile("udp-floor").toString()));
      for (int port : new int[] {front.echo(), servers.echo(), front.bulk(), servers.bulk()}) {
        command.add(Integer.toString(port));
      }
      return List.of(command);
    }
  }

  private static List<String> services(Ports front, Ports servers) {
    return List.of(
        Jvs.service(
            Carried.UDP,
            "echo",
            front.echo(),
            "scheduler: wlc",
            Proxy.servers(SERVERS, servers.echo())),
        Jvs.service(
            Carried.UDP,
            "bulk",
            front.bulk(),
            "scheduler: wlc",
            Proxy.servers(SERVERS, servers.bulk())));
  }
}
