package io.jvs.launcher.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.ControlAddress.Loopback;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
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
import java.util.List;
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
          new StatusReport.Tcp("epoll", 0, 9000, 0, 0, 0),
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

  @Test
  void other_questions_are_answered_with_what_may_be_asked() throws Exception {
    try (ControlServer server = ControlServer.open(unix, actions(true))) {
      assertThat(ControlClient.ask(server.address(), "GET", "/"))
          .isEqualTo(
              new ControlClient.Answer(
                  404, "expected: GET /status, GET /metrics or POST /reload\n"));
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
    };
  }
}
