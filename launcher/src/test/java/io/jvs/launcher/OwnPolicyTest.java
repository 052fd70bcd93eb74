package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.launcher.configuration.PolicyJar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A policy in a jar of its own decides where the connections of a real director go. */
@Timeout(180)
class OwnPolicyTest {
  private final Path directory;
  private final Path file;
  private final EchoServer one = new EchoServer("1");
  private final EchoServer two = new EchoServer("2");
  private final int port;

  OwnPolicyTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = probe.getLocalPort();
    }
    PolicyJar.first(directory, "first.jar", "first");
    PolicyJar.first(directory, "other.jar", "other-first");
  }

  @AfterEach
  void close() throws IOException {
    one.close();
    two.close();
  }

  @Test
  void connections_go_where_it_says_also_after_a_reload() throws Exception {
    write("first.jar", "first", one, two);
    assertThat(Shell.jvs("check", file.toString()).out()).contains(", first, 2 real servers");
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      jvs.awaitLine("ready: ");
      for (int i = 0; i < 5; i++) {
        assertThat(server()).isEqualTo('1');
      }
      write("first.jar", "first", two, one);
      Files.delete(directory.resolve("first.jar")); // it is open
      jvs.signal("HUP");
      jvs.awaitLine("reloaded " + file);
      assertThat(server()).isEqualTo('1'); // the same servers: the order of adding is what counts
      write("first.jar", "first", two);
      jvs.signal("HUP");
      jvs.awaitLine("reloaded " + file, 1);
      for (int i = 0; i < 5; i++) {
        assertThat(server()).isEqualTo('2');
      }
      jvs.signal("TERM");
      assertThat(jvs.awaitExit()).isZero();
    }
  }

  @Test
  void other_jars_wait_for_the_next_start() throws Exception {
    write("first.jar", "first", one, two);
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      jvs.awaitLine("ready: ");
      write("other.jar", "other-first", two);
      jvs.signal("HUP");
      assertThat(jvs.awaitLine("unknown scheduler 'other-first'"))
          .endsWith(" (policies has changed too; that takes effect at the next start)");
      assertThat(server()).isEqualTo('1');
      write("other.jar", "rr", two);
      jvs.signal("HUP");
      jvs.awaitLine("policies has changed; that takes effect at the next start");
      assertThat(server()).isEqualTo('2');
    }
  }

  @Test
  void a_missing_jar_ends_it_with_2() throws Exception {
    write("none.jar", "rr", one);
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      assertThat(jvs.awaitExit()).isEqualTo(2);
      assertThat(jvs.lines())
          .containsExactly(
              file
                  + ":1:12: policies[0]: 'none.jar': no such file (expected: a jar; a path goes from"
                  + " the directory of the configuration file on)");
    }
  }

  private void write(String jar, String scheduler, EchoServer... servers) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            policies: [%s]
            services:
              - address: tcp 127.0.0.1:%d
                scheduler: %s
                realServers:
            """
                .formatted(jar, port, scheduler));
    for (EchoServer server : servers) {
      text.append("      - ").append(server.address()).append('\n');
    }
    Files.writeString(file, text);
  }

  private int server() throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(30_000);
      return client.getInputStream().read();
    }
  }
}
