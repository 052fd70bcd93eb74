package io.jvs.transport.udp;

/**
 * What a flow is known by: a client's address and port, and the virtual address where one socket
 * listens at several. As bits, see {@link SocketAddressMemory}.
 */
class FlowKey {
  final long clientHigh;
  final long clientLow;
  final int clientPort;
  final int clientDevice; // its number, of link-local IPv6 addresses; else 0
  final long localHigh; // 0 where the socket has one address, as the next
  final long localLow;

  /** Of a client that no network device tells from others. */
  FlowKey(long clientHigh, long clientLow, int clientPort, long localHigh, long localLow) {
    this(clientHigh, clientLow, clientPort, 0, localHigh, localLow);
  }

  FlowKey(
      long clientHigh,
      long clientLow,
      int clientPort,
      int clientDevice,
      long localHigh,
      long localLow) {
    this.clientHigh = clientHigh;
    this.clientLow = clientLow;
    this.clientPort = clientPort;
    this.clientDevice = clientDevice;
    this.localHigh = localHigh;
    this.localLow = localLow;
  }

  /** Of who sent the {@code i}-th datagram that came in. */
  FlowKey(Messages from, int i, long localHigh, long localLow) {
    this(
        from.clientHigh(i),
        from.clientLow(i),
        from.clientPort(i),
        from.clientScope(i),
        localHigh,
        localLow);
  }
}
