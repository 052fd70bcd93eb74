package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.LiveConnection;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One event loop: its flows, what they use together, and their time. A client's datagrams always
 * come to the same loop, so nothing here is shared. On the loop only, unless it says otherwise.
 */
final class UdpLoop {
  /** Clients told in a tick that nobody is there: 1000 in a second, as Linux does (icmp(7)). */
  private static final int MOST_TOLD = 100;

  private final DatagramSockets sockets;
  private final Counts counts;
  private final int maxPorts;
  private final Messages messages = new Messages();
  private final Control control = new Control();
  private final Outbox outbox = new Outbox(messages);
  private final PreambleReader preamble = new PreambleReader();
  private final Map<PortPool.Kind, PortPool> pools = new HashMap<>();
  private final Questions questions = new Questions(messages);
  private final LoopFlows flows;
  private final SecondTries secondTries;
  private final TickClock clock;
  private final Runnable tick = this::tick;
  private boolean ticking;
  private boolean draining;
  private long now; // in ticks; stands still while there are no flows
  private int openPorts;
  private long toldTick;
  private int told; // in that tick

  UdpLoop(
      DatagramSockets sockets,
      Counts counts,
      FlowListener listener,
      TickClock clock,
      int maxFlows,
      int maxPorts) {
    this.sockets = sockets;
    this.counts = counts;
    this.clock = clock;
    this.maxPorts = maxPorts;
    this.flows = new LoopFlows(this, listener, maxFlows, pools.values());
    this.secondTries = new SecondTries(this, flows);
  }

  DatagramSockets sockets() {
    return sockets;
  }

  Counts counts() {
    return counts;
  }

  Messages messages() {
    return messages;
  }

  Control control() {
    return control;
  }

  Outbox outbox() {
    return outbox;
  }

  PreambleReader preamble() {
    return preamble;
  }

  LoopFlows flows() {
    return flows;
  }

  Questions questions() {
    return questions;
  }

  void execute(Runnable task) {
    sockets.executor().execute(task);
  }

  // Datagrams.

  /**
   * Whether a datagram may go on. As at a router, its time may be over; then it is counted as
   * dropped.
   *
   * @param datagram changed to what it goes on with
   */
  boolean hop(Control datagram) {
    if (datagram.ttl == 1) {
      counts.drops.count(UdpDrop.EXPIRED);
      return false;
    }
    if (datagram.ttl != 0) { // 0: nobody asked
      datagram.ttl--;
    }
    return true;
  }

  /** Whether what a flow asks may yet be asked of another server; {@link #questions} keep it. */
  boolean mayGoElsewhere(UdpFlow flow) {
    int responses = flow.flows.service.options().responses();
    return (responses > 0 || (responses < 0 && !flow.answered))
        && (flow.quicIds == null || !flow.quicIds.goesOn());
  }

  /** The client has sent datagrams, which are about to go to the server. */
  void asked(UdpFlow flow, int datagrams, long bytes, int lastIndex) {
    touch(flow);
    flow.asked = true;
    flow.countAsked(bytes);
    flow.connection.countBytes(bytes, 0);
    int responses = flow.flows.service.options().responses();
    if (responses > 0) {
      flow.expected =
          (int) Math.min(Integer.MAX_VALUE, flow.expected + (long) responses * datagrams);
    }
    QuicIds quicIds = flow.quicIds;
    if (quicIds != null && quicIds.looks(now)) {
      quicIds.asked(messages.payload(lastIndex), flow.connection.server().address(), now);
    }
    if (responses == 0) {
      flows.end(flow, Ending.ANSWERED, true); // nothing will come back
    } else if (flow.onePacket) {
      flow.connection.countNoMore(); // what is left finds the way for its answers
    }
  }

  /** The server has sent datagrams, which are about to go to the client. */
  void answered(UdpFlow flow, int datagrams, long bytes, int firstIndex) {
    touch(flow);
    if (!flow.answered) {
      flows.becomesAnswered(flow);
      flow.hasAnswered(flow.connection);
      if (flow.connection.readsAnswers()) {
        flow.connection.answered(messages.payload(firstIndex));
      } else {
        flow.connection.answered();
      }
    }
    flow.countAnswered(bytes);
    flow.connection.countBytes(0, bytes);
    if (flow.expected > 0) {
      flow.expected -= datagrams;
      if (flow.expected <= 0) {
        flows.end(flow, Ending.ANSWERED, true);
      }
    }
  }

  /** Something of it has gone through. */
  void touch(UdpFlow flow) {
    if (flow.lastMove() != now) { // within one tick the order does not matter
      flow.moved(now);
      flow.flows.moved(flow);
    }
  }

  /** An ICMP error has come for what was sent to its server. */
  void undelivered(UdpFlow flow, int errno) {
    secondTries.undelivered(flow, errno);
  }

  // Ports.

  /** The ports of this kind. */
  PortPool pool(PortPool.Kind kind) {
    return pools.computeIfAbsent(kind, each -> new PortPool(this, each));
  }

  boolean mayOpenPort() {
    return openPorts < maxPorts;
  }

  void portOpened() {
    openPorts++;
    counts.sourcePorts.incrementAndGet();
  }

  void portClosed() {
    openPorts--;
    counts.sourcePorts.decrementAndGet();
  }

  /** There was none for it. */
  void noPort(Connection connection) {
    counts.drops.count(UdpDrop.NO_SOURCE_PORT, 1, connection.server().name());
    connection.abandon();
  }

  // Time.

  TickClock clock() {
    return clock;
  }

  /**
   * Nobody takes what a client has sent to this address, which it is told, if not too many have
   * been in this moment.
   */
  void tellUnreachable(boolean ipv6, FlowKey client, long high, long low, int port) {
    long tick = clock.now(); // there may be no flows
    if (tick != toldTick) {
      toldTick = tick;
      told = 0;
    }
    if (told < MOST_TOLD && sockets.tellUnreachable(ipv6, client, high, low, port)) {
      told++;
      counts.unreachableTold.increment();
    }
  }

  /** In ticks. */
  long now() {
    return now;
  }

  void startTicking() {
    if (!ticking) {
      ticking = true;
      now = clock.now();
      var unused = sockets.executor().schedule(tick, clock.nanosToNext(), TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    ticking = false;
    now = clock.now();
    counts.drops.calm();
    boolean idle = false;
    try {
      for (ServiceFlows each : List.copyOf(flows.services())) {
        each.service.calm();
        long timeout = TickClock.ticks(each.service.timeouts().udp());
        long quiet = draining ? Math.min(timeout, TickClock.ticks(UdpTransport.QUIET)) : timeout;
        flows.expire(each, quiet, quiet < timeout);
        secondTries.retry(each);
      }
      flows.services().removeIf(each -> each.size() == 0);
      boolean ports = false;
      for (PortPool pool : pools.values()) {
        ports |= pool.closeIdle();
      }
      idle = flows.size() == 0 && !ports;
    } finally {
      if (!idle) {
        startTicking();
      }
    }
  }

  // What the control side asks for.

  /** Ends all flows of a service with this server. */
  void endAll(CarriedService service, InetSocketAddress server, String why) {
    flows.drop(service, flow -> flow.connection.server().address().equals(server), why);
  }

  /** Ends all flows that are meant. */
  void endIf(Predicate<UdpFlow> meant, String why) {
    flows.drop(meant, why);
  }

  /** Ends those of them that have not ended. */
  void endAll(List<UdpFlow> chosen, String why) {
    chosen.forEach(flow -> flows.drop(flow, why));
  }

  /** From now on flows that are quiet are over. */
  void drain() {
    draining = true;
  }

  /** All flows but those of single datagrams, as they are now. Any thread. */
  Stream<LiveConnection> live() {
    return flows.open().map(flow -> flow.now(clock));
  }

  /** Those of them. Any thread. */
  List<UdpFlow> chosen(Predicate<LiveConnection> which) {
    return flows.open().filter(flow -> which.test(flow.now(clock))).toList();
  }

  void close() {
    flows.drop(flow -> true, "the transport ends");
    pools.values().forEach(PortPool::close);
    sockets.release();
  }
}
