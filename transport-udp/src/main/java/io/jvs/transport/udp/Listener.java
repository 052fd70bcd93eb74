package io.jvs.transport.udp;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An address that is listened on, by a socket for each loop, and the service that it is for at the
 * moment; null when there is none, and present flows live on. Changed by the control side; clients
 * arrive on all loops.
 *
 * <p>Sockets with SO_REUSEPORT share an address with anybody of the same user who asks for the
 * same. Therefore the first one is bound without it, which fails if anybody is there, and is given
 * the option afterwards, which lets our others join.
 */
final class Listener {
  private final InetSocketAddress address;
  private final List<Front> fronts = new ArrayList<>();
  private final AtomicInteger flows = new AtomicInteger();
  private volatile @Nullable CarriedService service;
  private volatile List<Future<?>> closing = List.of();
  private UdpOptions options; // control side
  private boolean held; // under this: a change is under way that needs it
  private boolean closed; // under this

  private Listener(InetSocketAddress address, CarriedService service, UdpOptions options) {
    this.address = address;
    this.options = options;
    this.service = service;
  }

  static Listener bind(
      InetSocketAddress address, CarriedService service, UdpOptions options, List<UdpLoop> loops)
      throws IOException {
    Listener listener = new Listener(address, service, options);
    try {
      for (UdpLoop loop : loops) {
        boolean first = listener.fronts.isEmpty();
        DatagramSockets.Socket socket = loop.sockets().listen(address, !first, options);
        listener.fronts.add(new Front(listener, loop, socket));
        if (first && loops.size() > 1) {
          socket.share();
        }
      }
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /** Who gets new clients; null for nobody. */
  @Nullable CarriedService service() {
    return service;
  }

  /** Clients that are new from now on are for this service. */
  synchronized void serve(CarriedService newService) {
    held = false;
    service = newService;
  }

  /** Whether it is there and stays, although it may have had no service and no flows. */
  synchronized boolean hold() {
    held = !closed;
    return held;
  }

  /** No new clients from now on; closed when the last flow has ended. */
  void retire() {
    synchronized (this) {
      service = null;
      held = false;
    }
    closeIfUnused();
  }

  void flowBegan() {
    flows.incrementAndGet();
  }

  void flowEnded() {
    if (flows.decrementAndGet() == 0 && service == null) {
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    synchronized (this) {
      if (closed || held || service != null || flows.get() > 0) {
        return;
      }
      closed = true;
    }
    closeSockets();
  }

  /** Its sockets go by those options from now on, as far as they can. Control side. */
  void adjust(UdpOptions newOptions) {
    if (newOptions.equals(options)) {
      return;
    }
    options = newOptions;
    for (Front front : fronts) {
      front.loop().execute(() -> front.adjust(newOptions));
    }
  }

  int sockets() {
    return fronts.size();
  }

  /** Begins to read. */
  void start() {
    for (Front front : fronts) {
      front.loop().execute(front::start);
    }
  }

  /** Frees the address. Not on a loop. */
  void close() {
    synchronized (this) {
      service = null;
      closed = true;
    }
    closeSockets().forEach(Future::awaitUninterruptibly);
  }

  /** Whether it is closed, and its address free. Not on a loop. */
  boolean isGone() {
    synchronized (this) {
      if (!closed) {
        return false;
      }
    }
    closing.forEach(Future::awaitUninterruptibly);
    return true;
  }

  private List<Future<?>> closeSockets() {
    List<Future<?>> all = new ArrayList<>();
    for (Front front : fronts) {
      all.add(front.loop().sockets().executor().submit(front::close));
    }
    closing = all;
    return all;
  }
}
