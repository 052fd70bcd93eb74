package io.jvs.transport.udp;

import io.jvs.transport.udp.UdpOptions.ProxyTo;

/**
 * Sends datagrams on one by one, those behind a PROXY header that are due to have one. On its loop
 * only.
 */
final class Introductions {
  private final UdpLoop loop;
  private final Front front;

  Introductions(UdpLoop loop, Front front) {
    this.loop = loop;
    this.front = front;
  }

  /** Whether the next datagram of a flow is to have a header. */
  static boolean isDue(UdpFlow flow, ProxyTo proxyTo) {
    return proxyTo == ProxyTo.EVERY || (proxyTo == ProxyTo.FIRST && !flow.introduced);
  }

  /**
   * Sends on one datagram, or each one of a train. One that would be too long with its header is
   * dropped: without it, it would be somebody else's.
   */
  void send(UdpFlow flow, Messages messages, int at) {
    ProxyTo proxyTo = flow.flows.service.options().proxyTo();
    Control control = loop.control();
    messages.readControl(at, control);
    control.hasLocal = false;
    int preamble = proxyTo == ProxyTo.NONE ? 0 : preamble(flow, messages.preamble());
    int most = flow.server.ipv6 ? Messages.MOST6 : Messages.MOST4;
    int length = messages.length(at);
    int segment = control.segment == 0 ? Math.max(1, length) : control.segment;
    int datagrams = control.datagrams(length);
    if (!loop.hop(control)) {
      return;
    }
    Outbox outbox = loop.outbox();
    outbox.flush(); // there is one preamble at a time
    outbox.begin(flow.port.socket(), loop.counts().toServers, 0);
    boolean dropped = false;
    int offset = 0;
    do {
      boolean due = isDue(flow, proxyTo);
      int part = due ? Math.min(segment, length - offset) : length - offset;
      control.segment = part > segment ? segment : 0;
      if (due && preamble + part > most) {
        loop.counts().drops.count(UdpDrop.TOO_LONG, 1, front.address());
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
      if (loop.mayGoElsewhere(flow)) {
        loop.questions().asked(flow, at, datagrams == 1 ? 0 : segment, loop.now());
      }
      loop.asked(flow, datagrams, length, at);
    }
  }

  private int preamble(UdpFlow flow, PreambleWriter writer) {
    Named named = flow.named;
    if (named != null) {
      return writer.write(
          named.ipv6,
          named.clientHigh,
          named.clientLow,
          named.clientPort,
          named.askedHigh,
          named.askedLow,
          named.askedPort);
    }
    boolean anyAddress = front.isForAnyAddress();
    ServerAddress address = front.bits();
    return writer.write(
        flow.ipv6,
        flow.clientHigh,
        flow.clientLow,
        flow.clientPort,
        anyAddress ? flow.localHigh : address.high,
        anyAddress ? flow.localLow : address.low,
        address.port);
  }
}
