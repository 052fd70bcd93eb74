package io.jvs.examples;

import io.jvs.director.Director;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpTransport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A TCP proxy inside a Java program, for clients that know one address only. */
public final class EmbeddedProxy implements AutoCloseable {
  private final Director director =
      Director.builder().transport(TcpTransport.builder().build()).build();

  /** Listens at once. */
  public EmbeddedProxy(InetSocketAddress address, List<RealServer> servers) {
    director.apply(List.of(service(address, servers)));
  }

  /** Other servers from now on; connections that are open stay where they are. */
  public void use(InetSocketAddress address, List<RealServer> servers) {
    director.apply(List.of(service(address, servers)));
  }

  private static VirtualService service(InetSocketAddress address, List<RealServer> servers) {
    return VirtualService.tcp(address).name("front").scheduler("wrr").realServers(servers).build();
  }

  /** Refuses new connections and gives the present ones ten seconds to end. */
  @Override
  public void close() {
    director.close(Duration.ofSeconds(10));
  }
}
