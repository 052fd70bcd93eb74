package io.jvs.transport.udp;

import io.jvs.model.Protocol;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.TroubleLog;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who hears what became of flows, if anybody does. It is from outside, so it may fail. */
final class FlowListener {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  private final @Nullable ConnectionListener listener;
  private final TroubleLog trouble = new TroubleLog(LOG);

  FlowListener(@Nullable ConnectionListener listener) {
    this.listener = listener;
  }

  boolean isThere() {
    return listener != null;
  }

  boolean wants(long id, boolean failed) {
    try {
      return listener != null && listener.wants(id, failed);
    } catch (RuntimeException | Error e) {
      failed(e);
      return false;
    }
  }

  void ended(ClosedConnection flow) {
    if (listener != null) {
      try {
        listener.ended(flow);
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }
  }

  /** A datagram has not become a flow. */
  void refused(
      long id, String service, InetSocketAddress client, InetSocketAddress local, String cause) {
    if (wants(id, true)) {
      ended(
          new ClosedConnection(
              Instant.now(),
              id,
              service,
              Protocol.UDP,
              client,
              local,
              null,
              0,
              List.of(),
              Ending.REFUSED,
              null,
              cause,
              Duration.ZERO,
              null,
              null,
              Duration.ZERO,
              0,
              0));
    }
  }

  private void failed(Throwable cause) {
    trouble.begins(() -> "udp: the connection listener failed: " + cause);
  }
}
