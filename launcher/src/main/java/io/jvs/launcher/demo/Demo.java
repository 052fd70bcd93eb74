package io.jvs.launcher.demo;

import io.jvs.balancing.Explanation;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.ServerStatus;
import io.jvs.director.Director;
import io.jvs.health.TcpConnect;
import io.jvs.model.CheckTiming;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The demo from beginning to end. One thread tells the story; clients and servers have their own.
 */
public final class Demo {
  private static final int BAR = 30;
  private static final long REFRESH_MILLIS = 250;

  private final Screen screen;
  private final Duration length;
  private final int port;
  private final List<DemoServer> servers = new ArrayList<>();

  /**
   * @param port to listen on, or 0 for any
   * @param length of the stream of requests
   */
  public Demo(PrintWriter out, Duration length, int port) {
    this.screen = new Screen(out, Screen.watched());
    this.length = length;
    this.port = port;
  }

  /**
   * Shows everything.
   *
   * @return whether every request was answered
   * @throws IOException if the servers cannot listen
   */
  public boolean run() throws IOException, InterruptedException {
    screen.say("JVS demo: three web servers, one address in front of them, all in this process.");
    try (Director director = Director.builder().transport(TcpTransport.create()).build()) {
      for (String name : List.of("A", "B", "C")) {
        servers.add(new DemoServer(name));
      }
      InetSocketAddress address = freeAddress();
      director.apply(List.of(service(address)));
      LoadBalancer balancer = director.balancers().get(0);
      screen.say(
          "Virtual service at http://127.0.0.1:"
              + address.getPort()
              + "/ (wrr, weights 3, 2, 1). Requests, each over a new connection:",
          "");
      return requests(balancer, address);
    } finally {
      servers.forEach(DemoServer::close);
    }
  }

  private boolean requests(LoadBalancer balancer, InetSocketAddress address)
      throws InterruptedException {
    DemoClients clients = new DemoClients(address);
    try (clients) {
      clients.start();
      long third = length.toMillis() * 3 / 8;
      watch(balancer, clients, third);
      DemoServer victim = servers.get(0);
      clients.betweenRequests(victim::die);
      screen.say("", "Server " + victim.name() + " is killed now: its port is closed.", "");
      watch(balancer, clients, third);
      revive(victim);
      screen.say("", "Server " + victim.name() + " is back.", "");
      watch(balancer, clients, length.toMillis() - 2 * third);
    }
    return report(balancer, clients);
  }

  private static void revive(DemoServer server) {
    try {
      server.comeBack();
    } catch (IOException e) { // somebody else took its port meanwhile
      throw new UncheckedIOException(e);
    }
  }

  private void watch(LoadBalancer balancer, DemoClients clients, long millis)
      throws InterruptedException {
    int shows = screen.isTerminal() ? (int) Math.max(1, millis / REFRESH_MILLIS) : 2;
    for (int i = 0; i < shows; i++) {
      Thread.sleep(millis / shows);
      screen.show(table(balancer, clients));
    }
  }

  private List<String> table(LoadBalancer balancer, DemoClients clients) {
    List<String> lines = new ArrayList<>();
    lines.add("  server            weight  state  active    total  share");
    long all = Math.max(1, clients.answered());
    for (DemoServer server : servers) {
      ServerStatus status = balancer.status(server.address());
      if (status == null) {
        continue; // cannot be: nobody changes the list
      }
      long total = status.opened() - status.failed();
      long bar = Math.min(BAR, total * BAR / all);
      lines.add(
          String.format(
              Locale.ROOT,
              "  %s %-15s %6s  %-5s %7d %8d  %3d%% %s",
              server.name(),
              status.server().name(),
              Explanation.text(status.weight()),
              status.state(),
              status.active(),
              total,
              Math.min(100, total * 100 / all),
              "#".repeat((int) bar)));
    }
    lines.add(
        String.format(
            Locale.ROOT, "  %d requests answered, %d lost", clients.answered(), clients.lost()));
    return lines;
  }

  private boolean report(LoadBalancer balancer, DemoClients clients) {
    long moved = balancer.status().servers().stream().mapToLong(ServerStatus::failed).sum();
    screen.say(
        "",
        clients.answered()
            + " requests, "
            + clients.lost()
            + " lost. "
            + moved
            + " connections met the dead server and were given to another one, unseen by the"
            + " client.");
    String loss = clients.firstLoss();
    if (loss != null) {
      screen.say("The first lost request: " + loss);
    }
    screen.say(
        "",
        "How to go on:",
        "  as a director of its own:  jvs run launcher/examples/web.yaml   (docs/configuration.md)",
        "  inside your program:       the dependency io.jvs:jvs-core, then"
            + " LoadBalancer.of(service).call(…)",
        "  first things to read:      README.md, examples/");
    return clients.lost() == 0 && clients.answered() > 0;
  }

  private VirtualService service(InetSocketAddress address) {
    Duration often = Duration.ofMillis(500);
    return VirtualService.tcp(address)
        .name("demo")
        .scheduler("wrr")
        .health(
            HealthDeclaration.of(
                new TcpConnect(), CheckTiming.DEFAULT.every(often).rise(1).fall(2)))
        .realServer(RealServer.of(servers.get(0).address()).withWeight(3))
        .realServer(RealServer.of(servers.get(1).address()).withWeight(2))
        .realServer(RealServer.of(servers.get(2).address()).withWeight(1))
        .build();
  }

  /** A definition names its port, so a free one is looked for first. */
  private InetSocketAddress freeAddress() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    if (port != 0) {
      return new InetSocketAddress(loopback, port);
    }
    try (var probe = new ServerSocket(0, 1, loopback)) {
      return new InetSocketAddress(loopback, probe.getLocalPort());
    }
  }
}
