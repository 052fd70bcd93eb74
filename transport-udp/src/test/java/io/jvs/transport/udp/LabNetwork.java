package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.lab.network.Namespace;
import io.jvs.lab.network.ThreeHosts;
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

/** The three hosts with what is of UDP in them. */
final class LabNetwork implements AutoCloseable {
  private final ThreeHosts hosts = new ThreeHosts();
  final Namespace client = hosts.client();
  final Namespace director = hosts.director();
  final Namespace server = hosts.server();
  final List<Flow> flows = new CopyOnWriteArrayList<>(); // as the policy saw them
  private final List<Peer> peers = new ArrayList<>();
  private final UdpTransport transport =
      UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(2).build();

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

  /** What is sent to port 53 of 192.0.2.1, which nobody has, goes to the director's own. */
  void directForeign() {
    director.sh(ThreeHosts.MARKED_STAY);
    director.nft(
        """
        table ip jvs {
          chain to_jvs {
            type filter hook prerouting priority mangle;
            ip daddr 192.0.2.1 udp dport 53 meta mark set 1 tproxy to :53
          }
        }
        """);
  }

  static InetSocketAddress address(String ip, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(ip), port);
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
    hosts.close();
  }
}
