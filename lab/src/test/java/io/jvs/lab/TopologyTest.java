package io.jvs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.Topology.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The networks carry what they are for. */
@InLab
class TopologyTest {
  @ParameterizedTest
  @EnumSource
  void each_server_answers_in_turn_and_sees_the_client(Method method) {
    try (Topology net = Topology.of(method).withIpvs().up()) {
      assertThat(net.ask(6))
          .allMatch(answer -> answer.client().equals("10.1.0.11"))
          .allMatch(answer -> (method == Method.NAT) != answer.asked().equals(Topology.VIP))
          .extracting(answer -> answer.server().orElse("nobody"))
          .containsExactly("s3", "s2", "s1", "s3", "s2", "s1");
      assertThat(net.ask(3, "--udp", "-6"))
          .allMatch(answer -> answer.client().equals(net.address6("c1")))
          .extracting(answer -> answer.server().orElse("nobody"))
          .containsExactly("s3", "s2", "s1");
    }
  }

  @Test
  void a_server_is_stopped_and_started_and_answers_HTTP_as_told() {
    try (Topology net = Topology.of(Method.NAT).servers(1).withoutIpv6().withIpvs().up()) {
      net.stopServer("s1");
      assertThat(net.ask(1)).extracting(Answer::server).containsOnly(Optional.empty());
      net.startServer("s1");
      assertThat(net.ask(1)).extracting(Answer::server).containsOnly(Optional.of("s1"));
      net.setStatus("s1", 503);
      assertThat(net.exec("d1", "bash", "-c", httpRequest(net.address("s1"))))
          .startsWith("HTTP/1.1 503 ");
    }
  }

  @Test
  void this_JVM_is_the_director_if_asked_to_be() {
    try (Topology net = Topology.of(Method.DR).withoutIpv6().withIpvs().here().up()) {
      assertThat(net.exec("d1", "readlink", "/proc/self/ns/net").strip())
          .isEqualTo(Outcome.of(start("readlink", "/proc/self/ns/net")).output().strip());
      assertThat(net.ask(1)).allMatch(answer -> answer.server().isPresent());
    }
  }

  @Test
  void the_second_director_takes_over() {
    try (Topology net = Topology.of(Method.NAT).withoutIpv6().twoDirectors().withIpvs().up()) {
      net.failover();
      assertThat(net.ask(2)).allMatch(answer -> answer.server().isPresent());
      assertThat(net.exec("d1", "ip", "-4", "addr", "show", "dev", "eth0"))
          .doesNotContain(Topology.VIP);
    }
  }

  private static String httpRequest(String address) {
    return "exec 3<>/dev/tcp/%s/80; printf 'GET / HTTP/1.1\\r\\n\\r\\n' >&3; cat <&3"
        .formatted(address);
  }

  private static Process start(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
