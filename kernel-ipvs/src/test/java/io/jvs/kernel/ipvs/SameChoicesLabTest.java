package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Phase;
import io.jvs.balancing.ServerStatus;
import io.jvs.lab.InLab;
import io.jvs.model.AddressFamily;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same definition, connections and changes through the kernel and through the load balancer:
 * the same servers. Clients are addresses of this machine, so are the servers; which one the kernel
 * chose is seen by whose connection count has grown.
 */
@InLab
class SameChoicesLabTest {
  private static final int STEPS = 620;
  private static final int SERVERS = 9;
  private static final InetAddress VIP = SocketAddresses.parseIp("10.0.0.100");
  private static final InetAddress VIP6 = SocketAddresses.parseIp("fd00::100");

  private static int nextPort = 15_000; // of clients, so that none meets an entry of another
  private static int choices;
  private static final List<ServerSocketChannel> LISTENERS = new ArrayList<>();

  /**
   * @param mark whether all of a network is the service, so that destinations differ
   */
  private record Case(
      int number,
      String scheduler,
      List<String> flags,
      Protocol protocol,
      AddressFamily family,
      boolean mark,
      @Nullable Persistence persistence) {
    @Override
    public String toString() {
      return scheduler
          + flags
          + " "
          + protocol
          + " "
          + family
          + (mark ? " mark" : "")
          + (persistence == null ? "" : " " + persistence);
    }
  }

  static Stream<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (String plain : List.of("rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "sh", "mh")) {
      all.add(tcp(all.size(), plain, List.of(), false));
    }
    for (String byDestination : List.of("dh", "lblc", "lblcr")) {
      all.add(tcp(all.size(), byDestination, List.of(), true));
    }
    for (String hash : List.of("sh", "mh")) {
      all.add(tcp(all.size(), hash, List.of(hash + "-fallback"), false));
      all.add(tcp(all.size(), hash, List.of(hash + "-port"), false));
      all.add(tcp(all.size(), hash, List.of(hash + "-fallback", hash + "-port"), false));
    }
    for (String datagrams : List.of("wrr", "wlc")) {
      all.add(
          new Case(
              all.size(), datagrams, List.of(), Protocol.UDP, AddressFamily.IPV4, false, null));
    }
    for (String six : List.of("rr", "sh", "mh")) {
      all.add(new Case(all.size(), six, List.of(), Protocol.TCP, AddressFamily.IPV6, false, null));
    }
    for (String persistent : List.of("rr", "wlc")) {
      Persistence network = new Persistence.SourceNetwork(Duration.ofMinutes(10), 28, 128);
      all.add(
          new Case(
              all.size(), persistent, List.of(), Protocol.TCP, AddressFamily.IPV4, false, network));
    }
    return all.stream();
  }

  private static Case tcp(int number, String scheduler, List<String> flags, boolean mark) {
    return new Case(number, scheduler, flags, Protocol.TCP, AddressFamily.IPV4, mark, null);
  }

  /** Held, because a logger that nobody holds forgets its level. */
  private static final Logger BALANCERS = Logger.getLogger(LoadBalancer.class.getName());

  @BeforeAll
  static void one_machine_is_all_of_them() throws IOException {
    BALANCERS.setLevel(Level.OFF); // thousands of changes
    Shell.sh(
        "ip link set lo up"
            + " && ip route add local 10.1.0.0/16 dev lo"
            + " && ip route add local 10.9.0.0/16 dev lo"
            + " && ip route add local 10.48.0.0/12 dev lo"
            + " && ip route add local 10.0.0.100/32 dev lo"
            + " && ip -6 route add local fd00::/16 dev lo"
            + " && sysctl -qw net.ipv6.ip_nonlocal_bind=1");
    for (int i = 0; i <= SERVERS; i++) { // the first for all of IPv4, the others one of IPv6 each
      ServerSocketChannel listener = ServerSocketChannel.open();
      InetSocketAddress address =
          i == 0
              ? new InetSocketAddress(SocketAddresses.parseIp("0.0.0.0"), 8080)
              : new InetSocketAddress(SocketAddresses.parseIp("fd00:9::1"), 8080 + i);
      listener.bind(address, 4096);
      listener.configureBlocking(false);
      LISTENERS.add(listener);
    }
  }

  @AfterAll
  static void nothing_is_left() throws IOException {
    BALANCERS.setLevel(null);
    for (ServerSocketChannel each : LISTENERS) {
      each.close();
    }
    Shell.sh(
        "ipvsadm -C; iptables -t mangle -F OUTPUT;"
            + " for n in 10.1.0.0/16 10.9.0.0/16 10.48.0.0/12 10.0.0.100/32; do"
            + " ip route del local $n dev lo; done; ip -6 route del local fd00::/16 dev lo");
    System.out.println(choices + " choices, all the same");
    assertThat(choices).isGreaterThanOrEqualTo(10_000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void the_kernel_and_the_load_balancer_choose_the_same(Case definition) throws Exception {
    try (Stage stage = new Stage(definition)) {
      for (int step = 0; step < STEPS; step++) {
        stage.step();
      }
      stage.compareCounts();
      choices += stage.made;
    }
  }

  /** Both sides of one case. */
  private static final class Stage implements AutoCloseable {
    private final Case definition;
    private final Random random;
    private final ServiceKey key;
    private final IpvsTransport transport;
    private final IpvsTable table;
    private final LoadBalancer carried;
    private final LoadBalancer reference;
    private final Map<Connection, Channel> open = new LinkedHashMap<>();
    private final List<String> history = new ArrayList<>();
    private VirtualService service;
    private int made;

    Stage(Case definition) throws IOException {
      this.definition = definition;
      this.random = new Random(definition.number() * 7919L);
      if (definition.mark()) {
        Shell.sh(
            "iptables -t mangle -A OUTPUT -d " + marked(0) + "/16 -j MARK --set-mark " + mark());
      }
      VirtualService.Builder builder =
          VirtualService.at(address())
              .name("web")
              .scheduler(definition.scheduler(), definition.flags().toArray(String[]::new))
              .persistence(definition.persistence());
      for (int host = 1; host <= 4; host++) {
        builder.realServer(server(host));
      }
      this.service = builder.build();
      this.key = Translation.keys(service).get(0);
      this.carried = balancer();
      this.reference = balancer();
      this.table = IpvsTable.open();
      this.transport =
          IpvsTransport.builder()
              .drainAtMost(Duration.ZERO)
              .pollInterval(Duration.ofHours(1))
              .build();
      transport.apply(List.of(new Assignment(service, carried)));
    }

    private LoadBalancer balancer() {
      return LoadBalancer.builder(service).compatibility(KernelCompatibility.LINUX_6_1).build();
    }

    private VirtualAddress address() {
      return definition.mark()
          ? VirtualAddress.firewallMark(mark(), definition.family())
          : VirtualAddress.of(definition.protocol(), vip());
    }

    private InetSocketAddress vip() {
      return new InetSocketAddress(
          definition.family() == AddressFamily.IPV4 ? VIP : VIP6, 1000 + definition.number());
    }

    private int mark() {
      return 100 + definition.number();
    }

    private String marked(int host) {
      return "10." + (48 + definition.number() % 16) + "." + host / 250 + "." + host % 250;
    }

    private RealServer server(int host) {
      String ip = definition.family() == AddressFamily.IPV4 ? "10.9.0." + host : "[fd00:9::1]";
      int port = definition.family() == AddressFamily.IPV4 ? 8080 : 8080 + host;
      return RealServer.of(ip + ":" + port).withWeight(weight());
    }

    private int weight() {
      return definition.scheduler().equals("ovf") || definition.scheduler().startsWith("lblc")
          ? 2 + random.nextInt(12)
          : random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(5);
    }

    void step() throws IOException {
      int dice = random.nextInt(100);
      if (dice < 70) {
        openOne();
      } else if (dice < 92) {
        closeOne();
      } else {
        change();
      }
    }

    private void openOne() throws IOException {
      InetSocketAddress client =
          new InetSocketAddress(
              SocketAddresses.parseIp(
                  definition.family() == AddressFamily.IPV4
                      ? "10.1." + random.nextInt(3) + "." + (1 + random.nextInt(200))
                      : "fd00:1::" + Integer.toHexString(1 + random.nextInt(200))),
              nextPort++);
      InetSocketAddress destination =
          definition.mark()
              ? new InetSocketAddress(SocketAddresses.parseIp(marked(1 + random.nextInt(60))), 8080)
              : vip();
      Map<InetSocketAddress, Long> before = counts();
      Channel channel =
          definition.protocol() == Protocol.TCP
              ? connect(client, destination)
              : send(client, destination);
      String byKernel = grown(before, counts());
      Admission admission = reference.admit(Flow.of(definition.protocol(), client, destination));
      String here = admission instanceof Connection c ? c.server().name() : "nobody";
      assertThat(byKernel)
          .as(
              "choice %d, %s to %s, of %s, counts before %s, after %s",
              made, client, destination, service, before, String.join(" / ", history))
          .isEqualTo(here);
      made++;
      history.add(SocketAddresses.format(client) + " " + here);
      if (admission instanceof Connection connection) {
        if (channel instanceof SocketChannel tcp) {
          tcp.configureBlocking(true);
          assertThat(tcp.finishConnect()).isTrue();
        }
        connection.advance(Phase.ACTIVE);
        open.put(connection, channel);
      } else {
        channel.close();
      }
    }

    private static SocketChannel connect(InetSocketAddress client, InetSocketAddress destination)
        throws IOException {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.bind(client);
      try {
        channel.connect(destination);
      } catch (IOException e) {
        return channel; // refused: nobody was chosen
      }
      return channel;
    }

    private static DatagramChannel send(InetSocketAddress client, InetSocketAddress destination)
        throws IOException {
      DatagramChannel channel = DatagramChannel.open();
      channel.bind(client);
      try {
        channel.send(ByteBuffer.wrap(new byte[] {1}), destination);
      } catch (IOException e) {
        return channel; // EPERM: nobody was chosen
      }
      return channel;
    }

    private void closeOne() throws IOException {
      List<Connection> all = new ArrayList<>();
      for (Connection each : open.keySet()) {
        boolean listed = reference.status(each.server().address()) != null;
        if (listed && definition.protocol() == Protocol.TCP) {
          all.add(each); // the kernel drops the packets of others, so their ends too
        }
      }
      if (!all.isEmpty()) {
        Connection one = all.get(random.nextInt(all.size()));
        Channel channel = Objects.requireNonNull(open.remove(one));
        channel.close(); // FIN: CLOSE_WAIT, which is inactive
        one.advance(Phase.CLOSING);
        history.add("close one of " + one.server().name());
      }
    }

    private void change() {
      List<RealServer> servers = new ArrayList<>(service.realServers());
      int which = random.nextInt(servers.size());
      RealServer server = servers.get(which);
      switch (random.nextInt(4)) {
        case 0 -> servers.set(which, server.withWeight(weight()));
        case 1 -> {
          int upper = random.nextInt(3) == 0 ? 0 : 3 + random.nextInt(30);
          servers.set(which, server.withLimits(ConnectionLimits.upTo(upper)));
        }
        case 2 -> {
          RealServer more = server(1 + random.nextInt(SERVERS));
          if (servers.stream().noneMatch(each -> each.address().equals(more.address()))) {
            servers.add(more);
          }
        }
        default -> {
          if (servers.size() > 2) {
            servers.remove(which);
          }
        }
      }
      service = service.toBuilder().realServers(servers).build();
      history.add(servers.toString());
      transport.apply(List.of(new Assignment(service, carried)));
      carried.apply(service);
      reference.apply(service);
    }

    private Map<InetSocketAddress, Long> counts() throws IOException {
      Map<InetSocketAddress, Long> counts = new HashMap<>();
      for (DestinationRow row : table.destinations(key)) {
        counts.put(row.destination().address(), row.active() + row.inactive());
      }
      return counts;
    }

    private static String grown(
        Map<InetSocketAddress, Long> before, Map<InetSocketAddress, Long> after) {
      List<String> grown = new ArrayList<>();
      after.forEach(
          (server, count) -> {
            if (count > before.getOrDefault(server, 0L)) {
              grown.add(SocketAddresses.format(server));
            }
          });
      return grown.isEmpty() ? "nobody" : String.join(" and ", grown);
    }

    void compareCounts() throws IOException {
      Map<String, String> kernel = new LinkedHashMap<>();
      for (DestinationRow row : table.destinations(key)) {
        kernel.put(
            SocketAddresses.format(row.destination().address()),
            row.destination().weight() + " " + row.active() + " " + row.inactive());
      }
      Map<String, String> here = new LinkedHashMap<>();
      for (ServerStatus each : reference.status().servers()) {
        here.put(
            each.server().name(),
            (int) each.weight() + " " + each.active() + " " + each.inactive());
      }
      assertThat(kernel).isEqualTo(here);
      assertThat(List.copyOf(kernel.keySet())).as("order").isEqualTo(List.copyOf(here.keySet()));
    }

    @Override
    public void close() throws IOException {
      for (Channel each : open.values()) {
        each.close();
      }
      transport.close(Duration.ZERO);
      table.close();
      for (ServerSocketChannel each : LISTENERS) { // they have waited there, open, to be counted
        SocketChannel waiting = each.accept();
        while (waiting != null) {
          waiting.close();
          waiting = each.accept();
        }
      }
    }
  }
}
