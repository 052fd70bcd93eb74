package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServerStatus;
import io.jvs.lab.InLab;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The transport and live connections; clients and real servers are this machine's too. */
@InLab
class TransportLabTest {
  private static final String A = "10.9.1.1:8080";
  private static final String B = "10.9.1.2:8080";
  private static final InetSocketAddress VIP = SocketAddresses.parse("10.9.1.100:80");

  private final List<NamedServer> servers = new ArrayList<>();
  private final IpvsTransport transport =
      IpvsTransport.builder().pollInterval(Duration.ofMillis(50)).build();

  @BeforeAll
  static void one_machine_is_all_of_them() {
    Shell.sh("ip link set lo up && ip route add local 10.9.1.0/24 dev lo");
  }

  @AfterAll
  static void nothing_is_left() {
    Shell.sh("ip route del local 10.9.1.0/24 dev lo");
  }

  @BeforeEach
  void two_real_servers() throws IOException {
    servers.add(new NamedServer('a', A));
    servers.add(new NamedServer('b', B));
  }

  @AfterEach
  void take_all_back() throws IOException {
    transport.close(Duration.ZERO);
    for (NamedServer each : servers) {
      each.close();
    }
    assertThat(Shell.sh("ipvsadm -Sn")).isEmpty();
  }

  @Test
  void a_download_from_a_server_that_is_drained_and_then_removed_ends_whole() throws Exception {
    VirtualService web = web();
    LoadBalancer balancer = LoadBalancer.of(web);
    transport.apply(List.of(new Assignment(web, balancer)));
    try (Socket download = connectTo('a')) {
      download.getOutputStream().write('d');
      InputStream in = download.getInputStream();
      int got = in.readNBytes(100_000).length;

      balancer
          .control()
          .order(
              SocketAddresses.parse(A),
              Orderer.OPERATOR,
              AdminOrder.of(AdminOrder.Kind.DRAIN, "test", ""));
      eventually("A has weight 0", () -> weight(A) == 0);
      assertThat(answers(6)).containsOnly("b");
      got += in.readNBytes(1_000_000).length;

      VirtualService onlyB = web.toBuilder().realServers(List.of(RealServer.of(B))).build();
      transport.apply(List.of(new Assignment(onlyB, balancer)));
      balancer.apply(onlyB);
      got += in.readNBytes(NamedServer.DOWNLOAD - got).length;

      assertThat(got).isEqualTo(NamedServer.DOWNLOAD);
      assertThat(NamedServer.ask(download)).isEqualTo("a");
      assertThat(weight(A)).as("still there, for its connection").isZero();
    }
  }

  @Test
  void a_server_that_dies_gets_nothing_new_and_returns() throws Exception {
    VirtualService web = web();
    LoadBalancer balancer = LoadBalancer.of(web);
    transport.apply(List.of(new Assignment(web, balancer)));
    assertThat(answers(4)).containsOnly("a", "b");

    balancer.markDown(SocketAddresses.parse(A), "dead");
    eventually("A is gone", () -> weight(A) < 0);
    assertThat(answers(4)).containsOnly("b");

    balancer.markUp(SocketAddresses.parse(A));
    eventually("A is back", () -> weight(A) == 1);
    assertThat(answers(4)).containsOnly("a", "b");
  }

  @Test
  void counters_reach_the_load_balancer_and_a_removed_server_goes_with_its_last_flow()
      throws Exception {
    Timeouts shortOnes =
        new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(900),
            Duration.ofSeconds(120),
            Duration.ofSeconds(1));
    VirtualService dns =
        VirtualService.udp("10.9.1.100", 53)
            .scheduler("rr")
            .timeouts(shortOnes)
            .realServer(A)
            .build();
    LoadBalancer balancer = LoadBalancer.of(dns);
    transport.apply(List.of(new Assignment(dns, balancer)));
    try (DatagramSocket server = new DatagramSocket(SocketAddresses.parse(A));
        DatagramSocket client = new DatagramSocket()) {
      client.send(new DatagramPacket(new byte[10], 10, SocketAddresses.parse("10.9.1.100:53")));
      server.setSoTimeout(5_000);
      server.receive(new DatagramPacket(new byte[10], 10));
      eventually("the flow is counted", () -> status(balancer).inactive() == 1);
      eventually(
          "and its bytes, which the kernel tells every two seconds",
          () -> status(balancer).opened() == 1 && status(balancer).bytesFromClients() == 38);

      client.send(new DatagramPacket(new byte[10], 10, SocketAddresses.parse("10.9.1.100:53")));
      VirtualService nobody = dns.toBuilder().realServers(List.of()).build();
      transport.apply(List.of(new Assignment(nobody, balancer)));
      balancer.apply(nobody);
      assertThat(Shell.sh("ipvsadm -Sn")).contains("-r 10.9.1.1:8080 -m -w 0");
      eventually("the flow has ended", () -> transport.status().destinations() == 0);
    }
  }

  @Test
  void traffic_goes_on_when_the_director_is_killed_and_the_next_one_takes_over() throws Exception {
    Process killed =
        new ProcessBuilder(DirectorProcess.command("10.9.1.100", "80", A, B))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    DirectorProcess.awaitReady(killed);
    try (Socket open = connectTo('a')) {
      assertThat(killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();

      assertThat(NamedServer.ask(open)).isEqualTo("a");
      assertThat(answers(4)).containsOnly("a", "b");

      VirtualService web = web();
      LoadBalancer balancer = LoadBalancer.of(web);
      transport.apply(List.of(new Assignment(web, balancer)));
      assertThat(transport.status().steps()).as("nothing differs").isZero();
      eventually(
          "the connection is counted",
          () -> Objects.requireNonNull(balancer.status(SocketAddresses.parse(A))).active() == 1);
      balancer
          .control()
          .order(SocketAddresses.parse(B), Orderer.OPERATOR, AdminOrder.weight(3, "test", ""));
      eventually("B has its weight", () -> weight(B) == 3);
      assertThat(NamedServer.ask(open)).isEqualTo("a");
      assertThat(answers(4)).containsOnly("a", "b");
    }
  }

  @Test
  void the_change_of_somebody_else_is_put_right() throws Exception {
    VirtualService web = web();
    transport.apply(List.of(new Assignment(web, LoadBalancer.of(web))));
    Shell.sh("ipvsadm -A -t 10.9.1.100:81 -s rr"); // another's
    Shell.sh("ipvsadm -e -t 10.9.1.100:80 -r " + A + " -m -w 7");
    eventually("the weight is back", () -> weight(A) == 1);
    Shell.sh("ipvsadm -d -t 10.9.1.100:80 -r " + B);
    eventually("the server is back", () -> weight(B) == 1);
    assertThat(transport.status().mended()).isEqualTo(2);
    Shell.sh("ipvsadm -D -t 10.9.1.100:81"); // JVS has not
  }

  @Test
  void a_concurrent_ipvsadm_is_put_up_with() throws Exception {
    VirtualService web = web();
    LoadBalancer balancer = LoadBalancer.of(web);
    String there = "-t 10.9.1.100:80";
    Process other =
        new ProcessBuilder(
                "sh",
                "-c",
                "for i in $(seq 20); do ipvsadm -D "
                    + there
                    + "; ipvsadm -A "
                    + there
                    + " -s wlc; ipvsadm -a "
                    + there
                    + " -r 10.9.1.7:80 -m; ipvsadm -d "
                    + there
                    + " -r "
                    + A
                    + "; done 2>/dev/null >&2")
            .start();
    int applied = 0;
    while (other.isAlive()) {
      int weight = 1 + applied++ % 5;
      transport.apply(
          List.of(new Assignment(web.withWeight(SocketAddresses.parse(A), weight), balancer)));
    }
    assertThat(applied).isGreaterThan(20);
    transport.apply(List.of(new Assignment(web, balancer)));

    eventually("A is as defined", () -> weight(A) == 1);
    eventually("B is as defined", () -> weight(B) == 1);
    eventually("what is not defined is gone", () -> weight("10.9.1.7:80") < 0);
    assertThat(Shell.sh("ipvsadm -Sn")).startsWith("-A " + there + " -s rr\n");
  }

  private static VirtualService web() {
    return DirectorProcess.service("10.9.1.100", 80, List.of(A, B));
  }

  private static ServerStatus status(LoadBalancer balancer) {
    return Objects.requireNonNull(balancer.status(SocketAddresses.parse(A)));
  }

  /** A connection to the VIP that this server has got. */
  private static Socket connectTo(char name) throws IOException {
    for (int i = 0; i < 4; i++) {
      Socket socket = new Socket(VIP.getAddress(), VIP.getPort());
      if (NamedServer.ask(socket).equals(String.valueOf(name))) {
        return socket;
      }
      socket.setSoLinger(true, 0);
      socket.close();
    }
    throw new AssertionError(name + " has got none of four connections");
  }

  private static List<String> answers(int count) throws IOException {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (Socket socket = new Socket(VIP.getAddress(), VIP.getPort())) {
        answers.add(NamedServer.ask(socket));
      }
    }
    return answers;
  }

  /** Of a server of the service; -1 if it is not in the table. */
  private static int weight(String server) {
    String line =
        Shell.sh("ipvsadm -Sn")
            .lines()
            .filter(each -> each.contains("-r " + server + " "))
            .findFirst()
            .orElse("-w -1");
    return Integer.parseInt(line.replaceFirst(".*-w ", "").strip());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void eventually(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited for: " + what + "\n" + Shell.sh("ipvsadm -Ln"));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
