package io.jvs.transport.udp;

import io.jvs.testkit.UdpTransportContract;
import io.jvs.transport.Transport;
import org.junit.jupiter.api.Nested;

/** What every transport promises, kept with each engine. */
class UdpTransportContractTest {
  @Nested
  class WithEpoll implements UdpTransportContract {
    @Override
    public Transport newTransport() {
      return UdpTransport.builder().engine(UdpEngine.EPOLL).build();
    }
  }

  @Nested
  class WithNio implements UdpTransportContract {
    @Override
    public Transport newTransport() {
      return UdpTransport.builder().engine(UdpEngine.NIO).build();
    }
  }
}
