package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.VirtualService;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * The JDK's channels do not tell where a datagram was sent to, nor take an address to send from.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NioLimitsTest {
  @Test
  void headers_that_would_not_know_where_clients_have_asked_are_refused() {
    VirtualService anywhere = service("0.0.0.0");
    assertThat(objection(UdpEngine.NIO, anywhere))
        .hasValue(
            "proxyTo at 0.0.0.0: not with engine nio, which is not told the address that a client"
                + " has asked (expected: engine epoll, on Linux, or a single address)");
    assertThat(objection(UdpEngine.EPOLL, anywhere)).isEmpty();
    assertThat(objection(UdpEngine.NIO, service("192.0.2.1"))).isEmpty();
  }

  private static VirtualService service(String ip) {
    return VirtualService.udp(ip, 53)
        .name("dns")
        .transportOptions(UdpOptions.DEFAULT.withProxyTo(ProxyTo.EVERY))
        .build();
  }

  private static Optional<String> objection(UdpEngine engine, VirtualService service) {
    return UdpTransport.builder().engine(engine).build().objection(service);
  }

  @Test
  void answers_of_a_wildcard_address_leave_from_where_the_system_says() throws Exception {
    assertThat(answeredFrom(UdpEngine.EPOLL)).isEqualTo("127.0.0.2");
    assertThat(answeredFrom(UdpEngine.NIO)).as("documented").isEqualTo("127.0.0.1");
  }

  /** The client is 127.0.0.1 and asks 127.0.0.2. */
  private static String answeredFrom(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                "0.0.0.0",
                service -> service,
                server)) {
      Peer client = rig.client();
      client.send(new InetSocketAddress("127.0.0.2", rig.address.getPort()), "question");
      server.send(server.receive().from(), "answer");
      return client.receive().from().getAddress().getHostAddress();
    }
  }
}
