package io.jvs.transport.udp;

import io.jvs.persistence.Template;
import io.jvs.transport.udp.quic.ConnectionId;
import io.jvs.transport.udp.quic.LongHeader;
import io.jvs.transport.udp.quic.ShortHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The connection ids of one flow: where its first one says that it belongs, and those that are
 * learnt while it lasts. On its loop only.
 *
 * <p>A client may have several connections from one port, and each of them several ids, so several
 * are held; of too many the latest.
 */
final class QuicIds {
  private static final int MOST = 8; // a power of two

  /** Clients take other ids now and then (RFC 9000 section 5.1), not all the time. */
  private static final long TICKS_BETWEEN_LOOKS = 10;

  private final QuicRoutes routes;
  private final @Nullable QuicIdTable table;
  private final @Nullable InetSocketAddress named;
  private final boolean begins; // a connection, with a long header
  private final @Nullable ConnectionId first; // if it is to be learnt, or has been
  private boolean goesOn;
  private @Nullable Held @Nullable [] held;
  private int learnt; // so many have been held
  private int length; // of the ids that the server chooses, 0 if none is known
  private long nextLook;

  /** An id that stays known while this is there. */
  private record Held(ConnectionId id, Template<InetSocketAddress> template) {}

  /**
   * @param datagram the first one of a client that has no flow
   */
  QuicIds(QuicRoutes routes, ByteBuffer datagram) {
    this.routes = routes;
    this.table = routes.learnt();
    LongHeader header = LongHeader.read(datagram);
    this.begins = header != null;
    InetSocketAddress server = routes.named(datagram, header);
    ConnectionId id = null;
    if (server == null && table != null) {
      id = header == null ? table.known(datagram) : header.destination();
      if (id != null && QuicIdTable.isTelling(id)) {
        server = table.server(id);
      }
    }
    this.first = id;
    this.named = server;
  }

  /** The real server that the flow's connection has, or null if its id says nothing. */
  @Nullable InetSocketAddress server() {
    return named;
  }

  /**
   * Whether an established connection goes on with its server. Then no other one can do anything
   * with it, and silence says nothing, because not all that clients send is answered.
   */
  boolean goesOn() {
    return goesOn;
  }

  /** The flow has got this real server; perhaps after another one, which did not answer. */
  void went(InetSocketAddress server) {
    boolean asNamed = server.equals(named);
    goesOn = asNamed && !begins;
    release();
    ConnectionId id = first;
    if (id != null && (begins || asNamed)) {
      learn(id, server);
      length = begins ? 0 : id.length();
    }
  }

  /** Whether it is time to look at the id that the client uses now. */
  boolean looks(long tick) {
    return length > 0 && tick - nextLook >= 0;
  }

  /** What the client sends has an id that the server has told it, perhaps unseen. */
  void asked(ByteBuffer datagram, InetSocketAddress server, long tick) {
    nextLook = tick + TICKS_BETWEEN_LOOKS;
    ConnectionId id = ShortHeader.destination(datagram, length);
    if (id != null) {
      learn(id, server);
    }
  }

  /**
   * What the server sends may tell the client how to call it.
   *
   * @param index of the datagram among those that came
   * @param segment bytes of each, if several are joined in it, else 0
   */
  void answered(Messages messages, int index, int segment, InetSocketAddress server) {
    int bytes = messages.length(index);
    int step = segment == 0 ? Math.max(1, bytes) : segment;
    for (int at = 0; at < bytes; at += step) {
      if (messages.byteAt(index, at) < 0) { // a long header; most have a short one
        ByteBuffer datagrams = messages.payload(index);
        int start = datagrams.position() + at;
        datagrams.limit(Math.min(start + step, datagrams.limit())).position(start);
        LongHeader header = LongHeader.read(datagrams);
        if (header != null && header.version() != 0) { // else it repeats what the client said
          learnFrom(header.source(), server);
        }
      }
    }
  }

  private void learnFrom(ConnectionId chosen, InetSocketAddress server) {
    if (table != null && QuicIdTable.isTelling(chosen) && learn(chosen, server)) {
      length = chosen.length();
      table.expect(length);
    }
  }

  /** Whether it is held now. */
  private boolean learn(ConnectionId id, InetSocketAddress server) {
    if (table == null || !QuicIdTable.isTelling(id) || routes.names(id)) {
      return false;
    }
    @Nullable Held[] present = held;
    if (present == null) {
      present = new Held[MOST];
      held = present;
    }
    for (Held each : present) {
      if (each != null && each.id.equals(id)) {
        return true;
      }
    }
    Template<InetSocketAddress> template = table.hold(id, server);
    if (template == null) {
      return false;
    }
    int place = learnt++ & (MOST - 1);
    Held before = present[place];
    present[place] = new Held(id, template);
    if (before != null) {
      table.release(before.template);
    }
    return true;
  }

  /** The flow is over, or has another server: what is known of it runs out. */
  void release() {
    @Nullable Held[] present = held;
    if (present != null && table != null) {
      for (Held each : present) {
        if (each != null) {
          table.release(each.template);
        }
      }
      held = null;
    }
  }
}
