package io.jvs.transport.udp;

import java.net.InetSocketAddress;

/** Counts what the system does not send in one direction. Any thread. */
final class Unsent {
  private final Drops drops;
  private final UdpDrop noRoom;

  Unsent(Drops drops, UdpDrop noRoom) {
    this.drops = drops;
    this.noRoom = noRoom;
  }

  /**
   * So many datagrams were not sent.
   *
   * @param errno why
   */
  void count(int datagrams, int errno, InetSocketAddress from) {
    UdpDrop why =
        switch (errno) {
          case Errors.EAGAIN, Errors.ENOBUFS -> noRoom;
          case Errors.EMSGSIZE -> UdpDrop.TOO_LONG;
          default -> UdpDrop.NOT_SENT;
        };
    drops.count(why, datagrams, from);
  }
}
