package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
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

  private final FlowTable<Sender> senders = new FlowTable<>(ThreadLocalRandom.current().nextLong());
  private final ServerAddress bits; // those of the address
  private int present; // flows

  Front(Listener listener, UdpLoop loop, DatagramSockets.Socket socket) {
    this.listener = listener;
    this.loop = loop;
    this.socket = socket;
    this.address = socket.local();
    this.bits = new ServerAddress(address);
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
    UdpFlow flow =
        flows.find(
            messages.clientHigh(at),
            messages.clientLow(at),
            messages.clientPort(at),
            localHigh,
            localLow);
    if (flow == null) {
      if (isNaming(messages, at, localHigh, localLow)) {
        askForOther(messages, at, localHigh, localLow);
        return at + 1;
      }
      flow = begin(at, control, null);
      if (flow == null) {
        return at + 1;
      }
    }
    ProxyTo proxyTo = flow.flows.service.options().proxyTo();
    if (proxyTo == ProxyTo.EVERY || (proxyTo == ProxyTo.FIRST && !flow.introduced)) {
      introduce(flow, messages, at, proxyTo);
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
    do {
      int length = messages.length(next);
      if (mayGoOn(control)) {
        control.hasLocal = false;
        outbox.add(next, control, server.ipv6, server.high, server.low, 0, server.port);
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

  private @Nullable UdpFlow begin(int index, Control control, @Nullable Named named) {
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
    UdpFlow flow = loop.begin(this, service, index, local, control, named);
    if (flow != null) {
      listener.flowBegan();
      present++;
      if (!flow.onePacket && named == null) {
        flows.add(flow);
      }
    }
    return flow;
  }

  // PROXY headers.

  /** Whether the sender of a datagram of no plain flow is trusted to say whose it is. */
  private boolean isNaming(Messages messages, int at, long localHigh, long localLow) {
    if (senders.size() > 0 && sender(messages, at, localHigh, localLow) != null) {
      return true;
    }
    CarriedService service = listener.service();
    return service != null
        && !service.options().proxyFrom().isEmpty()
        && service.options().trusts(messages.client(at).getAddress());
  }

  private @Nullable Sender sender(Messages messages, int at, long localHigh, long localLow) {
    return senders.find(
        messages.clientHigh(at),
        messages.clientLow(at),
        messages.clientPort(at),
        localHigh,
        localLow);
  }

  /** Sends on the datagram of a sender that speaks for others. */
  private void askForOther(Messages messages, int at, long localHigh, long localLow) {
    PreambleReader preamble = loop.preamble();
    Sender sender = sender(messages, at, localHigh, localLow);
    int bytes = preamble.read(messages, at);
    if (bytes == PreambleReader.UNUSUAL) {
      bytes = preamble.readUnusual(messages, at, local(messages.isIpv6(at), loop.control()));
    }
    UdpFlow flow = null;
    if (bytes > 0 && !mayName(preamble)) {
      return;
    }
    if (bytes > 0) {
      messages.strip(at, bytes);
      flow = sender == null ? null : sender.find(preamble);
      if (flow == null) {
        flow = beginFor(new Named(preamble), sender, messages, at, localHigh, localLow);
      }
    } else if (preamble.refusal == null && sender != null) {
      flow = sender.latest();
    }
    if (flow != null) {
      introduce(flow, messages, at, flow.flows.service.options().proxyTo());
    } else if (bytes == 0) {
      refuseStart(messages, at, preamble.refusal);
    }
  }

  /** Whether the client that is named may send one more. */
  private boolean mayName(PreambleReader client) {
    CarriedService service = listener.service();
    if (service == null
        || !service.limitsPackets()
        || service.packets(client.ipv6, client.clientHigh, client.clientLow, 1) == 1) {
      return true;
    }
    loop.counts().drops.count(UdpDrop.TOO_MANY_PACKETS);
    return false;
  }

  private @Nullable UdpFlow beginFor(
      Named named,
      @Nullable Sender known,
      Messages messages,
      int at,
      long localHigh,
      long localLow) {
    UdpFlow begun = begin(at, loop.control(), named);
    if (begun instanceof NamedFlow flow && !flow.onePacket) {
      // Making room for it may have ended the sender's last flow, and the sender with it.
      Sender sender = known == null ? null : sender(messages, at, localHigh, localLow);
      if (sender == null) {
        sender =
            new Sender(
                messages.clientHigh(at),
                messages.clientLow(at),
                messages.clientPort(at),
                localHigh,
                localLow);
        senders.add(sender);
      }
      sender.add(flow);
    }
    return begun;
  }

  private void refuseStart(Messages messages, int at, @Nullable String refusal) {
    loop.counts().drops.count(UdpDrop.REFUSED);
    CarriedService service = listener.service();
    if (service != null) {
      service.refuseStart(
          SocketAddresses.format(messages.client(at))
              + ": "
              + (refusal == null
                  ? "no PROXY header of version 2, though it is to name the client"
                  : refusal));
    }
  }

  /**
   * Sends on one datagram, or each one of a train, behind a header if that is due. One that would
   * be too long with it is dropped: without it, it would be somebody else's.
   */
  private void introduce(UdpFlow flow, Messages messages, int at, ProxyTo proxyTo) {
    Control control = loop.control();
    messages.readControl(at, control);
    control.hasLocal = false;
    int preamble = proxyTo == ProxyTo.NONE ? 0 : preamble(flow, messages);
    int most = flow.server.ipv6 ? Messages.MOST6 : Messages.MOST4;
    int length = messages.length(at);
    int segment = control.segment == 0 ? Math.max(1, length) : control.segment;
    int datagrams = control.datagrams(length);
    if (!mayGoOn(control)) {
      return;
    }
    Outbox outbox = loop.outbox();
    outbox.flush(); // there is one preamble at a time
    outbox.begin(flow.port.socket(), loop.counts().toServers, 0);
    boolean dropped = false;
    int offset = 0;
    do {
      boolean due = proxyTo == ProxyTo.EVERY || (proxyTo == ProxyTo.FIRST && !flow.introduced);
      int part = due ? Math.min(segment, length - offset) : length - offset;
      control.segment = part > segment ? segment : 0;
      if (due && preamble + part > most) {
        loop.counts().drops.count(UdpDrop.TOO_LONG, 1, address);
        dropped = true;
      } else if (due) {
        outbox.addPart(at, offset, part, control, flow.server, preamble);
        flow.introduced = true;
      } else {
        outbox.addPart(at, offset, part, control, flow.server);
      }
      offset += part;
    } while (offset < length);
    outbox.flush();
    if (!dropped) {
      loop.asked(flow, datagrams, length, at);
    }
  }

  private int preamble(UdpFlow flow, Messages messages) {
    if (flow instanceof NamedFlow other) {
      Named named = other.named;
      return messages.preamble(
          named.ipv6,
          named.clientHigh,
          named.clientLow,
          named.clientPort,
          named.askedHigh,
          named.askedLow,
          named.askedPort);
    }
    return messages.preamble(
        flow.ipv6,
        flow.clientHigh,
        flow.clientLow,
        flow.clientPort,
        anyAddress ? flow.localHigh : bits.high,
        anyAddress ? flow.localLow : bits.low,
        bits.port);
  }

  /** As at a router, the time of a datagram may be over; then it is counted as dropped. */
  private boolean mayGoOn(Control control) {
    if (control.ttl == 1) {
      loop.counts().drops.count(UdpDrop.EXPIRED);
      return false;
    }
    if (control.ttl != 0) { // 0: nobody asked
      control.ttl--;
    }
    return true;
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
      if (mayGoOn(control)) {
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
      if (quicIds != null) {
        quicIds.answered(messages, i, control.segment, flow.connection.server().address());
      }
    }
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

  void forget(UdpFlow flow) {
    if (flow instanceof NamedFlow named) {
      forget(named.sender, named);
    } else if (!flow.onePacket) {
      flows.remove(flow);
    }
    present--;
    listener.flowEnded();
  }

  private void forget(@Nullable Sender sender, NamedFlow flow) {
    if (sender != null && sender.remove(flow)) {
      senders.remove(sender);
    }
  }

  /** Whose flow it is, which may be another than whom answers go to. */
  InetSocketAddress client(UdpFlow flow) {
    if (flow instanceof NamedFlow named) {
      return named.named.client();
    }
    return Messages.address(
        flow.ipv6, flow.clientHigh, flow.clientLow, flow.clientScope, flow.clientPort);
  }

  /** Where the client has asked, as far as is known. */
  InetSocketAddress asked(UdpFlow flow) {
    return flow instanceof NamedFlow named ? named.named.asked() : local(flow);
  }

  /** Where it came in. */
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
    if (!from.proxyFrom().equals(to.proxyFrom())) { // whose flows are whose is another matter now
      loop.endIf(
          flow ->
              flow.front == this && flow instanceof NamedFlow != to.trusts(flow.senderAddress()),
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
