package io.jvs.launcher.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.ControlAddress.Loopback;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
import io.jvs.model.VirtualService;
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

  @Test
  void other_questions_are_answered_with_what_may_be_asked() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(ControlClient.ask(server.address(), "GET", "/"))
          .isEqualTo(
              new ControlClient.Answer(
                  404,
                  "expected: GET /status, GET /metrics, GET /explain, POST /order or POST"
                      + " /reload\n"));
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
      public ExplainReport order(OrderRequest request) {
        balancer.control().order(request.server(), Orderer.OPERATOR, request.order());
        return explain(request.service(), request.server());
      }
    };
  }
}
