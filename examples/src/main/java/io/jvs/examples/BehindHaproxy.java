package io.jvs.examples;

import io.jvs.director.Director;
import io.jvs.model.Network;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpOptions;
import io.jvs.transport.tcp.TcpTransport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A TCP proxy that stands behind another one, such as haproxy with {@code send-proxy-v2}. All
 * clients seem to come from there, but for the PROXY header, which says who they are: by that they
 * stay with their servers, and the servers are told, too.
 */
public final class BehindHaproxy implements AutoCloseable {
  private final Director director =
      Director.builder().transport(TcpTransport.builder().build()).build();

  /**
   * Listens at once.
   *
   * @param haproxy where it connects from; nobody else is believed, and it must send a header
   * @param servers which expect a header of version 1 in their turn
   */
  public BehindHaproxy(InetSocketAddress address, Network haproxy, List<RealServer> servers) {
    TcpOptions options =
        TcpOptions.DEFAULT
            .withProxyFrom(List.of(haproxy))
            .withProxyTo(new TcpOptions.ProxyHeader(1, false, false, false));
    director.apply(
        List.of(
            VirtualService.tcp(address)
                .name("shop")
                .scheduler("rr")
                .persistence(Persistence.sourceAddress(Duration.ofMinutes(10)))
                .transportOptions(options)
                .realServers(servers)
                .build()));
  }

  /** Refuses new connections and gives the present ones ten seconds to end. */
  @Override
  public void close() {
    director.close(Duration.ofSeconds(10));
  }
}
