package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.InLab;
import org.junit.jupiter.api.Test;

/** The transport and live connections. */
@InLab
class TransportLabTest {
  @Test
  void the_kernel_can_be_asked() throws Exception {
    try (IpvsTable table = IpvsTable.open()) {
      assertThat(table.info().versionText()).isEqualTo("1.2.1");
    }
  }
}
