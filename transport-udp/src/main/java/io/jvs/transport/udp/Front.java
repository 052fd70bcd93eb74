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
final class Front implements DatagramSockets.Reader {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int ROUNDS = 4; // batches before it is the turn of others

  private final Listener listener;
  private final UdpLoop loop;
  private final DatagramSockets.Socket socket;
  private final InetSocketAddress address;
  private final boolean anyAddress;
  private final FlowTable<UdpFlow> flows = new FlowTable<>(ThreadLocalRandom.current().nextLong());

  Front(Listener listener, UdpLoop loop, DatagramSockets.Socket socket) {
    this.listener = listener;
    this.loop = loop;
    this.socket = socket;
    this.address = socket.local();
    this.anyAddress = address.getAddress().isAnyLocalAddress();
  }

  UdpLoop loop() {
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
      loop.outbox().flush();
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  /** Those from {@code at} on that belong to one flow are to go out; returns the next one. */
  private int ask(Messages messages, int at, int count) {
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
    Outbox outbox = loop.outbox();
    DatagramSockets.Socket through = flow.port.socket();
    outbox.begin(through, Math.min(socket.mostJoined(), through.mostJoined()));
    do {
      int length = messages.length(next);
      control.hasLocal = false;
      outbox.add(next, control, server.ipv6, server.high, server.low, 0, server.port);
      bytes += length;
      datagrams += control.datagrams(length);
      next++;
      if (next < count && messages.sameClient(at, next)) {
        messages.readControl(next, control);
      }
    } while (next < count
        && !flow.onePacket
        && messages.sameClient(at, next)
        && (!anyAddress || (control.localHigh == localHigh && control.localLow == localLow)));
    loop.asked(flow, datagrams, bytes, next - 1);
    return next;
  }

  private @Nullable UdpFlow begin(int index, Control control) {
    CarriedService service = listener.service();
    if (service == null) {
      loop.counts().refused.increment();
      return null;
    }
    if (!anyAddress) {
      control.localHigh = 0;
      control.localLow = 0;
    }
    UdpFlow flow = loop.begin(this, service, index, local(control), control);
    if (flow != null) {
      listener.flowBegan();
      if (!flow.onePacket) {
        flows.add(flow);
      }
    }
    return flow;
  }

  /** The answers from {@code from} to before {@code to} are to go out. */
  void answer(UdpFlow flow, Messages messages, int from, int to) {
    Control control = loop.control();
    long bytes = 0;
    int datagrams = 0;
    Outbox outbox = loop.outbox();
    outbox.begin(socket, socket.mostJoined());
    for (int i = from; i < to; i++) {
      int length = messages.length(i);
      messages.readControl(i, control);
      control.hasLocal = anyAddress;
      control.localHigh = flow.localHigh;
      control.localLow = flow.localLow;
      outbox.add(
          i,
          control,
          flow.ipv6,
          flow.clientHigh,
          flow.clientLow,
          flow.clientScope,
          flow.clientPort);
      bytes += length;
      datagrams += control.datagrams(length);
    }
    loop.answered(flow, datagrams, bytes, from);
  }

  /** What has been sent to a client has not arrived: it has gone. Its flow ends by its timeout. */
  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {}

  void forget(UdpFlow flow) {
    if (!flow.onePacket) {
      flows.remove(flow);
    }
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

  private InetSocketAddress local(Control control) {
    return anyAddress && control.hasLocal
        ? Messages.address(
            address.getAddress().getAddress().length == 16,
            control.localHigh,
            control.localLow,
            0,
            address.getPort())
        : address;
  }

  void start() {
    try {
      socket.read(this);
    } catch (IOException e) { // epoll takes no more
      LOG.log(Level.ERROR, "udp: " + address + " cannot be read", e);
    }
  }

  void close() {
    socket.close();
  }
}
