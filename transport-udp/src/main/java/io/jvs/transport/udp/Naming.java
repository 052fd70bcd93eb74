package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of trusted senders, whose PROXY headers name the clients that they speak for. On its
 * loop only.
 */
final class Naming {
  private final Listener listener;
  private final UdpLoop loop;
  private final Front front;
  private final Introductions introductions;
  private final FlowTable<Sender> senders = new FlowTable<>(ThreadLocalRandom.current().nextLong());

  Naming(Listener listener, UdpLoop loop, Front front, Introductions introductions) {
    this.listener = listener;
    this.loop = loop;
    this.front = front;
    this.introductions = introductions;
  }

  /** Whether the sender of a datagram of no plain flow is trusted to say whose it is. */
  boolean isNaming(Messages messages, int at, long localHigh, long localLow) {
    if (senders.size() > 0 && sender(messages, at, localHigh, localLow) != null) {
      return true;
    }
    CarriedService service = listener.service();
    return service != null
        && !service.options().proxyFrom().isEmpty()
        && service.options().trusts(messages.client(at).getAddress());
  }

  private @Nullable Sender sender(Messages messages, int at, long localHigh, long localLow) {
    return senders.find(messages, at, localHigh, localLow);
  }

  /** Sends on the datagram of a sender that {@link #isNaming}. */
  void ask(Messages messages, int at, long localHigh, long localLow) {
    PreambleReader preamble = loop.preamble();
    Sender sender = sender(messages, at, localHigh, localLow);
    int bytes = preamble.read(messages, at);
    if (bytes == PreambleReader.UNUSUAL) {
      bytes = preamble.readUnusual(messages, at, front.local(messages.isIpv6(at), loop.control()));
    }
    UdpFlow flow = null;
    if (bytes > 0) {
      if (!maySend(preamble.ipv6, preamble.clientHigh, preamble.clientLow)) {
        return;
      }
      messages.strip(at, bytes);
      flow = sender == null ? null : sender.find(preamble);
      if (flow == null) {
        flow = begin(new Named(preamble), sender, messages, at, localHigh, localLow);
      }
    } else if (preamble.refusal == null && sender != null) {
      flow = sender.latest();
      Named named = flow == null ? null : flow.named;
      if (named != null && !maySend(named.ipv6, named.clientHigh, named.clientLow)) {
        return;
      }
    }
    if (flow != null) {
      introductions.send(flow, messages, at);
    } else if (bytes == 0) {
      refuse(messages, at, preamble.refusal);
    }
  }

  /** Whether the client that is named may send one more. */
  private boolean maySend(boolean ipv6, long high, long low) {
    CarriedService service = listener.service();
    if (service == null || !service.limitsPackets() || service.packets(ipv6, high, low, 1) == 1) {
      return true;
    }
    loop.counts().drops.count(UdpDrop.TOO_MANY_PACKETS);
    return false;
  }

  private @Nullable UdpFlow begin(
      Named named,
      @Nullable Sender known,
      Messages messages,
      int at,
      long localHigh,
      long localLow) {
    UdpFlow flow = front.begin(at, loop.control(), named);
    if (flow != null && !flow.onePacket) {
      // Making room for it may have ended the sender's last flow, and the sender with it.
      Sender sender = known == null ? null : sender(messages, at, localHigh, localLow);
      if (sender == null) {
        sender = new Sender(messages, at, localHigh, localLow);
        senders.add(sender);
      }
      sender.add(flow, named);
    }
    return flow;
  }

  private void refuse(Messages messages, int at, @Nullable String refusal) {
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

  /** The flow of this client is over. */
  void forget(Named client) {
    Sender sender = client.sender;
    if (sender != null && sender.remove(client)) {
      senders.remove(sender);
    }
  }
}
