package io.jvs.launcher.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.ControlAddress.Loopback;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.LiveConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlServerTest {
  private static final StatusReport STATUS =
      new StatusReport(
          StatusReport.FORMAT,
          "1.2.3",
          42,
          "running",
          "web.yaml",
          "2026-01-01T00:00:00Z",
          null,
          new StatusReport.Tcp("epoll", 0, 9000, 0, 0, 0, 0),
          null,
          null,
          List.of());

  private final Path path;
  private final ControlAddress unix;

  ControlServerTest(@TempDir Path directory) {
    path = directory.resolve("jvs.sock");
    unix = new UnixSocket(path);
  }

  @Test
  void a_status_comes_back_as_it_was() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      ControlClient.Answer answer = ControlClient.ask(server.address(), "GET", "/status");

      assertThat(answer.code()).isEqualTo(200);
      assertThat(Json.read(answer.content(), StatusReport.class)).isEqualTo(STATUS);
    }
  }

  @Test
  void the_socket_is_its_owners_alone_and_goes_with_the_server() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(server.address()).isEqualTo(unix);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void a_reload_that_is_refused_is_no_success() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(false))) {
      ControlClient.Answer answer = ControlClient.ask(server.address(), "POST", "/reload");

      assertThat(answer.code()).isEqualTo(422);
      assertThat(Json.read(answer.content(), ReloadReport.class).problems())
          .containsExactly("web.yaml:1:1: wrong");
    }
  }

  private static String order(String kind, Map<String, String> settings) {
    return OrderRequest.query(kind, "web of ours", "10.0.0.1:80", settings).target();
  }

  @Test
  void an_order_is_carried_out_explained_and_taken_back() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      Map<String, String> settings =
          Map.of("who", "alice", "why", "disk & fan, 100 %", "deadline", "10m");
      String drain = order("drain", settings);
      ControlClient.Answer answer = ControlClient.ask(server.address(), "POST", drain);
      ExplainReport report = Json.read(answer.content(), ExplainReport.class);
      assertThat(report.weight()).isZero();
      assertThat(report.steps().get(1).reason()).isEqualTo("disk & fan, 100 %, by alice");
      assertThat(report.history().get(0).cause()).contains("connections end at 20");

      String release = order("release", Map.of());
      assertThat(ControlClient.ask(server.address(), "POST", release).code()).isEqualTo(200);
      Query explain =
          new Query("/explain", Map.of("service", "web of ours", "server", "10.0.0.1:80"));
      ControlClient.Answer after = ControlClient.ask(server.address(), "GET", explain.target());
      assertThat(Json.read(after.content(), ExplainReport.class).weight()).isEqualTo(1);
    }
  }

  @Test
  void a_wrong_order_is_refused_with_the_way_out() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      Map<String, String> alice = Map.of("who", "alice");
      Map<String, String> wrong = new LinkedHashMap<>();
      wrong.put(
          order("delete", alice),
          "kind 'delete' (expected: release or one of [maintenance, force-down, drain, weight,"
              + " force-up])");
      wrong.put(order("drain", Map.of()), "/order without who (expected: ?who=…)");
      wrong.put("/order", "/order without kind (expected: ?kind=…)");
      wrong.put(
          order("weight", Map.of("who", "alice", "weight", "much")),
          "weight 'much' (expected: a whole number, 0 to 65535)");
      wrong.put(
          order("drain", Map.of("who", "alice", "until", "soon")),
          "until 'soon' (expected: a duration from now such as 10m, or a time such as"
              + " 2026-01-31T12:00:00Z)");
      wrong.put(
          order("force-up", Map.of("who", "alice", "deadline", "1s")),
          "force-up with a deadline (expected: drain or maintenance, whose connections end then)");
      wrong.put(
          order("drain", alice).replace("10.0.0.1", "10.0.0.2"),
          "virtual service 'web of ours': no real server 10.0.0.2:80 (expected: one of"
              + " [10.0.0.1:80])");
      for (Map.Entry<String, String> each : wrong.entrySet()) {
        assertThat(ControlClient.ask(server.address(), "POST", each.getKey()))
            .isEqualTo(new ControlClient.Answer(422, each.getValue() + "\n"));
      }
      assertThat(ControlClient.ask(server.address(), "GET", "/explain?service=%zz").code())
          .isEqualTo(422);
    }
    try (ControlServer server = ControlServer.open(loopback(), actions(true))) {
      String drain = order("drain", Map.of("who", "alice"));
      assertThat(ControlClient.ask(server.address(), "POST", drain).code()).isEqualTo(403);
    }
  }

  /** 20,000 of them: every fourth is closing, the later ones are older and have more bytes. */
  private static Stream<LiveConnection> live() {
    return IntStream.range(0, 20_000)
        .mapToObj(
            i ->
                new LiveConnection(
                    i,
                    i % 2 == 0 ? "web" : "db",
                    i % 10 == 0 ? Protocol.UDP : Protocol.TCP,
                    new InetSocketAddress("10.0." + i / 256 + "." + i % 256, 40_000),
                    new InetSocketAddress("192.0.2.10", 80),
                    i % 5 == 0 ? null : RealServer.of("10.1.0." + i % 5 + ":80"),
                    i % 4 == 0 ? LiveConnection.State.CLOSING : LiveConnection.State.OPEN,
                    Duration.ofSeconds(i),
                    i % 3 == 0 ? null : Duration.ofMillis(20_000 - i),
                    i,
                    2L * i,
                    1));
  }

  private static ConnectionsReport ask(ControlServer server, String... parameters)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      all.put(parameters[i], parameters[i + 1]);
    }
    String target = new Query("/connections", all).target();
    ControlClient.Answer answer = ControlClient.ask(server.address(), "GET", target);
    assertThat(answer.code()).as(answer.content()).isEqualTo(200);
    return Json.read(answer.content(), ConnectionsReport.class);
  }

  @Test
  void of_twenty_thousand_connections_the_oldest_hundred_are_shown_and_all_are_counted()
      throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      ConnectionsReport report = ask(server);
      assertThat(report.present()).isEqualTo(20_000);
      assertThat(report.selected()).isEqualTo(20_000);
      assertThat(report.connections()).hasSize(100);
      assertThat(report.connections().get(0).ageMs()).isEqualTo(19_999_000);
      assertThat(report.connections().get(99).ageMs()).isEqualTo(19_900_000);
      assertThat(ask(server, "limit", "20000").connections()).hasSize(20_000);
    }
  }

  @Test
  void connections_are_chosen_by_what_is_listed_of_them() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(ask(server, "service", "web").selected()).isEqualTo(10_000);
      assertThat(ask(server, "server", "10.1.0.3:80").selected()).isEqualTo(4_000);
      assertThat(ask(server, "client", "10.0.7.0/24").selected()).isEqualTo(256);
      assertThat(ask(server, "state", "closing").selected()).isEqualTo(5_000);
      assertThat(ask(server, "protocol", "udp").selected()).isEqualTo(2_000);
      assertThat(ask(server, "protocol", "tcp", "limit", "1").selected()).isEqualTo(18_000);
      assertThat(ask(server, "minAge", "5h").selected()).isEqualTo(2_000);
      assertThat(ask(server, "minIdle", "19s").selected()).isEqualTo(667);
      assertThat(ask(server, "service", "web", "server", "10.1.0.3:80").selected())
          .isEqualTo(2_000);
      ConnectionsReport.Row one = ask(server, "id", "0000000000000007").connections().get(0);
      assertThat(one)
          .isEqualTo(
              new ConnectionsReport.Row(
                  "0000000000000007",
                  "db",
                  "tcp",
                  "10.0.0.7:40000",
                  "192.0.2.10:80",
                  "10.1.0.2:80",
                  "open",
                  7_000,
                  19_993L,
                  1,
                  7,
                  14));
      assertThat(ask(server, "sort", "bytes", "limit", "1").connections().get(0).bytesIn())
          .isEqualTo(19_999);
      assertThat(ask(server, "sort", "idle", "limit", "1").connections().get(0).idleMs())
          .isEqualTo(19_999);
    }
  }

  @Test
  void wrong_choices_are_refused_and_a_reset_needs_one() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("GET /connections?sort=size", "sort: 'size' (expected: one of [age, bytes, idle])");
    wrong.put(
        "GET /connections?state=up",
        "state: 'up' (expected: one of [waiting, connecting, unanswered, open, closing])");
    wrong.put("GET /connections?protocol=sctp", "protocol: 'sctp' (expected: tcp or udp)");
    wrong.put("GET /connections?limit=-1", "limit: '-1' (expected: 0 to 100000)");
    wrong.put("GET /connections?minAge=3", "minAge: '3' (expected: a duration such as 30s or 2h)");
    wrong.put(
        "GET /connections?client=here",
        "client: network 'here' (expected: such as 10.0.0.0/8, 2001:db8::/32 or a single address)");
    wrong.put(
        "POST /connections/reset?who=alice&state=open",
        "which connections to reset is not said (expected: a service, server, client or id)");
    wrong.put(
        "POST /connections/reset?service=web", "/connections/reset without who (expected: ?who=…)");
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      for (Map.Entry<String, String> each : wrong.entrySet()) {
        String[] words = each.getKey().split(" ", -1);
        assertThat(ControlClient.ask(server.address(), words[0], words[1]))
            .isEqualTo(new ControlClient.Answer(422, each.getValue() + "\n"));
      }
      String reset = "/connections/reset?who=alice&service=web&limit=3";
      ControlClient.Answer answer = ControlClient.ask(server.address(), "POST", reset);
      assertThat(Json.read(answer.content(), ConnectionsReport.class).selected()).isEqualTo(10_000);
    }
    try (ControlServer server = ControlServer.open(loopback(), actions(true))) {
      assertThat(
              ControlClient.ask(server.address(), "POST", "/connections/reset?who=a&service=web")
                  .code())
          .isEqualTo(403);
    }
  }

  @Test
  void other_questions_are_answered_with_what_may_be_asked() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(ControlClient.ask(server.address(), "GET", "/"))
          .isEqualTo(
              new ControlClient.Answer(
                  404,
                  "expected: GET /status, GET /metrics, GET /explain, GET /connections, POST /order,"
                      + " POST /connections/reset or POST /reload\n"));
      assertThat(ControlClient.ask(server.address(), "GET", "/reload").code()).isEqualTo(404);
      assertThat(ControlClient.ask(server.address(), "GET /a b", "/c d").code()).isEqualTo(400);
    }
  }

  @Test
  void what_a_killed_director_left_is_replaced() throws Exception {
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(path)).close();
    assertThat(path).exists();

    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(ControlClient.ask(server.address(), "GET", "/status").code()).isEqualTo(200);
    }
  }

  @Test
  void a_director_that_lives_and_a_file_that_is_no_socket_are_left_alone() throws Exception {
    try (ControlServer first = ControlServer.open(unix, actions(true))) {
      assertThatThrownBy(() -> ControlServer.open(unix, actions(true)).close())
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("a director answers there already");
      assertThat(ControlClient.ask(first.address(), "GET", "/status").code()).isEqualTo(200);
    }
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> ControlServer.open(unix, actions(true)).close())
        .hasMessage("a file is there (expected: nothing, or an old socket)");
    assertThat(path).hasContent("precious");
  }

  @Test
  void a_path_too_long_for_a_socket_is_told() {
    ControlAddress deep = new UnixSocket(path.resolveSibling("x".repeat(120)));
    assertThatThrownBy(() -> ControlServer.open(deep, actions(true)).close())
        .hasMessageEndingWith("bytes (expected: a path of at most 107; set 'control')");
  }

  @Test
  void silent_clients_do_not_keep_others_waiting_for_long() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    Duration deadline = Duration.ofMillis(200);
    try (ControlServer server = ControlServer.open(unix, actions(true), deadline)) {
      for (int i = 0; i < 8; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
      }
      assertThat(ControlClient.ask(server.address(), "GET", "/status").code()).isEqualTo(200);
    } finally {
      for (SocketChannel each : silent) {
        each.close();
      }
    }
  }

  @Test
  void a_loopback_port_answers_questions_and_changes_nothing() throws Exception {
    try (ControlServer server = ControlServer.open(loopback(), actions(true))) {
      assertThat(ControlClient.ask(server.address(), "GET", "/metrics"))
          .isEqualTo(new ControlClient.Answer(200, "jvs_up 1\n"));
      assertThat(ControlClient.ask(server.address(), "POST", "/reload").code()).isEqualTo(403);
    }
  }

  @Test
  void pages_that_pretend_to_be_this_machine_are_refused() throws Exception {
    try (ControlServer server = ControlServer.open(loopback(), actions(true))) {
      assertThat(statusLine(server, "evil.example:80")).isEqualTo("HTTP/1.0 403 Forbidden");
      assertThat(statusLine(server, "localhost:7700")).isEqualTo("HTTP/1.0 200 OK");
      assertThat(statusLine(server, "127.0.0.1")).isEqualTo("HTTP/1.0 200 OK");
      assertThat(statusLine(server, "[::1]:7700")).isEqualTo("HTTP/1.0 200 OK");
    }
  }

  private static String statusLine(ControlServer server, String host) throws IOException {
    InetSocketAddress address = ((Loopback) server.address()).address();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      String request = "GET /status HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElse("");
    }
  }

  private static ControlAddress loopback() {
    return new Loopback(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static ControlActions actions(boolean reloads) {
    return new ControlActions() {
      @Override
      public StatusReport status() {
        return STATUS;
      }

      @Override
      public String metrics() {
        return "jvs_up 1\n";
      }

      @Override
      public ReloadReport reload() {
        List<String> problems = reloads ? List.of() : List.of("web.yaml:1:1: wrong");
        return new ReloadReport("2026-01-01T00:00:00Z", reloads, problems);
      }

      private final LoadBalancer balancer =
          LoadBalancer.of(
              VirtualService.inProcess("web of ours").realServer("10.0.0.1:80").build());

      @Override
      public ExplainReport explain(String service, InetSocketAddress server) {
        assertThat(service).isEqualTo("web of ours");
        return ExplainReport.of(balancer.control().explain(server), 0);
      }

      @Override
      public ConnectionsReport connections(ConnectionSelection selection) {
        return ConnectionsReport.of(live(), selection);
      }

      @Override
      public ConnectionsReport resetConnections(ConnectionSelection selection, String who) {
        assertThat(who).isEqualTo("alice");
        return connections(selection);
      }

      @Override
      public ExplainReport order(OrderRequest request) {
        balancer.control().order(request.server(), Orderer.OPERATOR, request.order());
        return explain(request.service(), request.server());
      }
    };
  }
}
