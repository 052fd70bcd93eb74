package io.jvs.transport.tcp;

import io.jvs.testkit.TcpTransportContract;
import io.jvs.transport.Transport;
import org.junit.jupiter.api.Nested;

/** What every transport promises, kept with each engine. */
class TcpTransportContractTest {
  @Nested
  class WithEpoll implements TcpTransportContract {
    @Override
    public Transport newTransport() {
      return TcpTransport.builder().engine(TcpEngine.EPOLL).build();
    }
  }

  @Nested
  class WithIoUring implements TcpTransportContract {
    @Override
    public Transport newTransport() {
      Engines.Permitted.assumeIoUring();
      return TcpTransport.builder().engine(TcpEngine.IO_URING).build();
    }
  }

  @Nested
  class WithNio implements TcpTransportContract {
    @Override
    public Transport newTransport() {
      return TcpTransport.builder().engine(TcpEngine.NIO).build();
    }
  }
}
