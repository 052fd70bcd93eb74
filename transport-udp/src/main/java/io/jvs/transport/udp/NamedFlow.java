package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.transport.Pass;
import org.jspecify.annotations.Nullable;

/** A flow whose client is named by a trusted sender, to whom the answers go. On its loop only. */
final class NamedFlow extends UdpFlow {
  final Named named;
  @Nullable Sender sender; // null for one packet

  NamedFlow(
      Front front,
      ServiceFlows flows,
      Messages from,
      int index,
      long localHigh,
      long localLow,
      Pass pass,
      Connection connection,
      SourcePort port,
      long id,
      long tick,
      Named named) {
    super(front, flows, from, index, localHigh, localLow, pass, connection, port, id, tick);
    this.named = named;
  }
}
