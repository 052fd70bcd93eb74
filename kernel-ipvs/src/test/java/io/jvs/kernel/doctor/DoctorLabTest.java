package io.jvs.kernel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.InLab;
import io.jvs.lab.Topology;
import io.jvs.lab.Topology.Method;
import io.jvs.model.Forwarding;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The real files of a director, before and after something is broken. */
@InLab
@DisplayNameGeneration(ReplaceUnderscores.class)
class DoctorLabTest {
  private static List<String> errors(String server, Forwarding forwarding) {
    VirtualService web =
        VirtualService.tcp(Topology.VIP, 80)
            .scheduler("rr")
            .realServer(RealServer.of(server).withForwarding(forwarding))
            .build();
    return Doctor.examine(Path.of("/"), List.of(web)).stream()
        .filter(finding -> finding.level() == Finding.Level.ERROR)
        .map(Finding::topic)
        .toList();
  }

  private static void write(String file, String text) throws IOException {
    Files.writeString(Path.of(file), text);
  }

  @Test
  void NAT_breaks_without_forwarding() throws Exception {
    try (Topology net = Topology.of(Method.NAT).withIpvs().here().up()) {
      assertThat(errors("10.4.0.11:80", Forwarding.NAT)).isEmpty();
      assertThat(net.ask(1)).hasSize(1);
      write("/proc/sys/net/ipv4/ip_forward", "0");
      assertThat(errors("10.4.0.11:80", Forwarding.NAT)).containsExactly("ip_forward");
      write("/proc/sys/net/ipv4/ip_forward", "1");
    }
  }

  @Test
  void DR_breaks_beyond_the_segment_and_without_the_address() throws Exception {
    try (Topology net = Topology.of(Method.DR).withIpvs().here().up()) {
      assertThat(net.ask(1)).hasSize(1);
      assertThat(errors("10.2.0.11:80", Forwarding.DR)).isEmpty();
      assertThat(errors("10.3.0.11:80", Forwarding.DR)).containsExactly("segment of 10.3.0.11:80");
      assertThat(
              new ProcessBuilder("ip", "address", "del", Topology.VIP + "/32", "dev", "eth0")
                  .start()
                  .waitFor())
          .isZero();
      assertThat(errors("10.2.0.11:80", Forwarding.DR))
          .containsExactly("virtual address " + Topology.VIP);
    }
  }

  @Test
  void TUN_is_well() {
    try (Topology net = Topology.of(Method.TUN).withIpvs().here().up()) {
      assertThat(net.ask(1)).hasSize(1);
      assertThat(errors("10.3.0.11:80", Forwarding.TUN)).isEmpty();
    }
  }
}
