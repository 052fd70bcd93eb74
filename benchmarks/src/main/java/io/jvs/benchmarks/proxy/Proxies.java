package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Who is compared, each with one thread, set up as its manual says and not tuned further. */
final class Proxies {
  static final String REFERENCE = "HAProxy";
  static final String SPLICING = "HAProxy, splice";

  /** Loopback addresses of real servers, from 127.0.0.1 on. */
  static final int SERVERS = 8;

  private static final int SPLICING_CONNECTIONS = 4000; // pipes are descriptors too

  private final List<Proxy> present = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * Looks for them.
   *
   * @param connections how many each has to be able to hold
   */
  Proxies(Options options, int connections) throws IOException, InterruptedException {
    Programs programs = new Programs(options.tools());
    Path haproxy = programs.find("haproxy");
    if (haproxy == null) {
      missing.add("haproxy (Debian: apt install haproxy); without it there are no ratios");
    } else {
      present.add(new Haproxy(REFERENCE, haproxy, connections, ""));
      present.add(
          new Haproxy(
              SPLICING,
              haproxy,
              SPLICING_CONNECTIONS,
              "  option splice-request\n  option splice-response\n"));
    }
    NginxStream nginx = NginxStream.find(programs, missing);
    if (nginx != null) {
      present.add(new Nginx(nginx, 2 * connections));
    }
    Path pen = programs.find("pen");
    if (pen == null) {
      missing.add("pen (Debian: apt install pen)");
    } else {
      present.add(new Pen(pen, connections));
    }
    present.addAll(Jvs.all(options, Jvs.LAUNCHER, Carried.TCP, "", Proxies::services));
  }

  List<Proxy> present() {
    return present;
  }

  /** What is not installed, and which package has it. */
  List<String> missing() {
    return missing;
  }

  private record Haproxy(String name, Path program, int connections, String options)
      implements Proxy {
    @Override
    public boolean holdsMany() {
      return connections != SPLICING_CONNECTIONS;
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
        throws IOException {
      String text =
          "global\n  nbthread 1\n  maxconn %1$d\ndefaults\n  mode tcp\n  maxconn %1$d\n"
                  .formatted(connections)
              + "  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
              + options
              + listen("echo", front.echo(), servers.echo())
              + listen("bulk", front.bulk(), servers.bulk());
      Path file = workshop.file("haproxy-" + front.echo() + ".cfg", text);
      return List.of(List.of(program.toString(), "-db", "-f", file.toString()));
    }

    private static String listen(String name, int front, int server) {
      return "listen %s\n  bind 127.0.0.1:%d\n  server s 127.0.0.1:%d\n"
          .formatted(name, front, server);
    }
  }

  private record Nginx(NginxStream nginx, int sockets) implements Proxy {
    @Override
    public String name() {
      return "nginx stream";
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
        throws IOException {
      String stream =
          "  tcp_nodelay on;\n  proxy_timeout 1h;\n"
              + listen(front.echo(), servers.echo())
              + listen(front.bulk(), servers.bulk());
      return List.of(nginx.command(workshop, "nginx-" + front.echo(), sockets, stream));
    }

    private static String listen(int front, int server) {
      return "  server { listen 127.0.0.1:%d backlog=4096; proxy_pass 127.0.0.1:%d; }\n"
          .formatted(front, server);
    }
  }

  private record Pen(Path program, int connections) implements Proxy {
    @Override
    public String name() {
      return "pen";
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers) {
      return List.of(command(front.echo(), servers.echo()), command(front.bulk(), servers.bulk()));
    }

    /** In the foreground, round robin, with epoll. */
    private List<String> command(int front, int server) {
      String from = "127.0.0.1:" + front;
      String most = Integer.toString(connections);
      List<String> options = List.of("-f", "-r", "-O", "epoll", "-c", "20000", "-x", most);
      List<String> command = new ArrayList<>(List.of(program.toString()));
      command.addAll(options);
      command.addAll(List.of(from, "127.0.0.1:" + server));
      return command;
    }
  }

  /** What is measured, and a service with little and one with much policy. */
  private static List<String> services(Ports front, Ports servers) {
    List<String> one = Proxy.servers(1, servers.echo());
    String much = "scheduler: wlc, persistence: { timeout: 6m }";
    return List.of(
        Jvs.service(Carried.TCP, "echo", front.echo(), "scheduler: wlc", one),
        Jvs.service(
            Carried.TCP, "bulk", front.bulk(), "scheduler: wlc", Proxy.servers(1, servers.bulk())),
        Jvs.service(
            Carried.TCP,
            "plain",
            front.plain(),
            "scheduler: rr",
            Proxy.servers(SERVERS, servers.plain())),
        Jvs.service(
            Carried.TCP,
            "policies",
            front.policies(),
            much,
            Proxy.servers(SERVERS, servers.policies())));
  }
}
