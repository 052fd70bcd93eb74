package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Objects;
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
      CarriedService service = listener.service();
      boolean limited = service != null && service.limitsPackets();
      while (at < count) {
        at =
            limited
                ? askWithinLimit(Objects.requireNonNull(service), messages, at, count)
                : ask(messages, at, count);
      }
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  /** Sends on the datagrams from {@code at} on that belong to one flow; returns the next one. */
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
    int out = 0;
    do {
      int length = messages.length(next);
      messages.send(out, next, server.ipv6, server.high, server.low, 0, server.port);
      control.hasLocal = false;
      if (control.segment > 0 || control.tos != 0) {
        messages.writeControl(out, control, server.ipv6);
      }
      out++;
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
    flow.port.send(messages, out);
    loop.asked(flow, datagrams, bytes, next - 1);
    return next;
  }

  /** As {@link #ask} for all those in a row of one client, as far as it may send so many. */
  private int askWithinLimit(CarriedService service, Messages messages, int at, int count) {
    Control control = loop.control();
    int end = at;
    int wanted = 0;
    do {
      messages.readControl(end, control);
      wanted += control.datagrams(messages.length(end));
      end++;
    } while (end < count && messages.sameClient(at, end));
    int allowed =
        service.packets(
            messages.isIpv6(at), messages.clientHigh(at), messages.clientLow(at), wanted);
    int to = end;
    if (allowed < wanted) {
      loop.counts().drops.count(UdpDrop.TOO_MANY_PACKETS, wanted - allowed, address);
      to = cut(messages, at, allowed);
    }
    int next = at;
    while (next < to) {
      next = ask(messages, next, to);
    }
    return end;
  }

  /** Leaves so many datagrams, and the first ones of a train. Returns the message after them. */
  private int cut(Messages messages, int at, int allowed) {
    Control control = loop.control();
    int left = allowed;
    int next = at;
    while (left > 0) {
      messages.readControl(next, control);
      int datagrams = control.datagrams(messages.length(next));
      if (datagrams > left) {
        messages.shorten(next, left * control.segment);
      }
      left -= datagrams;
      next++;
    }
    return next;
  }

  private @Nullable UdpFlow begin(int index, Control control) {
    CarriedService service = listener.service();
    if (service == null) {
      loop.counts().drops.count(UdpDrop.NO_SERVICE);
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

  /** Sends on the answers from {@code from} to before {@code to}. */
  void answer(UdpFlow flow, Messages messages, int from, int to) {
    Control control = loop.control();
    QuicIds quicIds = flow.quicIds;
    long bytes = 0;
    int datagrams = 0;
    for (int i = from; i < to; i++) {
      int length = messages.length(i);
      messages.send(
          i - from,
          i,
          flow.ipv6,
          flow.clientHigh,
          flow.clientLow,
          flow.clientScope,
          flow.clientPort);
      messages.readControl(i, control);
      control.hasLocal = anyAddress;
      control.localHigh = flow.localHigh;
      control.localLow = flow.localLow;
      if (anyAddress || control.segment > 0 || control.tos != 0) {
        messages.writeControl(i - from, control, flow.ipv6);
      }
      if (quicIds != null) {
        quicIds.answered(messages, i, control.segment, flow.connection.server().address());
      }
      bytes += length;
      datagrams += control.datagrams(length);
    }
    socket.send(messages, to - from, loop.counts().toClients);
    loop.answered(flow, datagrams, bytes, from);
  }

  /** What has been sent to a client has not arrived: it has gone. Its flow ends by its timeout. */
  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {}

  @Override
  public void overflowed(int datagrams) {
    loop.counts()
        .drops
        .count(UdpDrop.CLIENT_QUEUE_FULL, datagrams, SocketAddresses.format(address));
  }

  /** Goes by those options from now on, as far as a socket can. */
  void adjust(UdpOptions options) {
    socket.adjust(options);
  }

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
