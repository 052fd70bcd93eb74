package io.jvs.testkit;

import io.jvs.transport.Transport;

/** Tests the transport contract itself: it can be kept. */
class BlockingTcpTransportTest implements TcpTransportContract {
  @Override
  public Transport newTransport() {
    return new BlockingTcpTransport();
  }
}
