package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Fault;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.udp.Owed.Question;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * What becomes of flows whose servers are gone or silent: the {@link Questions} that they have not
 * answered go to other servers. On the loop only.
 */
final class SecondTries {
  private final UdpLoop loop;
  private final LoopFlows flows;

  SecondTries(UdpLoop loop, LoopFlows flows) {
    this.loop = loop;
    this.flows = flows;
  }

  /** An ICMP error has come for what was sent to its server. */
  void undelivered(UdpFlow flow, int errno) {
    if (errno == Errors.EMSGSIZE) { // the path is narrow, the server is well
      if (flow.owed == null || !goesInFragments(flow, flow.owed)) {
        loop.counts().toServers.count(1, errno, flow.port.socket().local());
      }
      return;
    }
    Fault fault = Errors.fault(errno);
    Failure failure = flow.answered ? Failure.MAYBE_PROCESSED : Failure.NEVER_SENT;
    moveOn(flow, failure, fault, Errors.text(errno));
  }

  /**
   * Sends what was too long once more, now that the kernel knows the path. An error does not say
   * what it was: the longest one, and with the next error the next one.
   */
  private boolean goesInFragments(UdpFlow flow, Owed owed) {
    Question longest = null;
    for (Question each = owed.first; each != null; each = each.next) {
      if (!each.again && (longest == null || each.bytes() > longest.bytes())) {
        longest = each;
      }
    }
    if (longest == null) {
      return false;
    }
    longest.again = true;
    if (longest == owed.first && !flow.answered) {
      flow.introduced = false; // the header has not arrived either
    }
    send(flow, longest);
    return true;
  }

  /** The flows of a service whose servers have been silent for too long go on to others. */
  void retry(ServiceFlows of) {
    Duration after = of.service.options().retryAfter();
    if (after == null) {
      return;
    }
    long limit = TickClock.ticks(after);
    for (Owed owed = of.waiting.longest();
        owed != null && loop.now() - owed.since >= limit;
        owed = of.waiting.longest()) {
      String reason = "no answer within " + after.toMillis() + " ms";
      moveOn(owed.flow, Failure.MAYBE_PROCESSED, Fault.NO_ANSWER, reason);
    }
  }

  /**
   * To another server, with all that is owed; or to the end, so that the client's next datagram
   * begins anew.
   */
  private void moveOn(UdpFlow flow, Failure failure, Fault fault, String reason) {
    flow.connection.fail(failure, fault, reason);
    flow.attemptFailed(flow.connection.server(), fault, reason);
    Owed owed = flow.owed;
    if (owed == null || owed.first == null || !goesElsewhere(flow)) {
      Ending how = fault == Fault.NO_ANSWER ? Ending.IDLE : Ending.UNREACHABLE;
      flows.end(flow, how, false, fault, reason);
      if (how == Ending.UNREACHABLE) {
        flow.front.tellUnreachable(flow.ipv6, flow);
      }
      return;
    }
    flow.triedElsewhere();
    flow.introduced = false;
    flow.expected = owed.questions * Math.max(0, flow.flows.service.options().responses());
    loop.touch(flow);
    loop.questions().askedAgain(owed, loop.now());
    long bytes = 0;
    for (Question each = owed.first; each != null; each = each.next) {
      bytes += each.bytes();
      send(flow, each);
    }
    flow.connection.countBytes(bytes, 0);
    if (flow.onePacket) {
      flow.connection.countNoMore();
    }
  }

  /** Whether it has another server now. */
  private boolean goesElsewhere(UdpFlow flow) {
    InetSocketAddress client = flow.client();
    Admission admission = flow.flows.service.admit(client, flow.local(), flow.connection, null);
    if (!(admission instanceof Connection next)) {
      return false;
    }
    if (flow.port.ofOneFlow()) { // its port is the client's, and wanted again
      flow.vacate(true);
    }
    SourcePort port = flows.portFor(flow, client, next.address());
    if (port == null) {
      loop.noPort(next);
      return false;
    }
    flow.vacate(false); // unless it has been
    flows.becomesUnanswered(flow);
    flow.connection = next;
    flow.server = port.pool().server(next.address());
    flow.port = port;
    flow.occupy();
    if (flow.quicIds != null) {
      flow.quicIds.went(next.server().address());
    }
    return true;
  }

  private void send(UdpFlow flow, Question question) {
    ByteBuf payload = question.payload;
    if (payload == null) {
      return;
    }
    ProxyTo proxyTo = flow.flows.service.options().proxyTo();
    boolean due = proxyTo == ProxyTo.EVERY || (proxyTo == ProxyTo.FIRST && !flow.introduced);
    ByteBuf whole = due ? introduced(flow, payload) : payload.retain();
    flow.introduced |= due;
    ServerAddress server = flow.server;
    Messages messages = loop.messages();
    messages.send(
        whole.nioBuffer(), server.ipv6, server.high, server.low, server.scope, server.port);
    flow.port.socket().send(messages, loop.counts().toServers);
    messages.sent();
    whole.release();
  }

  /** Behind a PROXY header. */
  private static ByteBuf introduced(UdpFlow flow, ByteBuf payload) {
    Header header = new Header(Endpoints.Inet.of(true, flow.client(), flow.asked()), List.of());
    ByteBuffer preamble = HeaderWriter.version2(header, false);
    return ByteBufAllocator.DEFAULT
        .directBuffer(preamble.remaining() + payload.readableBytes())
        .writeBytes(preamble)
        .writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }
}
