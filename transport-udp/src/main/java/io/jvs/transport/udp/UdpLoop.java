package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Refused;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ConnectionIds;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.Pass;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flows of one event loop: how they begin, move to another server, and end. A client's
 * datagrams always come to the same loop, so nothing here is shared. On the loop only.
 */
final class UdpLoop {
  /** How long a port is not used again for a server that may yet answer on it. */
  private static final long REST_TICKS = 50;

  /** Datagrams kept for another try, in all; beyond that flows have one try. */
  private static final int MOST_KEPT_BYTES = 8 << 20;

  private final DatagramSockets sockets;
  private final UdpOptions usual = UdpOptions.DEFAULT;
  private final Counts counts;
  private final FlowListener listener;
  private final int maxFlows;
  private final int maxPorts;
  private final Messages messages = new Messages();
  private final Control control = new Control();
  private final Map<CarriedService, ServiceFlows> services = new HashMap<>();
  private final Map<InetSocketAddress, ServerAddress> servers = new HashMap<>();
  private final List<SourcePort> ports4 = new ArrayList<>();
  private final List<SourcePort> ports6 = new ArrayList<>();
  private final OpenFlows open = new OpenFlows();
  private final ConnectionIds ids = new ConnectionIds();
  private final TickClock clock = new TickClock();
  private final Runnable tick = this::tick;
  private boolean ticking;
  private boolean draining;
  private long now; // in ticks; stands still while there are no flows
  private int flows;
  private int keptBytes;

  UdpLoop(
      DatagramSockets sockets, Counts counts, FlowListener listener, int maxFlows, int maxPorts) {
    this.sockets = sockets;
    this.counts = counts;
    this.listener = listener;
    this.maxFlows = maxFlows;
    this.maxPorts = maxPorts;
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

  void execute(Runnable task) {
    sockets.executor().execute(task);
  }

  // The life of a flow.

  /** A new flow for datagram {@code index}; null if there is no server or no room for it. */
  @Nullable UdpFlow begin(
      Front front, CarriedService service, int index, InetSocketAddress local, Control from) {
    InetSocketAddress client = messages.client(index);
    Pass pass = service.enter(client.getAddress());
    if (pass.refusal() != null) {
      counts.drops.count(UdpDrop.REFUSED);
      tellRefused(service, client, local, pass.refusal());
      return null;
    }
    QuicRoutes quic = service.quic();
    QuicIds quicIds = quic == null ? null : new QuicIds(quic, messages.payload(index));
    InetSocketAddress wanted = quicIds == null ? null : quicIds.server();
    Admission admission = service.admit(client, local, null, wanted);
    if (!(admission instanceof Connection connection)) {
      pass.leave();
      boolean refused = admission instanceof Refused;
      counts.drops.count(refused ? UdpDrop.REFUSED : UdpDrop.POLICY_FAILED);
      Object cause = admission instanceof Refused why ? why.cause() : UdpDrop.POLICY_FAILED;
      tellRefused(service, client, local, cause);
      return null;
    }
    startTicking();
    ServerAddress server = server(connection.address());
    SourcePort port = freePort(server);
    if (port == null) {
      counts.drops.count(UdpDrop.NO_SOURCE_PORT, 1, connection.server().name());
      connection.abandon();
      pass.leave();
      tellRefused(service, client, local, UdpDrop.NO_SOURCE_PORT);
      return null;
    }
    while (flows >= maxFlows) {
      evict();
    }
    ServiceFlows ofService = services.computeIfAbsent(service, ServiceFlows::new);
    UdpFlow flow =
        new UdpFlow(
            front,
            ofService,
            messages,
            index,
            from.localHigh,
            from.localLow,
            pass,
            connection,
            server,
            port,
            ids.next(),
            System.nanoTime(),
            now);
    if (quicIds != null) {
      flow.quicIds = quicIds;
      follow(quicIds, connection);
    }
    ofService.add(flow);
    occupy(flow);
    flows++;
    counts.flows.incrementAndGet();
    if (flow.isListed()) {
      open.add(flow);
    }
    return flow;
  }

  private void tellRefused(
      CarriedService service, InetSocketAddress client, InetSocketAddress local, Object cause) {
    if (listener.isThere()) {
      String name = service.assignment().service().name();
      listener.refused(ids.next(), name, client, local, cause.toString());
    }
  }

  private void follow(QuicIds quicIds, Connection connection) {
    InetSocketAddress server = connection.server().address();
    quicIds.went(server);
    if (server.equals(quicIds.server())) {
      counts.quicFollowed.increment();
    }
  }

  private void occupy(UdpFlow flow) {
    flow.port.add(flow);
    flow.server.flows++;
  }

  /** The client has sent datagrams, which are about to go to the server. */
  void asked(UdpFlow flow, int datagrams, long bytes, int lastIndex) {
    touch(flow);
    flow.asked = true;
    flow.countAsked(bytes);
    flow.connection.countBytes(bytes, 0);
    int responses = flow.flows.service.options().responses();
    if (responses > 0) {
      flow.expected += responses * datagrams;
    }
    QuicIds quicIds = flow.quicIds;
    if (!flow.answered && responses != 0 && (quicIds == null || !quicIds.goesOn())) {
      keep(flow, lastIndex);
    }
    if (quicIds != null && quicIds.looks(now)) {
      quicIds.asked(messages.payload(lastIndex), flow.connection.server().address(), now);
    }
    if (responses == 0) {
      end(flow, Ending.ANSWERED, true); // nothing will come back
    } else if (flow.onePacket) {
      flow.connection.abandon(); // it counts no more; what is left finds the way for its answers
    }
  }

  private void keep(UdpFlow flow, int index) {
    forget(flow);
    int length = messages.length(index);
    if (keptBytes + length <= MOST_KEPT_BYTES) {
      ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, length));
      copy.writeBytes(messages.payload(index));
      flow.unanswered = copy;
      keptBytes += copy.capacity();
    }
  }

  private void forget(UdpFlow flow) {
    ByteBuf kept = flow.unanswered;
    if (kept != null) {
      keptBytes -= kept.capacity();
      kept.release();
      flow.unanswered = null;
    }
  }

  /** The server has sent datagrams, which have gone to the client. */
  void answered(UdpFlow flow, int datagrams, long bytes, int firstIndex) {
    touch(flow);
    if (!flow.answered) {
      flow.flows.becomesAnswered(flow);
      forget(flow);
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
        end(flow, Ending.ANSWERED, true);
      }
    }
  }

  private void touch(UdpFlow flow) {
    if (flow.lastMove() != now) { // within one tick the order does not matter
      flow.moved(now);
      flow.flows.moved(flow);
    }
  }

  /** An ICMP error has come for what was sent to its server. */
  void undelivered(UdpFlow flow, Fault fault, String reason) {
    if (flow.answered) { // there was somebody; the client's next datagram begins anew
      flow.connection.fail(Failure.MAYBE_PROCESSED, fault, reason);
      end(flow, Ending.UNREACHABLE, false, fault, reason);
    } else {
      moveOn(flow, Failure.NEVER_SENT, fault, reason);
    }
  }

  /** To another server, with what the client has asked last; or to the end. */
  private void moveOn(UdpFlow flow, Failure failure, Fault fault, String reason) {
    Ending otherwise = fault == Fault.NO_ANSWER ? Ending.IDLE : Ending.UNREACHABLE;
    Connection failed = flow.connection;
    failed.fail(failure, fault, reason);
    flow.attemptFailed(failed.server(), fault, reason);
    CarriedService service = flow.flows.service;
    ByteBuf kept = flow.unanswered;
    if (kept == null) { // too much is kept: the client's next datagram begins anew
      end(flow, otherwise, false, fault, reason);
      return;
    }
    Admission admission =
        service.admit(flow.front.client(flow), flow.front.local(flow), failed, null);
    if (!(admission instanceof Connection next)) {
      end(flow, otherwise, false, fault, reason);
      return;
    }
    ServerAddress server = server(next.address());
    SourcePort port = freePort(server);
    if (port == null) {
      counts.drops.count(UdpDrop.NO_SOURCE_PORT, 1, next.server().name());
      next.abandon();
      end(flow, otherwise, false, fault, reason);
      return;
    }
    vacate(flow, false);
    flow.connection = next;
    flow.server = server;
    flow.port = port;
    occupy(flow);
    flow.triedElsewhere();
    if (flow.quicIds != null) {
      flow.quicIds.went(next.server().address());
    }
    touch(flow);
    next.countBytes(kept.readableBytes(), 0);
    messages.send(kept.nioBuffer(), server.ipv6, server.high, server.low, 0, server.port);
    port.send(messages, 1);
  }

  /**
   * It is over.
   *
   * @param settled whether no answers are owed any more, so that its port may be used at once
   */
  void end(UdpFlow flow, Ending how, boolean settled) {
    end(flow, how, settled, null, null);
  }

  /** As before, with what its server has done wrong, and why it is over, for people. */
  void end(
      UdpFlow flow, Ending how, boolean settled, @Nullable Fault fault, @Nullable String cause) {
    if (flow.ended) {
      return;
    }
    flow.ended = true;
    open.remove(flow);
    flow.pass.leave();
    forget(flow);
    if (flow.quicIds != null) {
      flow.quicIds.release();
    }
    flow.front.forget(flow);
    flow.flows.remove(flow);
    vacate(flow, settled);
    flows--;
    counts.flows.decrementAndGet();
    if (flow.answered || flow.flows.service.options().responses() == 0) {
      flow.connection.close();
    } else {
      if (flow.asked) {
        var unused = flow.connection.stillUnanswered();
      }
      flow.connection.abandon();
    }
    boolean quiet = how == Ending.IDLE || how == Ending.EVICTED || how == Ending.DROPPED;
    flow.tell(listener, how, fault, cause, quiet ? clock.nanosSince(flow.lastMove()) : 0);
  }

  /** Gives back its port. */
  private void vacate(UdpFlow flow, boolean settled) {
    ServerAddress server = flow.server;
    flow.port.remove(flow);
    server.flows--;
    if (settled) {
      server.free.addLast(flow.port);
    } else {
      server.resting.addLast(new ServerAddress.Resting(flow.port, now + REST_TICKS));
    }
  }

  /** The one that will be missed least: idle for longest, if possible one without an answer. */
  private void evict() {
    UdpFlow victim = null;
    for (ServiceFlows each : services.values()) {
      victim = older(victim, each.oldestUnanswered());
    }
    if (victim == null) {
      for (ServiceFlows each : services.values()) {
        victim = older(victim, each.oldestAnswered());
      }
    }
    if (victim == null) {
      throw new IllegalStateException(flows + " flows, and none is the oldest");
    }
    counts.evicted.increment();
    end(victim, Ending.EVICTED, false);
  }

  private static @Nullable UdpFlow older(@Nullable UdpFlow one, @Nullable UdpFlow other) {
    return one == null || (other != null && other.lastMove() < one.lastMove()) ? other : one;
  }

  // Ports.

  private ServerAddress server(InetSocketAddress address) {
    ServerAddress known = servers.get(address);
    if (known == null) {
      known = new ServerAddress(address);
      servers.put(address, known);
    }
    return known;
  }

  /** A port that no flow to this server has, or null. */
  private @Nullable SourcePort freePort(ServerAddress server) {
    while (!server.resting.isEmpty() && server.resting.getFirst().until() - now <= 0) {
      server.free.addLast(server.resting.removeFirst().port());
    }
    for (SourcePort port = server.free.pollFirst(); port != null; port = server.free.pollFirst()) {
      if (!port.isFull()) {
        return port;
      }
      server.resting.addLast(new ServerAddress.Resting(port, now + REST_TICKS)); // others have it
    }
    List<SourcePort> ports = server.ipv6 ? ports6 : ports4;
    while (server.used < ports.size()) {
      SourcePort port = ports.get(server.used++);
      if (!port.isFull()) {
        return port;
      }
      server.resting.addLast(new ServerAddress.Resting(port, now + REST_TICKS));
    }
    if (ports4.size() + ports6.size() < maxPorts) {
      SourcePort opened = open(server.ipv6, ports);
      if (opened != null) {
        server.used++;
        return opened;
      }
    }
    ServerAddress.Resting early = server.resting.pollFirst(); // better an early one than none
    return early == null || early.port().isFull() ? null : early.port();
  }

  private @Nullable SourcePort open(boolean ipv6, List<SourcePort> ports) {
    try {
      DatagramSockets.Socket socket = sockets.open(ipv6, usual);
      SourcePort port = new SourcePort(this, socket);
      socket.read(port);
      ports.add(port);
      counts.sourcePorts.incrementAndGet();
      return port;
    } catch (IOException e) {
      return null; // counted by who wanted it
    }
  }

  // Time.

  private void startTicking() {
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
    try {
      for (ServiceFlows each : List.copyOf(services.values())) {
        each.service.calm();
        expire(each);
        retry(each);
        if (each.size() == 0) {
          services.remove(each.service);
        }
      }
    } finally {
      if (flows > 0) {
        startTicking();
      }
    }
  }

  private void expire(ServiceFlows each) {
    long limit = TickClock.ticks(each.service.timeouts().udp());
    if (draining) {
      limit = Math.min(limit, TickClock.ticks(UdpTransport.QUIET));
    }
    int responses = each.service.options().responses();
    for (UdpFlow flow = each.oldestUnanswered();
        flow != null && now - flow.lastMove() >= limit;
        flow = each.oldestUnanswered()) {
      end(flow, Ending.IDLE, false, responses > 0 ? Fault.NO_ANSWER : null, null);
    }
    for (UdpFlow flow = each.oldestAnswered();
        flow != null && now - flow.lastMove() >= limit;
        flow = each.oldestAnswered()) {
      end(flow, Ending.IDLE, flow.expected <= 0);
    }
  }

  private void retry(ServiceFlows each) {
    Duration after = each.service.options().retryAfter();
    if (after == null) {
      return;
    }
    long limit = TickClock.ticks(after);
    UdpFlow flow = each.oldestUnanswered();
    while (flow != null && now - flow.lastMove() >= limit) {
      UdpFlow next = flow.newer;
      if (flow.asked && (flow.quicIds == null || !flow.quicIds.goesOn())) {
        String reason = "no answer within " + after.toMillis() + " ms";
        moveOn(flow, Failure.MAYBE_PROCESSED, Fault.NO_ANSWER, reason);
      }
      flow = next;
    }
  }

  // What the control side asks for.

  /** Ends all flows of a service with this server; null for any. */
  void endAll(CarriedService service, @Nullable InetSocketAddress server, String why) {
    ServiceFlows ofService = services.get(service);
    if (ofService == null) {
      return;
    }
    endAll(ofService.oldestUnanswered(), server, why);
    endAll(ofService.oldestAnswered(), server, why);
  }

  private void endAll(@Nullable UdpFlow oldest, @Nullable InetSocketAddress server, String why) {
    UdpFlow flow = oldest;
    while (flow != null) {
      UdpFlow next = flow.newer;
      if (server == null || flow.connection.server().address().equals(server)) {
        end(flow, Ending.DROPPED, false, null, why);
      }
      flow = next;
    }
  }

  /** Ends those of them that have not ended. */
  void endAll(List<UdpFlow> chosen, String why) {
    chosen.forEach(flow -> end(flow, Ending.DROPPED, false, null, why));
  }

  /** From now on flows that are quiet are over. */
  void drain() {
    draining = true;
  }

  /** All flows but those of single datagrams, as they are now. Any thread. */
  Stream<LiveConnection> live() {
    return open.stream().map(flow -> flow.now(clock));
  }

  /** Those of them. Any thread. */
  List<UdpFlow> chosen(Predicate<LiveConnection> which) {
    return open.stream().filter(flow -> which.test(flow.now(clock))).toList();
  }

  void close() {
    for (ServiceFlows each : List.copyOf(services.values())) {
      endAll(each.service, null, "the transport ends");
    }
    ports4.forEach(SourcePort::close);
    ports6.forEach(SourcePort::close);
    counts.sourcePorts.addAndGet(-ports4.size() - ports6.size());
    ports4.clear();
    ports6.clear();
  }
}
