package io.jvs.examples;

import io.jvs.checks.dns.DnsCheck;
import io.jvs.director.Director;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpTransport;
import io.jvs.transport.udp.UdpOptions;
import io.jvs.transport.udp.UdpTransport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Name servers behind one address, inside a Java program: by UDP, and by TCP, as clients ask again
 * whose answer was too long. A server that does not answer costs a question half a second, and none
 * at all when the check has found it out.
 */
public final class DnsBalancer implements AutoCloseable {
  private final UdpTransport udp = UdpTransport.create();
  private final TcpTransport tcp =
      TcpTransport.builder().otherDescriptors(udp::mostDescriptors).build(); // not all of them
  private final Director director = // each service goes to the one that can carry it
      Director.builder().transport(udp).transport(tcp).build();

  /**
   * Listens at once.
   *
   * @param zone a name that each server must know, such as {@code example.com}
   */
  public DnsBalancer(InetSocketAddress address, String zone, List<RealServer> servers) {
    HealthDeclaration health = HealthDeclaration.of(DnsCheck.of(DnsCheck.RecordType.SOA, zone));
    UdpOptions questions =
        UdpOptions.DEFAULT
            .withResponses(1) // then it is over
            .withRetryAfter(Duration.ofMillis(500)); // to ask twice does no harm
    director.apply(
        List.of(
            VirtualService.udp(address)
                .name("dns")
                .scheduler("rr")
                .onePacket(true) // a resolver's next question may go to another server
                .transportOptions(questions)
                .health(health)
                .realServers(servers)
                .build(),
            VirtualService.tcp(address)
                .name("dns-tcp")
                .scheduler("rr")
                .health(health)
                .realServers(servers)
                .build()));
  }

  /** Takes no more questions, and gives those on their way two seconds. */
  @Override
  public void close() {
    director.close(Duration.ofSeconds(2));
  }
}
