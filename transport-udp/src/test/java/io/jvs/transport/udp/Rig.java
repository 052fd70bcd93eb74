package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.ServerStatus;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import io.jvs.testkit.FreeAddresses;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A transport with one service in front of some servers, and what is heard of them. */
final class Rig implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final UdpTransport transport;
  final LoadBalancer balancer;
  final VirtualService service;
  final InetSocketAddress address;
  final List<LoadBalancerEvent> events = new CopyOnWriteArrayList<>();
  private final List<Peer> peers = new ArrayList<>();

  private Rig(UdpTransport transport, VirtualService service, InetSocketAddress address) {
    this.transport = transport;
    this.service = service;
    this.address = address;
    this.balancer = LoadBalancer.builder(service).listener(events::add).build();
    transport.apply(List.of(new Assignment(service, balancer)));
  }

  static Rig of(UdpEngine engine, Peer... servers) throws IOException {
    return of(engine, service -> service, servers);
  }

  static Rig of(UdpEngine engine, UnaryOperator<VirtualService.Builder> change, Peer... servers)
      throws IOException {
    return of(UdpTransport.builder().engine(engine).eventLoopThreads(2), change, servers);
  }

  static Rig of(
      UdpTransport.Builder transport, UnaryOperator<VirtualService.Builder> change, Peer... servers)
      throws IOException {
    return of(transport, "127.0.0.1", change, servers);
  }

  static Rig of(
      UdpTransport.Builder transport,
      String ip,
      UnaryOperator<VirtualService.Builder> change,
      Peer... servers)
      throws IOException {
    InetSocketAddress address = FreeAddresses.udp(InetAddress.getByName(ip));
    VirtualService.Builder service = VirtualService.udp(address).name("dns").scheduler("rr");
    for (Peer server : servers) {
      service.realServer(server.realServer());
    }
    return new Rig(transport.build(), change.apply(service).build(), address);
  }

  /** Flows end so long after their last datagram. */
  static Timeouts idle(Duration time) {
    Timeouts usual = Timeouts.DEFAULT;
    return new Timeouts(usual.connect(), usual.tcp(), usual.tcpFin(), time);
  }

  /** A new client; closed with the rig. */
  Peer client() throws IOException {
    Peer client = Peer.at(address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : ip());
    peers.add(client);
    return client;
  }

  private String ip() {
    return address.getAddress().getHostAddress();
  }

  void apply(VirtualService changed) {
    transport.apply(List.of(new Assignment(changed, balancer)));
    balancer.apply(changed);
  }

  ServerStatus status(Peer server) {
    return Objects.requireNonNull(balancer.status(server.address()));
  }

  int flows() {
    return transport.status().flows();
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + PATIENCE + " for: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() throws IOException {
    for (Peer peer : peers) {
      peer.close();
    }
    transport.close(Duration.ZERO);
  }
}
