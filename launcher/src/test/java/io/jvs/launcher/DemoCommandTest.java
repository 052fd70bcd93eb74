package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void no_request_is_lost_though_a_server_dies() {
    Shell.Result demo = Shell.jvs("demo", "--seconds", "3");

    assertThat(demo.err()).isEmpty();
    assertThat(demo.out())
        .startsWith("JVS demo: ")
        .contains("Server A is killed now")
        .containsPattern("A 127\\.0\\.0\\.1:\\d+ +3  down ")
        .contains("Server A is back.")
        .containsPattern(
            "\n[1-9]\\d* requests, 0 lost\\. [1-9]\\d* connections met the dead server")
        .contains("How to go on:")
        .doesNotContain("\u001b"); // not a terminal
    assertThat(demo.status()).isZero();
  }

  @Test
  void a_port_in_use_is_said() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Shell.Result demo = Shell.jvs("demo", "--port", Integer.toString(taken.getLocalPort()));

      assertThat(demo.status()).isEqualTo(1);
      assertThat(demo.err()).startsWith("demo: ").contains("in use").doesNotContain("\tat ");
    }
  }
}
