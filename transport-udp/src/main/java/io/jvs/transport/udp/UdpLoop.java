package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
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
import org.jspecify.annotations.Nullable;

/**
 * The flows of one event loop: how they begin, move to another server, and end. A client's
 * datagrams always come to the same loop, so nothing here is shared. On the loop only.
 */
final class UdpLoop {
  private static final long TICK_MILLIS = 100;

  /** How long a port is not used again for a server that may yet answer on it. */
  private static final long REST_TICKS = 50;

  /** One of so many flows may be of a client that has no answer yet, see {@link #evict}. */
  private static final int SHARE_OF_NEW = 8;

  /** Flows that are looked at to find one to a certain server; a bound for many services. */
  private static final int LOOKED_THROUGH = 256;

  /** How long a port is kept that nobody uses: a minute. */
  private static final long IDLE_PORT_TICKS = 600;

  /** Ports closed in one tick, so that closing many does not hold up datagrams. */
  private static final int CLOSED_AT_ONCE = 64;

  /** Datagrams kept for another try, in all; beyond that flows have one try. */
  private static final int MOST_KEPT_BYTES = 8 << 20;

  private final DatagramSockets sockets;
  private final UdpOptions usual = UdpOptions.DEFAULT;
  private final Counts counts;
  private final int maxFlows;
  private final int maxPorts;
  private final Messages messages = new Messages();
  private final Control control = new Control();
  private final Outbox outbox;
  private final Map<CarriedService, ServiceFlows> services = new HashMap<>();
  private final Map<InetSocketAddress, ServerAddress> servers = new HashMap<>();
  private final List<SourcePort> ports4 = new ArrayList<>();
  private final List<SourcePort> ports6 = new ArrayList<>();
  private final Runnable tick = this::tick;
  private boolean ticking;
  private long now;
  private int flows;
  private int unanswered; // of them
  private int keptBytes;

  UdpLoop(DatagramSockets sockets, Counts counts, int maxFlows, int maxPorts) {
    this.sockets = sockets;
    this.counts = counts;
    this.outbox = new Outbox(messages, counts);
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
      counts.refused.increment();
      return null;
    }
    Admission admission = service.admit(client, local, null);
    if (!(admission instanceof Connection connection)) {
      pass.leave();
      counts.refused.increment();
      return null;
    }
    ServerAddress server = server(connection.address());
    SourcePort port = portFor(server);
    if (port == null) {
      counts.withoutPort.increment();
      connection.abandon();
      pass.leave();
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
            port);
    flow.lastMove = now;
    ofService.add(flow);
    occupy(flow);
    flows++;
    unanswered++;
    counts.flows.incrementAndGet();
    startTicking();
    return flow;
  }

  private void occupy(UdpFlow flow) {
    flow.port.add(flow, now);
    flow.server.flows++;
    flow.server.unanswered += flow.answered ? 0 : 1;
  }

  /** The client has sent datagrams, which are about to go to the server. */
  void asked(UdpFlow flow, int datagrams, long bytes, int lastIndex) {
    touch(flow);
    flow.asked = true;
    flow.connection.countBytes(bytes, 0);
    int responses = flow.flows.service.options().responses();
    if (responses > 0) {
      flow.expected =
          (int) Math.min(Integer.MAX_VALUE, flow.expected + (long) responses * datagrams);
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
    int length = messages.length(index);
    if (keptBytes + length <= MOST_KEPT_BYTES) {
      ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, length));
      copy.writeBytes(messages.payload(index));
      messages.readControl(index, control);
      flow.unanswered = copy;
      flow.unansweredSegment = control.segment;
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
  void undelivered(UdpFlow flow, int errno) {
    if (errno == Errors.EMSGSIZE) { // the path is narrow, the server is well: now in fragments
      if (flow.unanswered != null) {
        sendKept(flow, flow.unanswered);
      }
      return;
    }
    String reason = Errors.text(errno);
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
    Admission admission = service.admit(flow.front.client(flow), flow.front.local(flow), failed);
    if (!(admission instanceof Connection next)) {
      end(flow, false);
      return;
    }
    ServerAddress server = server(next.address());
    SourcePort port = freePort(server);
    if (port == null) {
      counts.withoutPort.increment();
      next.abandon();
      end(flow, false);
      return;
    }
    vacate(flow, false);
    flow.connection = next;
    flow.server = server;
    flow.port = port;
    occupy(flow);
    touch(flow);
    next.countBytes(kept.readableBytes(), 0);
    sendKept(flow, kept);
  }

  private void sendKept(UdpFlow flow, ByteBuf kept) {
    ServerAddress server = flow.server;
    messages.send(kept.nioBuffer(), server.ipv6, server.high, server.low, 0, server.port);
    if (flow.unansweredSegment > 0) {
      control.clear();
      control.segment = flow.unansweredSegment;
      messages.writeControl(control, server.ipv6);
    }
    counts.unsent.add(flow.port.socket().send(messages));
    messages.sent();
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
  }

  /** Gives back its port. */
  private void vacate(UdpFlow flow, boolean settled) {
    ServerAddress server = flow.server;
    flow.port.remove(flow, now);
    server.flows--;
    server.unanswered -= flow.answered ? 0 : 1;
    if (settled) {
      server.free.addLast(flow.port);
    } else {
      server.resting.addLast(new ServerAddress.Resting(flow.port, now + REST_TICKS));
    }
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
    end(victim, false);
  }

  /**
   * A port that no flow to this server has, if need be that of a flow that ends for it: else few
   * spoofed clients would keep all others away until their flows are idle for long enough.
   */
  private @Nullable SourcePort portFor(ServerAddress server) {
    SourcePort port = freePort(server);
    if (port != null) {
      return port;
    }
    UdpFlow victim = null;
    boolean unansweredFirst = server.unanswered > server.flows / SHARE_OF_NEW; // as above
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
    end(victim, false);
    return freePort(server);
  }

  /** Among the first ones from the oldest on. */
  private static @Nullable UdpFlow oldestTo(ServerAddress server, @Nullable UdpFlow oldest) {
    UdpFlow flow = oldest;
    for (int i = 0; i < LOOKED_THROUGH && flow != null; i++) {
      if (flow.server == server) {
        return flow;
      }
      flow = flow.newer;
    }
    return null;
  }

  private static @Nullable UdpFlow older(@Nullable UdpFlow one, @Nullable UdpFlow other) {
    return one == null || (other != null && other.lastMove < one.lastMove) ? other : one;
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
      if (port.isClosed()) {
        continue;
      }
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
    int resting = Math.min(LOOKED_THROUGH, server.resting.size());
    for (int i = 0; i < resting; i++) { // better an early one than none
      ServerAddress.Resting early = server.resting.removeFirst();
      if (early.port().isClosed()) {
        continue;
      }
      if (!early.port().isFull()) {
        return early.port();
      }
      server.resting.addLast(new ServerAddress.Resting(early.port(), now + REST_TICKS));
    }
    return null;
  }

  /**
   * Descriptors go back after a rush, from the end of the list so that {@link ServerAddress#used}
   * stays right; servers forget closed ports when they come across them.
   */
  private void closeIdle(List<SourcePort> ports, boolean ipv6) {
    int before = ports.size();
    for (int i = before - 1; i >= 0 && i >= before - CLOSED_AT_ONCE; i--) {
      SourcePort port = ports.get(i);
      if (!port.isEmpty() || now - port.lastUsed() < IDLE_PORT_TICKS) {
        break;
      }
      ports.remove(i);
      port.close();
      counts.sourcePorts.decrementAndGet();
    }
    if (ports.size() < before) {
      for (ServerAddress server : servers.values()) {
        if (server.ipv6 == ipv6) {
          server.used = Math.min(server.used, ports.size());
        }
      }
    }
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
      var unused = sockets.executor().schedule(tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    now++;
    try {
      for (ServiceFlows each : List.copyOf(services.values())) {
        expire(each);
        retry(each);
        if (each.size() == 0) {
          services.remove(each.service);
        }
      }
      closeIdle(ports4, false);
      closeIdle(ports6, true);
      if (now % IDLE_PORT_TICKS == 0) { // others will come, and have other addresses
        servers.values().removeIf(server -> server.isForgotten(now));
      }
    } finally {
      if (flows > 0 || !ports4.isEmpty() || !ports6.isEmpty()) {
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
    ports4.forEach(SourcePort::close);
    ports6.forEach(SourcePort::close);
    counts.sourcePorts.addAndGet(-ports4.size() - ports6.size());
    ports4.clear();
    ports6.clear();
  }
}
