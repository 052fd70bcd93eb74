package io.jvs.transport.udp;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a server owes a flow: since when it has been silent, and the questions as far as they are
 * kept. On its loop only.
 */
final class Owed extends Waiting {
  final UdpFlow flow;
  long since; // the tick of the first question, or of the last answer
  @Nullable Question first; // the one that was asked first
  @Nullable Question last;
  int questions;

  /** A datagram of a client that is kept for another try. Used again for others. */
  static final class Question {
    static final int NONE = -1;

    @Nullable ByteBuf payload; // null while it is nobody's
    int beginning; // its first two bytes, or NONE
    boolean again; // whether its server has been sent it twice, as it was too long
    int answers; // that are still to come, if their number is known
    @Nullable Question next;

    int bytes() {
      return payload == null ? 0 : payload.readableBytes();
    }
  }

  Owed(UdpFlow flow, long tick) {
    this.flow = flow;
    this.since = tick;
  }
}
