package io.jvs.transport.udp;

/** What moves the datagrams. */
public enum UdpEngine {
  /** The fastest that works on this machine. */
  AUTO,
  /** epoll, recvmmsg and sendmmsg; needs 64-bit Linux and Netty's native library. */
  EPOLL,
  /**
   * The JDK's channels; works everywhere. It hears of no ICMP errors, keeps no trains together, and
   * at a wildcard address answers from the address that the system chooses. Its sockets at [::]
   * take IPv4 clients too, whether or not the service is dual.
   */
  NIO
}
