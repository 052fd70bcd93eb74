package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.testkit.FreeAddresses;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Wants foreign addresses, at each end by itself, and says what it is told. */
final class RightsProgram {
  private static final InetSocketAddress ADDRESS =
      FreeAddresses.udp(InetAddress.getLoopbackAddress());

  private RightsProgram() {}

  public static void main(String[] arguments) throws IOException {
    UdpTransport transport = UdpTransport.builder().engine(UdpEngine.EPOLL).build();
    apply(
        transport,
        UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, false, 0, true, 0)));
    apply(transport, UdpOptions.DEFAULT.withOutgoing(new UdpOptions.Outgoing(List.of(), true)));
    apply(transport, UdpOptions.DEFAULT);
    try (DatagramSocket client = new DatagramSocket()) {
      client.send(new DatagramPacket(new byte[1], 1, ADDRESS)); // there is no real server
    }
    while (transport.status().dropped(UdpDrop.REFUSED) == 0) {
      LockSupport.parkNanos(10_000_000);
    }
    transport.close();
    System.out.println("refused 1, told " + transport.status().unreachableTold());
  }

  private static void apply(UdpTransport transport, UdpOptions options) {
    VirtualService service =
        VirtualService.udp(ADDRESS).name("web").transportOptions(options).build();
    try {
      transport.apply(List.of(new Assignment(service, LoadBalancer.of(service))));
      System.out.println("applied");
    } catch (TransportException e) {
      System.out.println(e.getMessage());
    }
  }
}
