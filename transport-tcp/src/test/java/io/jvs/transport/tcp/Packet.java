package io.jvs.transport.tcp;

import io.jvs.lab.network.Capture;
import java.io.IOException;
import java.util.List;

/**
 * A packet of TCP in a capture.
 *
 * @param seq relative to the first of its direction, so the first byte has 1
 */
record Packet(int from, int to, int flags, long seq, int bytes) {
  private static final int FIN = 1; // RFC 9293, section 3.1
  private static final int RST = 4;

  /** All of a capture, in their order. */
  static List<Packet> all(Capture capture) throws IOException, InterruptedException {
    return capture
        .rows("tcp", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq", "tcp.len")
        .stream()
        .map(Packet::parse)
        .toList();
  }

  private static Packet parse(String row) {
    String[] fields = row.split(" ", -1);
    return new Packet(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        Integer.decode(fields[2]),
        Long.parseLong(fields[3]),
        Integer.parseInt(fields[4]));
  }

  boolean isFin() {
    return (flags & FIN) != 0;
  }

  boolean isReset() {
    return (flags & RST) != 0;
  }

  /** How many bytes its sender had sent, this packet included. */
  long sent() {
    return seq - 1 + bytes;
  }
}
