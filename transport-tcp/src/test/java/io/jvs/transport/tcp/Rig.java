package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.ServerStatus;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A transport with one service in front of some servers, and what is heard of them. */
final class Rig implements AutoCloseable {
  final TcpTransport transport;
  final LoadBalancer balancer;
  final InetSocketAddress address;
  final List<LoadBalancerEvent> events = new CopyOnWriteArrayList<>();
  private final List<Socket> clients = new ArrayList<>();
  private final int buffersBefore;
  private final int pipesBefore;

  private Rig(TcpTransport.Builder transport, VirtualService service, InetSocketAddress address) {
    LeakCheck.arm();
    this.buffersBefore = LeakCheck.openBuffers();
    this.pipesBefore = LeakCheck.pipes();
    this.transport = transport.build();
    this.address = address;
    this.balancer = LoadBalancer.builder(service).listener(events::add).build();
    this.transport.apply(List.of(new Assignment(service, balancer)));
  }

  static Rig of(TcpEngine engine, TestServer... servers) {
    return of(engine, service -> service, servers);
  }

  static Rig of(
      TcpEngine engine, UnaryOperator<VirtualService.Builder> change, TestServer... servers) {
    return of(TcpTransport.builder().engine(engine).eventLoopThreads(2), change, servers);
  }

  static Rig of(
      TcpTransport.Builder transport,
      UnaryOperator<VirtualService.Builder> change,
      TestServer... servers) {
    InetSocketAddress address = Sockets.freeAddress();
    VirtualService.Builder service = VirtualService.tcp(address).name("web").scheduler("rr");
    for (TestServer server : servers) {
      service.realServer(server.realServer());
    }
    VirtualService built = change.apply(service).build();
    InetSocketAddress listening =
        built.address() instanceof io.jvs.model.VirtualAddress.Endpoint endpoint
            ? endpoint.socketAddress()
            : address;
    return new Rig(transport, built, listening);
  }

  /** A new client; closed with the rig. */
  Socket client() throws IOException {
    Socket socket = Sockets.connect(address);
    clients.add(socket);
    return socket;
  }

  /** How a new client ends: {@link Sockets#ending}. A reset may come before connect returns. */
  String endOfNewClient() throws IOException {
    return Sockets.endOfNewClient(address);
  }

  void apply(VirtualService... services) {
    List<Assignment> assignments = new ArrayList<>();
    for (VirtualService service : services) {
      assignments.add(new Assignment(service, balancer));
    }
    transport.apply(assignments);
  }

  ServerStatus status(RealServer server) {
    return Objects.requireNonNull(balancer.status(server.address()));
  }

  ServerStatus status(TestServer server) {
    return status(server.realServer());
  }

  int connections() {
    return balancer.status().connections();
  }

  void awaitConnections(int expected) {
    Sockets.await(
        "connections " + expected + ", not " + balancer.status(),
        () -> connections() == expected && transport.status().connections() == expected);
  }

  @Override
  public void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    transport.close(Duration.ZERO);
    LeakCheck.assertNone();
    // Its loops have ended, so whatever they took is back.
    assertThat(LeakCheck.openBuffers()).as("buffers").isLessThanOrEqualTo(buffersBefore);
    // Those to programs of a test are closed by another thread, some time after their end.
    Sockets.await("pipes", () -> LeakCheck.pipes() <= pipesBefore);
  }
}
