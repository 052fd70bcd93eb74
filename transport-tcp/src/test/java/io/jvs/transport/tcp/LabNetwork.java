package io.jvs.transport.tcp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.lab.network.Namespace;
import io.jvs.lab.network.ThreeHosts;
import io.jvs.model.Flow;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.transport.Transport.Assignment;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The three hosts with what is of TCP in them. */
final class LabNetwork implements AutoCloseable {
  private final ThreeHosts hosts = new ThreeHosts();
  final Namespace client = hosts.client();
  final Namespace director = hosts.director();
  final Namespace server = hosts.server();
  private final List<Closeable> open = new ArrayList<>(); // last first

  TestServer echo(String ip) {
    return echo(ip, 0);
  }

  TestServer echo(String ip, int port) {
    TestServer made = server.call(() -> TestServer.at(ip, port, TestServer.ECHO));
    return keep(made, made::close);
  }

  /** A director with these services, each with a load balancer of its own. */
  Director director(TcpEngine engine, VirtualService... services) {
    Director made = new Director(engine, services);
    return keep(made, made::close);
  }

  /** A client that is connected from the client's namespace; it has its own address. */
  Socket connect(String ip, int port) {
    return connect(client, ip, port);
  }

  Socket connect(Namespace from, String ip, int port) {
    Socket made = from.call(() -> Sockets.connect(new InetSocketAddress(ip, port)));
    return keep(made, made);
  }

  private <T> T keep(T made, Closeable closing) {
    open.add(0, closing);
    return made;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
    hosts.close();
  }

  /** The transport in the director's namespace, where its threads are too. */
  final class Director {
    final TcpTransport transport;
    final List<LoadBalancer> balancers = new ArrayList<>();
    final List<Flow> flows = new CopyOnWriteArrayList<>(); // as the policy saw them

    private Director(TcpEngine engine, VirtualService... services) {
      LeakCheck.arm();
      transport = TcpTransport.builder().engine(engine).eventLoopThreads(2).build();
      try {
        apply(services);
      } catch (RuntimeException e) {
        transport.close();
        throw e;
      }
    }

    void apply(VirtualService... services) {
      List<Assignment> assignments = new ArrayList<>();
      for (VirtualService each : services) {
        VirtualService service = each.toBuilder().scheduler("watched").build();
        LoadBalancer balancer =
            LoadBalancer.builder(service)
                .schedulers(Schedulers.builtIn().with(Scheduler.of("watched", this::first)))
                .build();
        balancers.add(balancer);
        assignments.add(new Assignment(service, balancer));
      }
      director.run(() -> transport.apply(assignments));
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

    void close() {
      transport.close();
      LeakCheck.assertNone();
    }
  }
}
