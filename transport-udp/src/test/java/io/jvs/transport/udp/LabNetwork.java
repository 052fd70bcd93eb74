package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.transport.Transport.Assignment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Client, director and real server, a namespace each, wired in a row: 10.1.0.2 and fd01::2 to
 * 10.1.0.1 and fd01::1 (c0); 10.2.0.1 and fd02::1 (s0) to 10.2.0.2 and fd02::2. Both ends have the
 * director as their gateway, which does not forward. The client is to reach the virtual addresses
 * 192.0.2.1 and 2001:db8::1 through it, which it does not have.
 */
final class LabNetwork implements AutoCloseable {
  final Namespace client = Namespace.open("client");
  final Namespace director = Namespace.open("director");
  final Namespace server = Namespace.open("server");
  final List<Flow> flows = new CopyOnWriteArrayList<>(); // as the policy saw them
  private final List<Peer> peers = new ArrayList<>();
  private final UdpTransport transport =
      UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(2).build();

  LabNetwork() {
    client.wire("d0", "10.1.0.2/24 fd01::2/64", director, "c0", "10.1.0.1/24 fd01::1/64");
    server.wire("d0", "10.2.0.2/24 fd02::2/64", director, "s0", "10.2.0.1/24 fd02::1/64");
    client.sh("ip route add default via 10.1.0.1; ip -6 route add default via fd01::1");
    server.sh("ip route add default via 10.2.0.1; ip -6 route add default via fd02::1");
  }

  /** Loads rules of nft into the director. */
  void nft(String rules) {
    Namespace.assumeCommand("nft", "nftables");
    director.sh("nft -f - <<'END'\n" + rules + "\nEND");
  }

  Peer server(String ip, int port) {
    return peer(server, ip, port);
  }

  Peer client(String ip) {
    return peer(client, ip, 0);
  }

  private Peer peer(Namespace where, String ip, int port) {
    Peer made = where.call(() -> Peer.at(ip, port));
    peers.add(made);
    return made;
  }

  static InetSocketAddress address(String ip, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(ip), port);
  }

  /** The client asks there and the server answers; returns whom the server has seen. */
  static InetSocketAddress exchange(Peer client, InetSocketAddress asked, Peer server)
      throws Exception {
    client.send(asked, "question");
    Peer.Received question = server.receive();
    server.send(question.from(), "answer");
    Peer.Received answer = client.receive();
    if (!answer.text().equals("answer") || !answer.from().equals(asked)) {
      throw new AssertionError(answer.text() + " from " + answer.from() + ", not " + asked);
    }
    return question.from();
  }

  /** Each with a load balancer of its own, in the director's namespace. */
  UdpTransport director(VirtualService... services) {
    List<Assignment> assignments = new ArrayList<>();
    for (VirtualService each : services) {
      VirtualService service = each.toBuilder().scheduler("watched").build();
      LoadBalancer balancer =
          LoadBalancer.builder(service)
              .schedulers(Schedulers.builtIn().with(Scheduler.of("watched", this::first)))
              .build();
      assignments.add(new Assignment(service, balancer));
    }
    director.run(() -> transport.apply(assignments));
    return transport;
  }

  /** The first server that may be chosen; and for whom. */
  private int first(ServerView servers, Flow flow) {
    flows.add(flow);
    for (int i = servers.size() - 1; i >= 0; i--) { // in front is the last that was added
      if (!servers.excluded(i)) {
        return i;
      }
    }
    return Scheduler.Selector.NONE;
  }

  @Override
  public void close() {
    transport.close();
    peers.forEach(Peer::close);
    client.close();
    director.close();
    server.close();
  }
}
