package io.jvs.transport.udp;

/** A socket by which clients come in, on one loop. On its loop only. */
interface Entrance extends DatagramSockets.Reader {
  UdpLoop loop();

  /** Begins to read. */
  void start();

  /** Changes the options of its sockets. */
  void adjust(UdpOptions from, UdpOptions to);

  /** Nobody comes in any more, and no answers go out. */
  void close();
}
