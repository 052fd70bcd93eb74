package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** A change of services that cannot be made leaves nothing behind. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailedChangeTest {
  @Engines
  void a_socket_that_only_the_change_needed_is_closed_with_its_last_flow(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Peer inTheWay = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      rig.client().send(rig.address, "question");
      server.receive();
      rig.transport.apply(List.of()); // the flow lives on, and the socket with it
      VirtualService more = VirtualService.udp(inTheWay.address()).name("more").build();
      assertThatThrownBy(
              () ->
                  rig.transport.apply(
                      List.of(
                          new Assignment(rig.service, rig.balancer),
                          new Assignment(more, LoadBalancer.builder(more).build()))))
          .isInstanceOf(TransportException.class);
      rig.transport.reset(flow -> true, "by the test");
      Rig.await("the address is free", () -> isFree(rig));
    }
  }

  private static boolean isFree(Rig rig) {
    try (Peer peer = Peer.at(rig.address.getHostString(), rig.address.getPort())) {
      return peer.address().getPort() > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
