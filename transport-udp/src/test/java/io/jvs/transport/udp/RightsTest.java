package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a process without rights is told, in one of its own. */
class RightsTest {
  private static final String WAY_OUT =
      "operation not permitted (way out: the right CAP_NET_ADMIN or CAP_NET_RAW, as root has, or"
          + " leave it out)";

  @Test
  void a_missing_right_is_told_when_the_service_is_applied() throws Exception {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      Namespace.assumeCommand("setpriv", "util-linux");
      command.addAll(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RightsProgram.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.lines())
          .containsExactly(
              "virtual service 'web': udp.listening.transparent: " + WAY_OUT,
              "virtual service 'web': udp.outgoing.clientAddress: " + WAY_OUT,
              "applied");
    } finally {
      process.destroyForcibly();
    }
  }
}
