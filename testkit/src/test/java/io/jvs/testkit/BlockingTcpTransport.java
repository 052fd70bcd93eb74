package io.jvs.testkit;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Phase;
import io.jvs.model.Flow;
import io.jvs.model.Protocol;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The simplest transport that keeps the contract: blocking sockets, two threads per connection. It
 * exists to test the contract.
 */
class BlockingTcpTransport implements Transport {
  private final Map<InetSocketAddress, Listener> listeners = new HashMap<>();
  private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
  private final LoadBalancerListener resets = this::onEvent;
  private boolean closed;

  @Override
  public String name() {
    return "blocking-tcp";
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    return service.address() instanceof VirtualAddress.Endpoint endpoint
            && endpoint.protocol() == Protocol.TCP
            && endpoint.ports().isSingle()
        ? Optional.empty()
        : Optional.of("it carries single TCP ports only, not " + service.address());
  }

  @Override
  public void apply(List<Assignment> desired) {
    Map<InetSocketAddress, LoadBalancer> wanted = new HashMap<>();
    for (Assignment assignment : desired) {
      objection(assignment.service())
          .ifPresent(
              why -> {
                throw new UnsupportedServiceException(assignment.service().name() + ": " + why);
              });
      VirtualAddress.Endpoint endpoint = (VirtualAddress.Endpoint) assignment.service().address();
      wanted.put(endpoint.socketAddress(), assignment.balancer());
    }
    Map<InetSocketAddress, Listener> fresh = new HashMap<>();
    try {
      for (Map.Entry<InetSocketAddress, LoadBalancer> each : wanted.entrySet()) {
        if (!listeners.containsKey(each.getKey())) {
          fresh.put(each.getKey(), new Listener(each.getKey(), each.getValue()));
        }
      }
    } catch (TransportException e) {
      fresh.values().forEach(Listener::close);
      throw e;
    }
    fresh.values().forEach(listener -> listener.thread = daemon(listener::run));
    listeners.putAll(fresh);
    listeners.forEach(
        (address, listener) -> {
          LoadBalancer balancer = wanted.get(address);
          if (balancer == null) {
            listener.close();
          } else {
            listener.balancer = balancer;
            balancer.removeListener(resets);
            balancer.addListener(resets);
          }
        });
    listeners.keySet().retainAll(wanted.keySet());
  }

  void onEvent(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.ConnectionsReset reset) {
      for (Relay relay : relays) {
        if (relay.connection.server().equals(reset.server())) {
          relay.reset();
        }
      }
    }
  }

  @Override
  public void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    listeners.values().forEach(Listener::close);
    long deadline = System.nanoTime() + drain.toNanos();
    while (!relays.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    relays.forEach(Relay::reset);
  }

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body, "blocking-tcp");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** One virtual address. */
  private final class Listener {
    private final ServerSocket socket;
    private volatile LoadBalancer balancer;
    private @Nullable Thread thread; // control side

    Listener(InetSocketAddress address, LoadBalancer balancer) {
      this.balancer = balancer;
      try {
        socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(address);
      } catch (IOException e) {
        throw new TransportException("cannot listen at " + address + ": " + e.getMessage(), e);
      }
    }

    void run() {
      while (!socket.isClosed()) {
        try {
          Socket client = socket.accept();
          var unused = daemon(() -> connect(client));
        } catch (IOException e) {
          // closed
        }
      }
    }

    private void connect(Socket client) {
      Flow flow =
          Flow.tcp(
              (InetSocketAddress) client.getRemoteSocketAddress(),
              (InetSocketAddress) client.getLocalSocketAddress());
      Admission answer = balancer.admit(flow);
      while (answer instanceof Connection connection) {
        try {
          Socket server =
              new Socket(connection.address().getAddress(), connection.address().getPort());
          new Relay(client, server, connection).start();
          return;
        } catch (IOException e) {
          connection.fail(Failure.NEVER_SENT, e.toString());
          answer = balancer.admitElsewhere(flow, connection);
        }
      }
      resetSocket(client);
    }

    void close() {
      try {
        socket.close();
        if (thread != null) {
          thread.join(); // the port is free only when accept() has returned
        }
      } catch (IOException e) {
        throw new TransportException("cannot close " + socket, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One connection: both directions, until both have ended or one has broken. */
  private final class Relay {
    private final Socket client;
    private final Socket server;
    private final Connection connection;

    Relay(Socket client, Socket server, Connection connection) {
      this.client = client;
      this.server = server;
      this.connection = connection;
    }

    void start() {
      relays.add(this);
      connection.advance(Phase.ACTIVE);
      var unused = daemon(() -> copy(client, server));
      var unusedToo = daemon(() -> copy(server, client));
    }

    private void copy(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        for (int n = from.getInputStream().read(buffer);
            n >= 0;
            n = from.getInputStream().read(buffer)) {
          to.getOutputStream().write(buffer, 0, n);
        }
        to.shutdownOutput();
        if (!connection.advance(Phase.CLOSING)) { // the other direction has ended before
          connection.close();
          relays.remove(this);
          client.close();
          server.close();
        }
      } catch (IOException e) {
        reset();
      }
    }

    void reset() {
      relays.remove(this);
      connection.fail(Failure.MAYBE_PROCESSED, "reset");
      resetSocket(client);
      resetSocket(server);
    }
  }

  private static void resetSocket(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }
}
