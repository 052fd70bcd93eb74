package io.jvs.benchmarks;

import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;

/** Who comes: clients with an address each, all to one destination. */
final class Clients {
  private Clients() {}

  /** So many, at most 2^24, in no order that a table could profit from. */
  static Flow[] flows(int count) {
    InetSocketAddress destination = SocketAddresses.parse("192.0.2.10:80");
    Flow[] flows = new Flow[count];
    for (int i = 0; i < count; i++) {
      int mixed = (i * 0x9E3779B1) & 0xFFFFFF; // odd: all different
      flows[i] =
          Flow.tcp(
              SocketAddresses.parse(
                  "10."
                      + (mixed >> 16)
                      + "."
                      + (mixed >> 8 & 0xFF)
                      + "."
                      + (mixed & 0xFF)
                      + ":40000"),
              destination);
    }
    return flows;
  }
}
