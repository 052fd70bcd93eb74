package io.jvs.transport.udp;

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
final class Front implements Entrance {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int ROUNDS = 4; // batches before it is the turn of others

  private final Listener listener;
  private final UdpLoop loop;
  private final DatagramSockets.Socket socket;
  private final InetSocketAddress address;
  private final boolean anyAddress;
  private final FlowTable<UdpFlow> flows = new FlowTable<>(ThreadLocalRandom.current().nextLong());
  private final Introductions introductions;
  private final Naming naming;
  private final ServerAddress bits; // those of the address
  private int present; // flows

  Front(Listener listener, UdpLoop loop, DatagramSockets.Socket socket) {
    this.listener = listener;
    this.loop = loop;
    this.socket = socket;
    this.address = socket.local();
    this.bits = new ServerAddress(address);
    this.anyAddress = address.getAddress().isAnyLocalAddress();
    this.introductions = new Introductions(loop, this);
    this.naming = new Naming(listener, loop, this, introductions);
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
      askAll(messages, 0, count);
      loop.outbox().flush();
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  /**
   * Those from {@code from} to before {@code to} are to go out; {@link Outbox#flush} sends them.
   */
  void askAll(Messages messages, int from, int to) {
    CarriedService service = listener.service();
    boolean limited = service != null && service.limitsPackets();
    int at = from;
    while (at < to) {
      at =
          limited
              ? askWithinLimit(Objects.requireNonNull(service), messages, at, to)
              : ask(messages, at, to);
    }
  }

  /** Those from {@code at} on that belong to one flow are to go out; returns the next one. */
  private int ask(Messages messages, int at, int count) {
    Control control = loop.control();
    messages.readControl(at, control);
    long localHigh = anyAddress ? control.localHigh : 0;
    long localLow = anyAddress ? control.localLow : 0;
    UdpFlow flow = flows.find(messages, at, localHigh, localLow);
    if (flow == null) {
      if (naming.isNaming(messages, at, localHigh, localLow)) {
        naming.ask(messages, at, localHigh, localLow);
        return at + 1;
      }
      flow = begin(at, control, null);
      if (flow == null) {
        return at + 1;
      }
    }
    if (Introductions.isDue(flow, flow.flows.service.options().proxyTo())) {
      introductions.send(flow, messages, at);
      return at + 1;
    }
    ServerAddress server = flow.server;
    long bytes = 0;
    int datagrams = 0;
    int next = at;
    Outbox outbox = loop.outbox();
    DatagramSockets.Socket through = flow.port.socket();
    int most = Math.min(socket.mostJoined(), through.mostJoined());
    outbox.begin(through, loop.counts().toServers, most);
    boolean kept = loop.mayGoElsewhere(flow);
    do {
      int length = messages.length(next);
      if (loop.hop(control)) {
        control.hasLocal = false;
        outbox.add(next, control, server.ipv6, server.high, server.low, server.scope, server.port);
        bytes += length;
        datagrams += control.datagrams(length);
        if (kept) {
          loop.questions().asked(flow, next, control.segment, loop.now());
        }
      }
      next++;
      if (next < count && messages.sameClient(at, next)) {
        messages.readControl(next, control);
      }
    } while (next < count
        && !flow.onePacket
        && messages.sameClient(at, next)
        && (!anyAddress || (control.localHigh == localHigh && control.localLow == localLow)));
    if (datagrams > 0) {
      loop.asked(flow, datagrams, bytes, next - 1);
    }
    return next;
  }

  /**
   * As {@link #ask} for all those in a row of one client, as far as it may send so many. Who speaks
   * for others is not limited; those whom it names are.
   */
  private int askWithinLimit(CarriedService service, Messages messages, int at, int count) {
    UdpOptions options = service.options();
    if (!options.proxyFrom().isEmpty() && options.trusts(messages.client(at).getAddress())) {
      return ask(messages, at, count);
    }
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

  /**
   * A new flow for a datagram, or null.
   *
   * @param named whom its sender has named as the client, or null for the sender itself
   */
  @Nullable UdpFlow begin(int index, Control control, @Nullable Named named) {
    CarriedService service = listener.service();
    InetSocketAddress local = local(loop.messages().isIpv6(index), control);
    if (service == null || !service.isFor(local)) {
      loop.counts().drops.count(UdpDrop.NO_SERVICE);
      return null;
    }
    if (!anyAddress) {
      control.localHigh = 0;
      control.localLow = 0;
    }
    UdpFlow flow = loop.flows().begin(this, service, index, local, control, named);
    if (flow != null) {
      listener.flowBegan();
      present++;
      if (!flow.onePacket && named == null) {
        flows.add(flow);
      }
    }
    return flow;
  }

  /** The answers from {@code from} to before {@code to} are to go out. */
  void answer(UdpFlow flow, Messages messages, int from, int to) {
    Control control = loop.control();
    QuicIds quicIds = flow.quicIds;
    long bytes = 0;
    int datagrams = 0;
    Outbox outbox = loop.outbox();
    outbox.begin(socket, loop.counts().toClients, socket.mostJoined());
    for (int i = from; i < to; i++) {
      int length = messages.length(i);
      messages.readControl(i, control);
      if (loop.hop(control)) {
        control.hasLocal = anyAddress;
        control.localHigh = flow.localHigh;
        control.localLow = flow.localLow;
        outbox.add(
            i,
            control,
            flow.ipv6,
            flow.clientHigh,
            flow.clientLow,
            flow.clientDevice,
            flow.clientPort);
        bytes += length;
        datagrams += control.datagrams(length);
        Owed owed = flow.owed;
        if (owed != null) {
          loop.questions().answered(owed, i, control.segment, loop.now());
        }
      }
      if (quicIds != null) {
        quicIds.answered(messages, i, control.segment, flow.connection.server().address());
      }
    }
    if (datagrams > 0) {
      loop.answered(flow, datagrams, bytes, from);
    }
  }

  /** No real server takes what this client has sent here: it is told so. */
  void tellUnreachable(boolean ipv6, FlowKey client) {
    loop.tellUnreachable(
        ipv6,
        client,
        anyAddress ? client.localHigh : bits.high,
        anyAddress ? client.localLow : bits.low,
        bits.port);
  }

  /** What has been sent to a client has not arrived: it has gone. Its flow ends by its timeout. */
  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {}

  @Override
  public void overflowed(int datagrams) {
    loop.counts().drops.count(UdpDrop.CLIENT_QUEUE_FULL, datagrams, address);
  }

  void forget(UdpFlow flow) {
    if (flow.named != null) {
      naming.forget(flow.named);
    } else if (!flow.onePacket) {
      flows.remove(flow);
    }
    present--;
    listener.flowEnded();
  }

  InetSocketAddress address() {
    return address;
  }

  /** The address as bits. */
  ServerAddress bits() {
    return bits;
  }

  /** Whether its socket takes what is sent to any address of this machine. */
  boolean isForAnyAddress() {
    return anyAddress;
  }

  /** Where its datagrams come in. */
  InetSocketAddress local(UdpFlow flow) {
    return anyAddress
        ? SocketAddressMemory.of(flow.ipv6, flow.localHigh, flow.localLow, 0, address.getPort())
        : address;
  }

  /** Where a datagram came in. */
  InetSocketAddress local(boolean ipv6, Control control) {
    return anyAddress && control.hasLocal
        ? SocketAddressMemory.of(ipv6, control.localHigh, control.localLow, 0, address.getPort())
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
    if (!from.proxyFrom().equals(to.proxyFrom())) { // whose flows are whose is another matter now
      loop.endIf(
          flow ->
              flow.front == this && (flow.named != null) != to.trusts(flow.sender().getAddress()),
          "other senders are trusted to name clients");
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
