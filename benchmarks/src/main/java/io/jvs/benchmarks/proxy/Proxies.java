package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
    options.engines().forEach(engine -> present.add(new Jvs(engine)));
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

  /** The launcher, started as users start it. */
  private record Jvs(String engine) implements Proxy {
    @Override
    public String name() {
      return "JVS " + engine;
    }

    @Override
    public boolean ours() {
      return true;
    }

    @Override
    public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
        throws IOException {
      String text =
          "control: jvs-%d.sock\ndrain: 0s\n".formatted(front.echo())
              + "transport: { tcp: { threads: 1, engine: %s } }\nservices:\n".formatted(engine)
              + service("echo", front.echo(), "wlc", "", "127.0.0.1:" + servers.echo())
              + service("bulk", front.bulk(), "wlc", "", "127.0.0.1:" + servers.bulk())
              + service("plain", front.plain(), "rr", "", all(servers.plain()))
              + service(
                  "policies",
                  front.policies(),
                  "wlc",
                  "persistence: { timeout: 6m }, ",
                  all(servers.policies()));
      Path file = workshop.file("jvs-" + front.echo() + ".yaml", text);
      return List.of(List.of(Path.of("jvs").toAbsolutePath().toString(), "run", file.toString()));
    }

    private static String service(
        String name, int port, String scheduler, String more, String servers) {
      return "  - { name: %s, address: tcp 127.0.0.1:%d, scheduler: %s, %srealServers: [ %s ] }\n"
          .formatted(name, port, scheduler, more, servers);
    }

    private static String all(int port) {
      return IntStream.rangeClosed(1, SERVERS)
          .mapToObj(i -> "127.0.0." + i + ":" + port)
          .collect(Collectors.joining(", "));
    }
  }
}
