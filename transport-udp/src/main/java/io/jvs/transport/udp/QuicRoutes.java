package io.jvs.transport.udp;

import io.jvs.model.VirtualService;
import io.jvs.transport.udp.quic.ConnectionId;
import io.jvs.transport.udp.quic.LongHeader;
import io.jvs.transport.udp.quic.ServerIdFormat;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the connections of one service are known, by its definition. Shared by the loops, because a
 * client with another port may come to another one.
 */
final class QuicRoutes {
  private final List<ServerIds> serverIds;
  private final @Nullable QuicIdTable learnt;

  /** One form of server ids, and whose they are. */
  private record ServerIds(ServerIdFormat format, Map<ByteBuffer, InetSocketAddress> servers) {
    static ServerIds of(QuicServerIds given) {
      String key = given.key();
      Map<ByteBuffer, InetSocketAddress> servers = new HashMap<>();
      given.servers().forEach((id, server) -> servers.put(ByteBuffer.wrap(bytes(id)), server));
      return new ServerIds(
          key == null
              ? ServerIdFormat.plain(given.rotation(), given.offset(), given.length())
              : ServerIdFormat.encrypted(
                  given.rotation(), given.length(), given.nonce(), bytes(key)),
          servers);
    }

    private static byte[] bytes(String digits) {
      return HexFormat.of().parseHex(digits);
    }
  }

  private QuicRoutes(List<ServerIds> serverIds, @Nullable QuicIdTable learnt) {
    this.serverIds = serverIds;
    this.learnt = learnt;
  }

  /**
   * Those of a service, or null if it does not go by connection ids.
   *
   * @param before those of its definition before this one; what it has learnt is kept
   */
  static @Nullable QuicRoutes of(
      VirtualService service, @Nullable QuicRoutes before, Counts counts) {
    QuicRouting wanted = UdpOptions.of(service).quic();
    QuicIdTable learnt = before == null ? null : before.learnt;
    if (wanted == null || !wanted.learned()) {
      forget(before);
      learnt = null;
    } else if (learnt == null) {
      learnt = new QuicIdTable(service, wanted.maximum(), counts, System::nanoTime);
    } else {
      learnt.follow(service, wanted.maximum());
    }
    return wanted == null
        ? null
        : new QuicRoutes(wanted.serverIds().stream().map(ServerIds::of).toList(), learnt);
  }

  /** Forgets what was learnt, for good; flows that hold some of it go on without. */
  static void forget(@Nullable QuicRoutes routes) {
    if (routes != null && routes.learnt != null) {
      routes.learnt.close();
    }
  }

  /** The real server that the id of a client's datagram names, or null. */
  @Nullable InetSocketAddress named(ByteBuffer datagram, @Nullable LongHeader header) {
    for (ServerIds each : serverIds) {
      byte[] id = each.format.serverId(datagram, header);
      InetSocketAddress server = id == null ? null : each.servers.get(ByteBuffer.wrap(id));
      if (server != null) {
        return server;
      }
    }
    return null;
  }

  /** Whether a server id makes it needless to learn a connection id. */
  boolean names(ConnectionId id) {
    for (ServerIds each : serverIds) {
      byte[] serverId = each.format.serverId(id);
      if (serverId != null && each.servers.containsKey(ByteBuffer.wrap(serverId))) {
        return true;
      }
    }
    return false;
  }

  /** What is learnt, or null if nothing shall be. */
  @Nullable QuicIdTable learnt() {
    return learnt;
  }
}
