package io.jvs.transport.udp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one socket to which TPROXY sends what was sent to many addresses and ports. Answers must
 * leave from those, so each has a {@link Front} of its own, whose socket is bound there although
 * this machine has not got the address. It is read too: a rule of the firewall for packets that
 * have a transparent socket finds it. Fronts that nobody uses are closed after a while.
 *
 * <p>All on one loop, since such a rule knows no loops: two sockets at the same address would get
 * each other's clients.
 */
final class TproxyEntrance implements Entrance {
  /** Addresses and ports in use at a time; each is a socket. */
  static final int MOST = 1024;

  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int ROUNDS = 4; // batches before it is the turn of others
  private static final long SWEEP_SECONDS = 2;

  private final Listener listener;
  private final UdpLoop loop;
  private final DatagramSockets.Socket socket;
  private final Control control = new Control();
  private final FlowTable<Target> targets = new FlowTable<>(ThreadLocalRandom.current().nextLong());
  private final List<Target> all = new ArrayList<>();
  private final Runnable sweep = this::sweep;
  private UdpOptions options;
  private boolean sweeping;
  private boolean closed;

  /** An address and port that clients send to, and the socket there. */
  private static final class Target extends FlowKey {
    final Front front;
    boolean used = true; // since the last sweep

    Target(Control from, Front front) {
      super(from.localHigh, from.localLow, from.localPort, 0, 0);
      this.front = front;
    }
  }

  TproxyEntrance(
      Listener listener, UdpLoop loop, DatagramSockets.Socket socket, UdpOptions options) {
    this.listener = listener;
    this.loop = loop;
    this.socket = socket;
    this.options = options;
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
        messages.readControl(at, control);
        Front front = front(messages.isIpv6(at));
        int end = endOfTarget(messages, at, count);
        if (front != null) {
          front.askAll(messages, at, end);
        }
        at = end;
      }
      loop.outbox().flush();
      if (count < Messages.MAX) {
        return;
      }
    }
  }

  /** The first datagram from {@code at} on that was sent elsewhere. */
  private int endOfTarget(Messages messages, int at, int count) {
    long high = control.localHigh;
    long low = control.localLow;
    int port = control.localPort;
    int next = at + 1;
    while (next < count) {
      messages.readControl(next, control);
      if (control.localLow != low || control.localPort != port || control.localHigh != high) {
        return next;
      }
      next++;
    }
    return next;
  }

  /** For what {@code control} says; null if its datagrams are to be dropped, which is counted. */
  private @Nullable Front front(boolean ipv6) {
    Target known = targets.find(control.localHigh, control.localLow, control.localPort, 0, 0);
    if (known != null) {
      known.used = true;
      return known.front;
    }
    CarriedService service = listener.service();
    InetSocketAddress local =
        SocketAddressMemory.of(ipv6, control.localHigh, control.localLow, 0, control.localPort);
    if (service == null || !service.isFor(local)) {
      loop.counts().drops.count(UdpDrop.NO_SERVICE);
      return null;
    }
    if (all.size() == MOST && !closeOneThatIsIdle()) {
      loop.counts().drops.count(UdpDrop.NO_ADDRESS_SOCKET, 1, local);
      return null;
    }
    try {
      DatagramSockets.Socket own = loop.sockets().listen(local, false, ofTarget(options));
      Target opened = new Target(control, new Front(listener, loop, own));
      opened.front.start();
      targets.add(opened);
      all.add(opened);
      startSweeping();
      return opened.front;
    } catch (IOException e) { // another program has it, or there are no descriptors
      LOG.log(Level.DEBUG, "udp: " + local + " cannot be answered from", e);
      loop.counts().drops.count(UdpDrop.NO_ADDRESS_SOCKET, 1, local);
      return null;
    }
  }

  /** Its socket is at the address itself. */
  private static UdpOptions ofTarget(UdpOptions options) {
    UdpOptions.Listening of = options.listening();
    return options.withListening(
        new UdpOptions.Listening(of.device(), false, of.receiveBuffer(), true, 0));
  }

  private boolean closeOneThatIsIdle() {
    for (Target target : all) {
      if (target.front.isIdle()) {
        forget(target);
        all.remove(target);
        return true;
      }
    }
    return false;
  }

  private void forget(Target target) {
    targets.remove(target);
    target.front.close();
  }

  private void startSweeping() {
    if (!sweeping) {
      sweeping = true;
      var unused = loop.sockets().executor().schedule(sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    all.removeIf(
        target -> {
          boolean idle = !target.used && target.front.isIdle();
          if (idle) {
            forget(target);
          }
          target.used = false;
          return idle;
        });
    if (!all.isEmpty() && !closed) {
      startSweeping();
    }
  }

  /** How many addresses and ports have a socket. */
  int targets() {
    return all.size();
  }

  /** Nothing is ever sent from here. */
  @Override
  public void undelivered(boolean ipv6, long high, long low, int port, int errno) {}

  @Override
  public void overflowed(int datagrams) {
    loop.counts().drops.count(UdpDrop.CLIENT_QUEUE_FULL, datagrams, socket.local());
  }

  @Override
  public void start() {
    try {
      socket.read(this);
    } catch (IOException e) { // epoll takes no more
      LOG.log(Level.ERROR, "udp: " + socket.local() + " cannot be read", e);
    }
  }

  @Override
  public void adjust(UdpOptions from, UdpOptions to) {
    options = to;
    try {
      socket.adjust(from, to);
    } catch (IOException e) { // it has been tried on another socket
      LOG.log(Level.ERROR, "udp: " + socket.local() + " keeps options that it had before", e);
    }
    all.forEach(target -> target.front.adjust(ofTarget(from), ofTarget(to)));
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
    all.forEach(this::forget);
    all.clear();
  }
}
