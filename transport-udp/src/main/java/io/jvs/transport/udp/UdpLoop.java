package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Refused;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ConnectionIds;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.Pass;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
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

  /** One of so many flows may be of a client that has no answer yet, see {@link #evict}. */
  private static final int SHARE_OF_NEW = 8;

  /** Flows that are looked at to find one to a certain server; a bound for many services. */
  private static final int LOOKED_THROUGH = 256;

  /** Datagrams kept for another try, in all; beyond that flows have one try. */
  private static final int MOST_KEPT_BYTES = 8 << 20;

  private final DatagramSockets sockets;
  private final Counts counts;
  private final FlowListener listener;
  private final int maxFlows;
  private final int maxPorts;
  private final Messages messages = new Messages();
  private final Control control = new Control();
  private final Outbox outbox = new Outbox(messages);
  private final PreambleReader preamble = new PreambleReader();
  private final Map<CarriedService, ServiceFlows> services = new HashMap<>();
  private final Map<PortPool.Kind, PortPool> pools = new HashMap<>();
  private final OpenFlows open = new OpenFlows();
  private final ConnectionIds ids = new ConnectionIds();
  private final TickClock clock;
  private final Runnable tick = this::tick;
  private boolean ticking;
  private boolean draining;
  private long now; // in ticks; stands still while there are no flows
  private int flows;
  private int openPorts;
  private int unanswered; // of the flows
  private int keptBytes;

  UdpLoop(
      DatagramSockets sockets,
      Counts counts,
      FlowListener listener,
      TickClock clock,
      int maxFlows,
      int maxPorts) {
    this.sockets = sockets;
    this.counts = counts;
    this.listener = listener;
    this.clock = clock;
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

  Outbox outbox() {
    return outbox;
  }

  PreambleReader preamble() {
    return preamble;
  }

  void execute(Runnable task) {
    sockets.executor().execute(task);
  }

  // The life of a flow.

  /**
   * A new flow for datagram {@code index}; null if there is no server or no room for it.
   *
   * @param named whom its sender has named as the client, or null for the sender itself
   */
  @Nullable UdpFlow begin(
      Front front,
      CarriedService service,
      int index,
      InetSocketAddress local,
      Control from,
      @Nullable Named named) {
    InetSocketAddress client = named == null ? messages.client(index) : named.client();
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
    startTicking(); // which also forgets a service without flows
    ServiceFlows ofService = services.get(service);
    if (ofService == null) {
      ofService = new ServiceFlows(this, service);
      services.put(service, ofService);
    }
    SourcePort port = port(ofService, client, connection.address());
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
    long id = ids.next();
    long high = from.localHigh;
    long low = from.localLow;
    UdpFlow flow =
        named == null
            ? new UdpFlow(
                front, ofService, messages, index, high, low, pass, connection, port, id, now)
            : new NamedFlow(
                front,
                ofService,
                messages,
                index,
                high,
                low,
                pass,
                connection,
                port,
                id,
                now,
                named);
    if (quicIds != null) {
      flow.quicIds = quicIds;
      follow(quicIds, connection);
    }
    ofService.add(flow);
    port.pool().occupy(port, flow, flow.server);
    flows++;
    unanswered++;
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
    messages.readControl(index, control);
    int length = messages.length(index);
    int last = control.lastOf(length); // the last one of a train is enough, and one datagram
    if (keptBytes + last <= MOST_KEPT_BYTES) {
      ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, last));
      ByteBuffer payload = messages.payload(index);
      copy.writeBytes(payload.position(payload.position() + length - last));
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

  /** The server has sent datagrams, which are about to go to the client. */
  void answered(UdpFlow flow, int datagrams, long bytes, int firstIndex) {
    touch(flow);
    if (!flow.answered) {
      unanswered--;
      flow.server.unanswered--;
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
  void undelivered(UdpFlow flow, int errno) {
    if (errno == Errors.EMSGSIZE) { // the path is narrow, the server is well: now in fragments
      if (flow.unanswered == null) {
        counts.toServers.count(1, errno, flow.port.socket().local());
      } else {
        sendKept(flow, flow.unanswered);
      }
      return;
    }
    Fault fault = Errors.fault(errno);
    String reason = Errors.text(errno);
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
    InetSocketAddress client = flow.front.client(flow);
    Admission admission = service.admit(client, flow.front.local(flow), failed, null);
    if (!(admission instanceof Connection next)) {
      end(flow, otherwise, false, fault, reason);
      return;
    }
    if (flow.port.ofOneFlow()) { // its port is the client's, and wanted again
      vacate(flow, true);
    }
    SourcePort port = port(flow.flows, client, next.address());
    if (port == null) {
      counts.drops.count(UdpDrop.NO_SOURCE_PORT, 1, next.server().name());
      next.abandon();
      end(flow, otherwise, false, fault, reason);
      return;
    }
    if (!flow.port.ofOneFlow()) {
      vacate(flow, false);
    }
    flow.connection = next;
    flow.server = port.pool().server(next.address());
    flow.port = port;
    port.pool().occupy(port, flow, flow.server);
    flow.triedElsewhere();
    if (flow.quicIds != null) {
      flow.quicIds.went(next.server().address());
    }
    touch(flow);
    next.countBytes(kept.readableBytes(), 0);
    sendKept(flow, kept);
  }

  private void sendKept(UdpFlow flow, ByteBuf kept) {
    ServerAddress server = flow.server;
    ByteBuf again =
        flow.flows.service.options().proxyTo() == ProxyTo.NONE
            ? kept.retain()
            : introduced(flow, kept);
    messages.send(again.nioBuffer(), server.ipv6, server.high, server.low, 0, server.port);
    flow.port.socket().send(messages, counts.toServers);
    messages.sent();
    again.release();
  }

  /** Behind a PROXY header for another server. */
  private static ByteBuf introduced(UdpFlow flow, ByteBuf payload) {
    ByteBuffer header =
        HeaderWriter.version2(
            new Header(
                Endpoints.Inet.of(true, flow.front.client(flow), flow.front.asked(flow)),
                List.of()),
            false);
    flow.introduced = true;
    return ByteBufAllocator.DEFAULT
        .directBuffer(header.remaining() + payload.readableBytes())
        .writeBytes(header)
        .writeBytes(payload, payload.readerIndex(), payload.readableBytes());
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
    unanswered -= flow.answered ? 0 : 1;
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

  /** Gives back its port, unless it has done so. */
  private static void vacate(UdpFlow flow, boolean settled) {
    flow.port.pool().vacate(flow.port, flow, flow.server, settled);
  }

  /**
   * Ends the one that will be missed least: idle for longest, if possible one without an answer, as
   * spoofed clients have none. But an eighth is for those: were they always first, then with flows
   * of known clients everywhere each new client would lose its own before it is answered.
   */
  private void evict() {
    UdpFlow victim = null;
    boolean unansweredFirst = unanswered > flows / SHARE_OF_NEW;
    for (int i = 0; i < 2 && victim == null; i++) {
      for (ServiceFlows each : services.values()) {
        victim =
            older(
                victim,
                unansweredFirst == (i == 0) ? each.oldestUnanswered() : each.oldestAnswered());
      }
    }
    if (victim == null) {
      throw new IllegalStateException(flows + " flows, and none is the oldest");
    }
    counts.evicted.increment();
    end(victim, Ending.EVICTED, false);
  }

  /**
   * A port for a flow to this server, if need be that of one that ends for it: else few spoofed
   * clients would keep all others away until their flows are idle for long enough.
   */
  private @Nullable SourcePort port(
      ServiceFlows of, InetSocketAddress client, InetSocketAddress server) {
    SourcePort port = of.outlets().port(client, server);
    if (port != null) {
      return port;
    }
    int flowsTo = 0;
    int unansweredTo = 0;
    for (PortPool pool : pools.values()) {
      flowsTo += pool.flowsTo(server);
      unansweredTo += pool.unansweredTo(server);
    }
    UdpFlow victim = null;
    boolean unansweredFirst = unansweredTo > flowsTo / SHARE_OF_NEW; // as above
    for (int i = 0; i < 2 && victim == null; i++) {
      for (ServiceFlows each : services.values()) {
        UdpFlow oldest =
            unansweredFirst == (i == 0) ? each.oldestUnanswered() : each.oldestAnswered();
        victim = older(victim, oldestTo(server, oldest));
      }
    }
    if (victim == null) {
      return null;
    }
    counts.evicted.increment();
    end(victim, Ending.EVICTED, false);
    return of.outlets().port(client, server);
  }

  /** Among the first ones from the oldest on. */
  private static @Nullable UdpFlow oldestTo(InetSocketAddress server, @Nullable UdpFlow oldest) {
    UdpFlow flow = oldest;
    for (int i = 0; i < LOOKED_THROUGH && flow != null; i++) {
      if (flow.server.address.equals(server)) {
        return flow;
      }
      flow = flow.newer;
    }
    return null;
  }

  private static @Nullable UdpFlow older(@Nullable UdpFlow one, @Nullable UdpFlow other) {
    return one == null || (other != null && other.lastMove() < one.lastMove()) ? other : one;
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

  /** In ticks. */
  long now() {
    return now;
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
    boolean idle = false;
    try {
      for (ServiceFlows each : List.copyOf(services.values())) {
        each.service.calm();
        expire(each);
        retry(each);
        if (each.size() == 0) {
          services.remove(each.service);
        }
      }
      boolean ports = false;
      for (PortPool pool : pools.values()) {
        ports |= pool.closeIdle();
      }
      idle = flows == 0 && !ports;
    } finally {
      if (!idle) {
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

  /** Ends all flows that are meant. */
  void endIf(Predicate<UdpFlow> meant, String why) {
    for (ServiceFlows each : List.copyOf(services.values())) {
      endIf(each.oldestUnanswered(), meant, why);
      endIf(each.oldestAnswered(), meant, why);
    }
  }

  private void endIf(@Nullable UdpFlow oldest, Predicate<UdpFlow> meant, String why) {
    UdpFlow flow = oldest;
    while (flow != null) {
      UdpFlow next = flow.newer;
      if (meant.test(flow)) {
        end(flow, Ending.DROPPED, false, null, why);
      }
      flow = next;
    }
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
    pools.values().forEach(PortPool::close);
  }
}
