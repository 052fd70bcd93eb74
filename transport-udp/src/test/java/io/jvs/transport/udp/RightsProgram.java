package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.testkit.FreeAddresses;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import java.net.InetAddress;
import java.util.List;

/** Wants foreign addresses, at each end by itself, and says what it is told. */
final class RightsProgram {
  private RightsProgram() {}

  public static void main(String[] arguments) {
    UdpTransport transport = UdpTransport.builder().engine(UdpEngine.EPOLL).build();
    apply(
        transport,
        UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, false, 0, true, 0)));
    apply(transport, UdpOptions.DEFAULT.withOutgoing(new UdpOptions.Outgoing(List.of(), true)));
    apply(transport, UdpOptions.DEFAULT);
    transport.close();
  }

  private static void apply(UdpTransport transport, UdpOptions options) {
    VirtualService service =
        VirtualService.udp(FreeAddresses.udp(InetAddress.getLoopbackAddress()))
            .name("web")
            .transportOptions(options)
            .build();
    try {
      transport.apply(List.of(new Assignment(service, LoadBalancer.of(service))));
      System.out.println("applied");
    } catch (TransportException e) {
      System.out.println(e.getMessage());
    }
  }
}
