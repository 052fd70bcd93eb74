package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
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
import org.jspecify.annotations.Nullable;

/**
 * The flows of one event loop: how they begin, move to another server, and end. A client's
 * datagrams always come to the same loop, so nothing here is shared. On the loop only.
 */
final class UdpLoop {
  private static final long TICK_MILLIS = 100;

  /** Datagrams kept for another try, in all; beyond that flows have one try. */
  private static final int MOST_KEPT_BYTES = 8 << 20;

  private final DatagramSockets sockets;
  private final Counts counts;
  private final int maxFlows;
  private final int maxPorts;
  private final Messages messages = new Messages();
  private final Control control = new Control();
  private final PreambleReader preamble = new PreambleReader();
  private final Map<CarriedService, ServiceFlows> services = new HashMap<>();
  private final Map<PortPool.Kind, PortPool> pools = new HashMap<>();
  private final Runnable tick = this::tick;
  private boolean ticking;
  private long now;
  private int flows;
  private int openPorts;
  private int keptBytes;

  UdpLoop(DatagramSockets sockets, Counts counts, int maxFlows, int maxPorts) {
    this.sockets = sockets;
    this.counts = counts;
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
      counts.refused.increment();
      return null;
    }
    Admission admission = service.admit(client, local, null);
    if (!(admission instanceof Connection connection)) {
      pass.leave();
      counts.refused.increment();
      return null;
    }
    ServiceFlows ofService = services.get(service);
    if (ofService == null) {
      ofService = new ServiceFlows(this, service);
      services.put(service, ofService);
    }
    SourcePort port = ofService.outlets().port(client, connection.address());
    if (port == null) {
      counts.withoutPort.increment();
      connection.abandon();
      pass.leave();
      startTicking(); // which forgets a service without flows
      return null;
    }
    while (flows >= maxFlows) {
      evict();
    }
    ServerAddress server = port.pool().server(connection.address());
    long high = from.localHigh;
    long low = from.localLow;
    UdpFlow flow =
        named == null
            ? new UdpFlow(
                front, ofService, messages, index, high, low, pass, connection, server, port)
            : new NamedFlow(
                front,
                ofService,
                messages,
                index,
                high,
                low,
                pass,
                connection,
                server,
                port,
                named);
    flow.lastMove = now;
    ofService.add(flow);
    port.pool().occupy(port, flow, flow.server);
    flows++;
    counts.flows.incrementAndGet();
    startTicking();
    return flow;
  }

  /** The client has sent datagrams, which are about to go to the server. */
  void asked(UdpFlow flow, int datagrams, long bytes, int lastIndex) {
    touch(flow);
    flow.asked = true;
    flow.connection.countBytes(bytes, 0);
    int responses = flow.flows.service.options().responses();
    if (responses > 0) {
      flow.expected += responses * datagrams;
    }
    if (!flow.answered && responses != 0) {
      keep(flow, lastIndex);
    }
    if (responses == 0) {
      end(flow, true); // nothing will come back
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

  /** The server has sent datagrams, which have gone to the client. */
  void answered(UdpFlow flow, int datagrams, long bytes, int firstIndex) {
    touch(flow);
    if (!flow.answered) {
      flow.flows.becomesAnswered(flow);
      forget(flow);
      if (flow.connection.readsAnswers()) {
        flow.connection.answered(messages.payload(firstIndex));
      } else {
        flow.connection.answered();
      }
    }
    flow.connection.countBytes(0, bytes);
    if (flow.expected > 0) {
      flow.expected -= datagrams;
      if (flow.expected <= 0) {
        end(flow, true);
      }
    }
  }

  private void touch(UdpFlow flow) {
    if (flow.lastMove != now) { // within one tick the order does not matter
      flow.lastMove = now;
      flow.flows.moved(flow);
    }
  }

  /** An ICMP error has come for what was sent to its server. */
  void undelivered(UdpFlow flow, String reason) {
    if (flow.answered) { // there was somebody; the client will ask again, or the timeout ends it
      flow.connection.fail(Failure.MAYBE_PROCESSED, reason);
      end(flow, false);
    } else {
      moveOn(flow, Failure.NEVER_SENT, reason);
    }
  }

  /** To another server, with what the client has asked last; or to the end. */
  private void moveOn(UdpFlow flow, Failure failure, String reason) {
    Connection failed = flow.connection;
    failed.fail(failure, reason);
    CarriedService service = flow.flows.service;
    ByteBuf kept = flow.unanswered;
    if (kept == null) { // too much is kept: the client's next datagram begins anew
      end(flow, false);
      return;
    }
    InetSocketAddress client = flow.front.client(flow);
    Admission admission = service.admit(client, flow.front.local(flow), failed);
    if (!(admission instanceof Connection next)) {
      end(flow, false);
      return;
    }
    if (flow.port.ofOneFlow()) { // its port is the client's, and wanted again
      vacate(flow, true);
    }
    SourcePort port = flow.flows.outlets().port(client, next.address());
    if (port == null) {
      counts.withoutPort.increment();
      next.abandon();
      end(flow, false);
      return;
    }
    if (!flow.port.ofOneFlow()) {
      vacate(flow, false);
    }
    flow.connection = next;
    flow.server = port.pool().server(next.address());
    flow.port = port;
    port.pool().occupy(port, flow, flow.server);
    touch(flow);
    ServerAddress server = flow.server;
    next.countBytes(kept.readableBytes(), 0);
    ByteBuf again =
        flow.flows.service.options().proxyTo() == ProxyTo.NONE
            ? kept.retain()
            : introduced(flow, kept);
    messages.send(again.nioBuffer(), server.ipv6, server.high, server.low, 0, server.port);
    port.send(messages, 1);
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
  void end(UdpFlow flow, boolean settled) {
    if (flow.ended) {
      return;
    }
    flow.ended = true;
    flow.pass.leave();
    forget(flow);
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
  }

  /** Gives back its port, unless it has done so. */
  private static void vacate(UdpFlow flow, boolean settled) {
    flow.port.pool().vacate(flow.port, flow, flow.server, settled);
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
    end(victim, false);
  }

  private static @Nullable UdpFlow older(@Nullable UdpFlow one, @Nullable UdpFlow other) {
    return one == null || (other != null && other.lastMove < one.lastMove) ? other : one;
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
      var unused = sockets.executor().schedule(tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    now++;
    boolean idle = false;
    try {
      for (ServiceFlows each : List.copyOf(services.values())) {
        expire(each);
        retry(each);
        if (each.size() == 0) {
          services.remove(each.service);
        }
      }
      boolean ports = false;
      for (PortPool pool : pools.values()) {
        ports |= pool.closeIfIdle();
      }
      idle = flows == 0 && !ports;
    } finally {
      if (!idle) {
        startTicking();
      }
    }
  }

  private void expire(ServiceFlows each) {
    long limit = ticks(each.service.timeouts().udp());
    for (UdpFlow flow = each.oldestUnanswered();
        flow != null && now - flow.lastMove >= limit;
        flow = each.oldestUnanswered()) {
      end(flow, false);
    }
    for (UdpFlow flow = each.oldestAnswered();
        flow != null && now - flow.lastMove >= limit;
        flow = each.oldestAnswered()) {
      end(flow, flow.expected <= 0);
    }
  }

  private void retry(ServiceFlows each) {
    Duration after = each.service.options().retryAfter();
    if (after == null) {
      return;
    }
    long limit = ticks(after);
    UdpFlow flow = each.oldestUnanswered();
    while (flow != null && now - flow.lastMove >= limit) {
      UdpFlow next = flow.newer;
      if (flow.asked) {
        moveOn(flow, Failure.MAYBE_PROCESSED, "no answer within " + after.toMillis() + " ms");
      }
      flow = next;
    }
  }

  /** At least so long, whatever part of the present tick is over. */
  private static long ticks(Duration time) {
    return (time.toMillis() + TICK_MILLIS - 1) / TICK_MILLIS + 1;
  }

  // What the control side asks for.

  /** Ends all flows of a service with this server; null for any. */
  void endAll(CarriedService service, @Nullable InetSocketAddress server) {
    ServiceFlows ofService = services.get(service);
    if (ofService == null) {
      return;
    }
    endAll(ofService.oldestUnanswered(), server);
    endAll(ofService.oldestAnswered(), server);
  }

  /** Ends all flows that are meant. */
  void endIf(Predicate<UdpFlow> meant) {
    for (ServiceFlows each : List.copyOf(services.values())) {
      endIf(each.oldestUnanswered(), meant);
      endIf(each.oldestAnswered(), meant);
    }
  }

  private void endIf(@Nullable UdpFlow oldest, Predicate<UdpFlow> meant) {
    UdpFlow flow = oldest;
    while (flow != null) {
      UdpFlow next = flow.newer;
      if (meant.test(flow)) {
        end(flow, false);
      }
      flow = next;
    }
  }

  private void endAll(@Nullable UdpFlow oldest, @Nullable InetSocketAddress server) {
    UdpFlow flow = oldest;
    while (flow != null) {
      UdpFlow next = flow.newer;
      if (server == null || flow.connection.server().address().equals(server)) {
        end(flow, false);
      }
      flow = next;
    }
  }

  void close() {
    for (ServiceFlows each : List.copyOf(services.values())) {
      endAll(each.service, null);
    }
    pools.values().forEach(PortPool::close);
  }
}
