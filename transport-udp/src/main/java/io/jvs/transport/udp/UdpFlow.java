package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.transport.Pass;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client at a virtual address, and the real server that it talks to. On its loop only. Its fields
 * are plain, because a hundred thousand of them must be small.
 */
final class UdpFlow extends FlowCourse {
  final Front front;
  final ServiceFlows flows;
  final boolean ipv6;
  final boolean onePacket;

  final Pass pass;
  Connection connection;
  ServerAddress server;
  SourcePort port;

  @Nullable QuicIds quicIds; // if the service goes by connection ids
  @Nullable Owed owed; // by the server, as far as it may be asked of another one
  boolean asked;
  boolean answered;
  boolean ended;
  boolean introduced; // whether its server has had a PROXY header
  final @Nullable Named named; // whom its sender has named as the client
  int expected; // answers that are still to come, if their number is known
  @Nullable UdpFlow older; // in the order of lastMove, within its service and loop
  @Nullable UdpFlow newer;

  /**
   * @param index of the datagram that it begins with
   * @param at where that came in
   */
  UdpFlow(
      long id,
      Front front,
      ServiceFlows flows,
      int index,
      Control at,
      @Nullable Named named,
      Pass pass,
      Connection connection,
      SourcePort port) {
    super(front.loop(), index, at, id);
    Messages from = front.loop().messages();
    this.front = front;
    this.flows = flows;
    this.ipv6 = from.isIpv6(index);
    this.named = named;
    this.onePacket = flows.service.isOnePacket();
    this.pass = pass;
    this.connection = connection;
    this.server = port.pool().server(connection.address());
    this.port = port;
  }

  /** Who sends its datagrams, and gets the answers. */
  InetSocketAddress sender() {
    return SocketAddressMemory.of(ipv6, clientHigh, clientLow, clientDevice, clientPort);
  }

  /** Whether it is in the list of flows: not if it is one datagram's. */
  boolean isListed() {
    return !onePacket && flows.service.options().responses() != 0;
  }

  @Override
  String service() {
    return flows.service.assignment().service().name();
  }

  /** Whose it is, which may be another than whom answers go to. */
  @Override
  InetSocketAddress client() {
    return named == null ? sender() : named.client();
  }

  /** Where that one has asked, as far as is known. */
  InetSocketAddress asked() {
    return named == null ? local() : named.asked();
  }

  /** Where it came in. */
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

  /** Takes its place at its port. */
  void occupy() {
    port.pool().occupy(port, this, server);
  }

  /**
   * Gives back its port, unless it has done so.
   *
   * @param settled whether no answers are owed any more, so that the port may be used at once
   */
  void vacate(boolean settled) {
    port.pool().vacate(port, this, server, settled);
  }
}
