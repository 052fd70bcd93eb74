package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PortPoolTest {
  @Test
  void a_port_that_cannot_be_read_is_closed() throws Exception {
    VirtualService service =
        VirtualService.udp(VirtualLoop.VIRTUAL)
            .name("dns")
            .realServer(RealServer.of("192.0.2.101:53"))
            .build();
    try (VirtualLoop loop = new VirtualLoop(service, 16, 16)) {
      loop.refuseReading(true); // as epoll does that watches as much as it may
      loop.ask(VirtualLoop.client(1), 7);
      assertThat(loop.withoutPort()).isEqualTo(1);
      assertThat(loop.openSockets()).as("the one that listens").isEqualTo(1);
      assertThat(loop.ports()).isZero();
      loop.refuseReading(false);
      loop.ask(VirtualLoop.client(1), 8);
      assertThat(loop.sent()).singleElement().matches(sent -> sent.payload() == 8);
    }
  }
}
