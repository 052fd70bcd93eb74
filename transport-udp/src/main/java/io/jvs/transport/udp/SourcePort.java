package io.jvs.transport.udp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A socket from which real servers are asked: a port of ours that each server knows at most one
 * client by, so that its answers find back. Several servers share one, which keeps the number of
 * descriptors below that of flows. On its loop only.
 */
final class SourcePort implements DatagramSockets.Reader {
  /** Flows of one port, each of another server; they are looked through one by one. */
  static final int MOST = 16;

  private static final int ROUNDS = 4; // batches before it is the turn of others

  private final UdpLoop loop;
  private final PortPool pool;
  private final boolean ofOneFlow;
  private final DatagramSockets.Socket socket;
  private @Nullable UdpFlow[] flows = new UdpFlow[1];
  private int size;
  private long lastUsed;
  private boolean closed;

  /**
   * @param ofOneFlow whether it has the address of a flow's client, and ends with the flow
   */
  SourcePort(UdpLoop loop, PortPool pool, DatagramSockets.Socket socket, boolean ofOneFlow) {
    this.loop = loop;
    this.pool = pool;
    this.socket = socket;
    this.ofOneFlow = ofOneFlow;
  }

  PortPool pool() {
    return pool;
  }

  boolean ofOneFlow() {
    return ofOneFlow;
  }

  boolean isFull() {
    return size == MOST;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The tick at which a flow began or ended here. */
  long lastUsed() {
    return lastUsed;
  }

  boolean isClosed() {
    return closed;
  }

  void add(UdpFlow flow) {
    lastUsed = loop.now();
    if (size == flows.length) {
      flows = Arrays.copyOf(flows, 2 * size);
    }
    flows[size++] = flow;
  }

  /** Whether it was there. */
  boolean remove(UdpFlow flow) {
    lastUsed = loop.now();
    for (int i = 0; i < size; i++) {
      if (flows[i] == flow) {
        flows[i] = flows[--size];
        flows[size] = null;
        return true;
      }
    }
    return false;
  }

  private @Nullable UdpFlow find(boolean ipv6, long high, long low, int port) {
    for (int i = 0; i < size; i++) {
      UdpFlow flow = flows[i];
      if (flow != null && flow.server.is(ipv6, high, low, port)) {
        return flow;
      }
    }
    return null;
  }

  DatagramSockets.Socket socket() {
    return socket;
  }

  /** Answers of servers. */
  @Override
  public void readable() {
    Messages messages = loop.messages();
    for (int round = 0; round < ROUNDS; round++) {
      int count = socket.receive(messages);
      int at = 0;
      while (at < count) {
        UdpFlow flow =
            find(
                messages.isIpv6(at),
                messages.clientHigh(at),
                messages.clientLow(at),
                messages.clientPort(at));
        if (flow == null) { // a train of a server that nobody asks counts once
          loop.counts().drops.count(UdpDrop.STRAY);
          at++;
        } else {
          int end = at + 1;
          while (end < count && messages.sameClient(at, end)) {
            end++;
          }
          flow.front.answer(flow, messages, at, end);
          at = end;
        }
      }
      loop.outbox().flush();
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {
    UdpFlow flow = find(ipv6, high, low, port);
    if (flow != null) {
      loop.undelivered(flow, errno);
    } else if (errno == Errors.EMSGSIZE) {
      loop.counts().toServers.count(1, errno, socket.local());
    }
  }

  @Override
  public boolean unroutable(boolean ipv6, long high, long low, int port, int errno) {
    UdpFlow flow = find(ipv6, high, low, port);
    if (flow == null) { // it was over with its last datagram, or is with another server by now
      return false;
    }
    loop.undelivered(flow, errno);
    return true;
  }

  @Override
  public void overflowed(int datagrams) {
    loop.counts().drops.count(UdpDrop.SERVER_QUEUE_FULL, datagrams, socket.local());
  }

  void close() {
    closed = true;
    socket.close();
  }
}
