package io.jvs.transport.tcp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import java.util.List;

/** Wants foreign addresses, at each end by itself, and says what it is told. */
final class RightsProgram {
  private RightsProgram() {}

  public static void main(String[] arguments) {
    TcpTransport transport = TcpTransport.builder().engine(TcpEngine.EPOLL).build();
    apply(
        transport,
        TcpOptions.DEFAULT.withListening(new TcpOptions.Listening(0, null, false, 0, true, 0)));
    apply(transport, TcpOptions.DEFAULT.withOutgoing(new TcpOptions.Outgoing(List.of(), true)));
    apply(transport, TcpOptions.DEFAULT);
    transport.close();
  }

  private static void apply(TcpTransport transport, TcpOptions options) {
    VirtualService service =
        VirtualService.tcp(Sockets.freeAddress()).name("web").transportOptions(options).build();
    try {
      transport.apply(List.of(new Assignment(service, LoadBalancer.of(service))));
      System.out.println("applied");
    } catch (TransportException e) {
      System.out.println(e.getMessage());
    }
  }
}
