package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.transport.Pass;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client at a virtual address, and the real server that it talks to. On its loop only. Its fields
 * are plain, because a hundred thousand of them must be small.
 */
final class UdpFlow extends FlowKey {
  final Front front;
  final ServiceFlows flows;
  final boolean ipv6;
  final int clientScope;
  final boolean onePacket;

  final Pass pass;
  Connection connection;
  ServerAddress server;
  SourcePort port;

  @Nullable ByteBuf unanswered; // what the server has been asked, until it has answered once
  int unansweredSegment; // bytes of each datagram of it if it is a train, else 0
  boolean asked;
  boolean answered;
  boolean ended;
  int expected; // answers that are still to come, if their number is known
  long lastMove; // the tick of a datagram
  @Nullable UdpFlow older; // in the order of lastMove, within its service and loop
  @Nullable UdpFlow newer;

  UdpFlow(
      Front front,
      ServiceFlows flows,
      Messages from,
      int index,
      long localHigh,
      long localLow,
      Pass pass,
      Connection connection,
      ServerAddress server,
      SourcePort port) {
    super(
        from.clientHigh(index), from.clientLow(index), from.clientPort(index), localHigh, localLow);
    this.front = front;
    this.flows = flows;
    this.ipv6 = from.isIpv6(index);
    this.clientScope = from.clientScope(index);
    this.onePacket = flows.service.isOnePacket();
    this.pass = pass;
    this.connection = connection;
    this.server = server;
    this.port = port;
  }
}
