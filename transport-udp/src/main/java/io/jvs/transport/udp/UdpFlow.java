package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.transport.Pass;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client at a virtual address, and the real server that it talks to. On its loop only. Its fields
 * are plain, because a hundred thousand of them must be small.
 */
class UdpFlow extends FlowCourse {
  final Front front;
  final ServiceFlows flows;
  final boolean ipv6;
  final int clientScope;
  final boolean onePacket;

  final Pass pass;
  Connection connection;
  ServerAddress server;
  SourcePort port;

  @Nullable QuicIds quicIds; // if the service goes by connection ids
  @Nullable ByteBuf unanswered; // what the server has been asked, until it has answered once
  int unansweredSegment; // bytes of each datagram of it if it is a train, else 0
  boolean asked;
  boolean answered;
  boolean ended;
  boolean introduced; // whether its server has had a PROXY header
  int expected; // answers that are still to come, if their number is known
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
      SourcePort port,
      long id,
      long tick) {
    super(
        from.clientHigh(index),
        from.clientLow(index),
        from.clientPort(index),
        localHigh,
        localLow,
        id,
        tick);
    this.front = front;
    this.flows = flows;
    this.ipv6 = from.isIpv6(index);
    this.clientScope = from.clientScope(index);
    this.onePacket = flows.service.isOnePacket();
    this.pass = pass;
    this.connection = connection;
    this.server = port.pool().server(connection.address());
    this.port = port;
  }

  /** Who sends its datagrams, and gets the answers. */
  InetAddress senderAddress() {
    return Messages.address(ipv6, clientHigh, clientLow, clientScope, clientPort).getAddress();
  }

  /** Whether it is in the list of flows: not if it is one datagram's. */
  boolean isListed() {
    return !onePacket && flows.service.options().responses() != 0;
  }

  @Override
  String service() {
    return flows.service.assignment().service().name();
  }

  @Override
  InetSocketAddress client() {
    return front.client(this);
  }

  @Override
  InetSocketAddress local() {
    return front.local(this);
  }

  @Override
  Connection connection() {
    return connection;
  }

  @Override
  boolean isAnswered() {
    return answered;
  }
}
