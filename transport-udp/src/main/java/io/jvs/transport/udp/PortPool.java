package io.jvs.transport.udp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Source ports of one kind, shared by all services of a loop that want such, and the real servers
 * that are asked from them. On its loop only.
 */
final class PortPool {
  /** How long a port is not used again for a server that may yet answer on it. */
  private static final long REST_TICKS = 50;

  /** How long a port is kept that nobody uses: a minute. */
  private static final long IDLE_TICKS = 600;

  /** Ports closed in one tick, so that closing many does not hold up datagrams. */
  private static final int CLOSED_AT_ONCE = 64;

  /** Ports that are looked at to find one that may be used early. */
  private static final int LOOKED_THROUGH = 256;

  /**
   * What makes ports alike.
   *
   * @param source their address, or null for what routing says
   */
  record Kind(@Nullable InetAddress source, boolean joined, boolean passTos, boolean passTtl) {
    static Kind of(@Nullable InetAddress source, UdpOptions options) {
      return new Kind(source, options.joined(), options.passTos(), options.passTtl());
    }

    private UdpOptions options() {
      return UdpOptions.DEFAULT.withJoined(joined).withPassTos(passTos).withPassTtl(passTtl);
    }
  }

  private final UdpLoop loop;
  private final Kind kind;
  private final UdpOptions options;
  private final Map<InetSocketAddress, ServerAddress> servers = new HashMap<>();
  private final List<SourcePort> ports4 = new ArrayList<>();
  private final List<SourcePort> ports6 = new ArrayList<>();
  private long lastSweep;

  PortPool(UdpLoop loop, Kind kind) {
    this.loop = loop;
    this.kind = kind;
    this.options = kind.options();
  }

  ServerAddress server(InetSocketAddress address) {
    ServerAddress known = servers.get(address);
    if (known == null) {
      known = new ServerAddress(address);
      servers.put(address, known);
    }
    return known;
  }

  int flowsTo(InetSocketAddress address) {
    ServerAddress server = servers.get(address);
    return server == null ? 0 : server.flows;
  }

  /** How many of them have no answer yet. */
  int unansweredTo(InetSocketAddress address) {
    ServerAddress server = servers.get(address);
    return server == null ? 0 : server.unanswered;
  }

  /**
   * A port that no flow to this server has, or null.
   *
   * @param early whether one will do that may yet get answers to a flow that is over
   */
  @Nullable SourcePort freePort(InetSocketAddress address, boolean early) {
    ServerAddress server = server(address);
    long now = loop.now();
    while (!server.resting.isEmpty() && server.resting.getFirst().until() - now <= 0) {
      server.free.addLast(server.resting.removeFirst().port());
    }
    for (SourcePort port = server.free.pollFirst(); port != null; port = server.free.pollFirst()) {
      if (port.isClosed()) {
        continue;
      }
      if (!port.isFull()) {
        return port;
      }
      server.resting.addLast(new ServerAddress.Resting(port, now + REST_TICKS)); // others have it
    }
    List<SourcePort> ports = server.ipv6 ? ports6 : ports4;
    while (server.used < ports.size()) {
      SourcePort port = ports.get(server.used++);
      if (!port.isFull()) {
        return port;
      }
      server.resting.addLast(new ServerAddress.Resting(port, now + REST_TICKS));
    }
    if (loop.mayOpenPort()) {
      SourcePort opened = open(server.ipv6, ports);
      if (opened != null) {
        server.used++;
        return opened;
      }
    }
    return early ? restingPort(server) : null;
  }

  private @Nullable SourcePort restingPort(ServerAddress server) {
    int resting = Math.min(LOOKED_THROUGH, server.resting.size());
    for (int i = 0; i < resting; i++) {
      SourcePort port = server.resting.removeFirst().port();
      if (port.isClosed()) {
        continue;
      }
      if (!port.isFull()) {
        return port;
      }
      server.resting.addLast(new ServerAddress.Resting(port, loop.now() + REST_TICKS));
    }
    return null;
  }

  private @Nullable SourcePort open(boolean ipv6, List<SourcePort> ports) {
    InetAddress source = kind.source();
    InetSocketAddress from =
        source == null
            ? SocketAddressMemory.of(ipv6, 0, 0, 0, 0)
            : new InetSocketAddress(source, 0);
    SourcePort port = open(from, false);
    if (port != null) {
      ports.add(port);
    }
    return port;
  }

  /**
   * A port with the client's own address, if possible its own port too, for one flow; null if there
   * is none.
   */
  @Nullable SourcePort openAs(InetSocketAddress client) {
    if (!loop.mayOpenPort()) {
      return null;
    }
    SourcePort same = open(client, true);
    return same != null ? same : open(new InetSocketAddress(client.getAddress(), 0), true);
  }

  private @Nullable SourcePort open(InetSocketAddress from, boolean transparent) {
    SourcePort port = null;
    try {
      DatagramSockets.Socket socket = loop.sockets().open(from, transparent, options);
      port = new SourcePort(loop, this, socket, transparent);
      socket.read(port);
      loop.portOpened();
      return port;
    } catch (IOException e) {
      if (port != null) {
        port.close();
      }
      return null; // counted by who wanted it
    }
  }

  void occupy(SourcePort port, UdpFlow flow, ServerAddress server) {
    port.add(flow);
    server.flows++;
    server.unanswered += flow.answered ? 0 : 1;
  }

  /**
   * Gives a port back.
   *
   * @param settled whether no answers are owed any more, so that it may be used at once
   */
  void vacate(SourcePort port, UdpFlow flow, ServerAddress server, boolean settled) {
    if (!port.remove(flow)) {
      return; // done before
    }
    server.flows--;
    server.unanswered -= flow.answered ? 0 : 1;
    if (port.ofOneFlow()) {
      loop.outbox().flush(); // its flow's datagrams may wait there
      close(port);
    } else if (settled) {
      server.free.addLast(port);
    } else {
      server.resting.addLast(new ServerAddress.Resting(port, loop.now() + REST_TICKS));
    }
  }

  /** Descriptors go back after a rush; whether any ports are left. */
  boolean closeIdle() {
    closeIdle(ports4, false);
    closeIdle(ports6, true);
    if (loop.now() - lastSweep >= IDLE_TICKS) { // others will come, and have other addresses
      lastSweep = loop.now();
      servers.values().removeIf(server -> server.isForgotten(loop.now()));
    }
    return !ports4.isEmpty() || !ports6.isEmpty();
  }

  /**
   * From the end of the list, so that {@link ServerAddress#used} stays right; servers forget closed
   * ports when they come across them.
   */
  private void closeIdle(List<SourcePort> ports, boolean ipv6) {
    int before = ports.size();
    for (int i = before - 1; i >= 0 && i >= before - CLOSED_AT_ONCE; i--) {
      SourcePort port = ports.get(i);
      if (!port.isEmpty() || loop.now() - port.lastUsed() < IDLE_TICKS) {
        break;
      }
      ports.remove(i);
      close(port);
    }
    if (ports.size() < before) {
      for (ServerAddress server : servers.values()) {
        if (server.ipv6 == ipv6) {
          server.used = Math.min(server.used, ports.size());
        }
      }
    }
  }

  void close() {
    ports4.forEach(this::close);
    ports6.forEach(this::close);
    ports4.clear();
    ports6.clear();
    servers.clear();
  }

  private void close(SourcePort port) {
    port.close();
    loop.portClosed();
  }
}
