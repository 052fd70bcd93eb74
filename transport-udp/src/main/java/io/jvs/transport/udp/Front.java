package io.jvs.transport.udp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A socket that clients send to, on one loop: it knows their flows, and answers go out through it,
 * so that they come from the virtual address. On its loop only.
 */
final class Front implements Entrance {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int ROUNDS = 4; // batches before it is the turn of others

  private final Listener listener;
  private final UdpLoop loop;
  private final DatagramSockets.Socket socket;
  private final InetSocketAddress address;
  private final boolean anyAddress;
  private final FlowTable<UdpFlow> flows = new FlowTable<>(ThreadLocalRandom.current().nextLong());

  private int present; // flows

  Front(Listener listener, UdpLoop loop, DatagramSockets.Socket socket) {
    this.listener = listener;
    this.loop = loop;
    this.socket = socket;
    this.address = socket.local();
    this.anyAddress = address.getAddress().isAnyLocalAddress();
  }

  @Override
  public UdpLoop loop() {
    return loop;
  }

  /** Datagrams of clients. */
  @Override
  public void readable() {
    Messages messages = loop.messages();
    for (int round = 0; round < ROUNDS; round++) {
      int count = socket.receive(messages);
      int at = 0;
      while (at < count) {
        at = ask(messages, at, count);
      }
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  /** Sends on the datagrams from {@code at} on that belong to one flow; returns the next one. */
  int ask(Messages messages, int at, int count) {
    Control control = loop.control();
    messages.readControl(at, control);
    long localHigh = anyAddress ? control.localHigh : 0;
    long localLow = anyAddress ? control.localLow : 0;
    UdpFlow flow =
        flows.find(
            messages.clientHigh(at),
            messages.clientLow(at),
            messages.clientPort(at),
            localHigh,
            localLow);
    if (flow == null) {
      flow = begin(at, control);
      if (flow == null) {
        return at + 1;
      }
    }
    ServerAddress server = flow.server;
    long bytes = 0;
    int datagrams = 0;
    int next = at;
    int out = 0;
    do {
      int length = messages.length(next);
      messages.send(out, next, server.ipv6, server.high, server.low, 0, server.port);
      control.hasLocal = false;
      if (!control.isPassedOn() || passOn(out, control, server.ipv6)) {
        out++;
        bytes += length;
        datagrams += control.datagrams(length);
      }
      next++;
      if (next < count && messages.sameClient(at, next)) {
        messages.readControl(next, control);
      }
    } while (next < count
        && !flow.onePacket
        && messages.sameClient(at, next)
        && (!anyAddress || (control.localHigh == localHigh && control.localLow == localLow)));
    if (out == 0) { // the time of all of them was over
      return next;
    }
    flow.port.send(messages, out);
    loop.asked(flow, datagrams, bytes, next - 1);
    return next;
  }

  private @Nullable UdpFlow begin(int index, Control control) {
    CarriedService service = listener.service();
    InetSocketAddress local = local(loop.messages().isIpv6(index), control);
    if (service == null || !service.isFor(local)) {
      loop.counts().refused.increment();
      return null;
    }
    if (!anyAddress) {
      control.localHigh = 0;
      control.localLow = 0;
    }
    UdpFlow flow = loop.begin(this, service, index, local, control);
    if (flow != null) {
      listener.flowBegan();
      present++;
      if (!flow.onePacket) {
        flows.add(flow);
      }
    }
    return flow;
  }

  /**
   * What the kernel has told about a datagram is true of the one that goes out as well.
   *
   * @return whether it may go out: as at a router, its time may be over
   */
  private boolean passOn(int out, Control control, boolean ipv6) {
    if (control.ttl == 1) {
      loop.counts().expired.increment();
      return false;
    }
    if (control.ttl != 0) {
      control.ttl--;
    }
    loop.messages().writeControl(out, control, ipv6);
    return true;
  }

  /** Sends on the answers from {@code from} to before {@code to}. */
  void answer(UdpFlow flow, Messages messages, int from, int to) {
    Control control = loop.control();
    long bytes = 0;
    int datagrams = 0;
    int out = 0;
    for (int i = from; i < to; i++) {
      int length = messages.length(i);
      messages.send(
          out, i, flow.ipv6, flow.clientHigh, flow.clientLow, flow.clientScope, flow.clientPort);
      messages.readControl(i, control);
      control.hasLocal = anyAddress;
      control.localHigh = flow.localHigh;
      control.localLow = flow.localLow;
      if ((!anyAddress && !control.isPassedOn()) || passOn(out, control, flow.ipv6)) {
        out++;
        bytes += length;
        datagrams += control.datagrams(length);
      }
    }
    loop.counts().unsent.add(out - socket.send(messages, out));
    loop.answered(flow, datagrams, bytes, from);
  }

  /** What has been sent to a client has not arrived: it has gone. Its flow ends by its timeout. */
  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {}

  void forget(UdpFlow flow) {
    if (!flow.onePacket) {
      flows.remove(flow);
    }
    present--;
    listener.flowEnded();
  }

  InetSocketAddress client(UdpFlow flow) {
    return Messages.address(
        flow.ipv6, flow.clientHigh, flow.clientLow, flow.clientScope, flow.clientPort);
  }

  InetSocketAddress local(UdpFlow flow) {
    return anyAddress
        ? Messages.address(flow.ipv6, flow.localHigh, flow.localLow, 0, address.getPort())
        : address;
  }

  private InetSocketAddress local(boolean ipv6, Control control) {
    return anyAddress && control.hasLocal
        ? Messages.address(ipv6, control.localHigh, control.localLow, 0, address.getPort())
        : address;
  }

  /** Whether no flow came in by it that goes on. */
  boolean isIdle() {
    return present == 0;
  }

  Listener listener() {
    return listener;
  }

  @Override
  public void adjust(UdpOptions from, UdpOptions to) {
    try {
      socket.adjust(from, to);
    } catch (IOException e) { // it has been tried on another socket
      LOG.log(Level.ERROR, "udp: " + address + " keeps options that it had before", e);
    }
  }

  @Override
  public void start() {
    try {
      socket.read(this);
    } catch (IOException e) { // epoll takes no more
      LOG.log(Level.ERROR, "udp: " + address + " cannot be read", e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
