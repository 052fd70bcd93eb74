package io.jvs.transport.udp;

import io.jvs.transport.listening.Place;
import io.netty.util.concurrent.Future;
import java.io.IOException;
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
  private final Place place;
  private final List<Entrance> entrances = new ArrayList<>();
  private final AtomicInteger flows = new AtomicInteger();
  private volatile @Nullable CarriedService service;
  private List<Future<?>> closing = List.of(); // under this
  private @Nullable CarriedService lastService; // under this
  private boolean held; // under this: a change is under way that needs it
  private boolean closed; // under this
  private UdpOptions options; // of the sockets; control side only

  private Listener(Place place, CarriedService service, UdpOptions options) {
    this.place = place;
    this.service = service;
    this.options = options;
  }

  static Listener bind(Place place, CarriedService service, UdpOptions options, List<UdpLoop> loops)
      throws IOException {
    Listener listener = new Listener(place, service, options);
    try {
      if (options.listening().port() != 0) {
        UdpLoop loop = loops.get(options.listening().port() % loops.size());
        DatagramSockets.Socket socket = loop.sockets().listen(place.address(), false, options);
        listener.entrances.add(new TproxyEntrance(listener, loop, socket, options));
        return listener;
      }
      for (UdpLoop loop : loops) {
        boolean first = listener.entrances.isEmpty();
        DatagramSockets.Socket socket = loop.sockets().listen(place.address(), !first, options);
        listener.entrances.add(new Front(listener, loop, socket));
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

  Place place() {
    return place;
  }

  /** Those of its sockets. Control side only. */
  UdpOptions options() {
    return options;
  }

  /** Done when it returns. Control side only; after {@link SocketSetup#canAdjust}. */
  void adjust(UdpOptions newOptions) {
    UdpOptions before = options;
    if (!newOptions.equals(before)) {
      options = newOptions;
      List<Future<?>> all = new ArrayList<>();
      for (Entrance each : entrances) {
        all.add(each.loop().sockets().executor().submit(() -> each.adjust(before, newOptions)));
      }
      all.forEach(Future::awaitUninterruptibly);
    }
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

  /** The change is off: it goes on as before, or is closed if nobody needs it any more. */
  void release() {
    synchronized (this) {
      held = false;
    }
    closeIfUnused();
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

  private synchronized void closeIfUnused() {
    if (!closed && !held && service == null && flows.get() == 0) {
      closeSockets();
    }
  }

  int sockets() {
    return entrances.size();
  }

  /** Begins to read. */
  void start() {
    for (Entrance entrance : entrances) {
      entrance.loop().execute(entrance::start);
    }
  }

  /** Whose it was when it was closed; null if it was for nobody any more. */
  synchronized @Nullable CarriedService lastService() {
    return lastService;
  }

  /** Frees the address. Not on a loop. */
  void close() {
    synchronized (this) {
      lastService = service;
      service = null;
      closeSockets();
    }
    var unused = isGone();
  }

  /** Whether it is closed, and its address free. Not on a loop. */
  boolean isGone() {
    List<Future<?>> all;
    synchronized (this) {
      if (!closed) {
        return false;
      }
      all = closing;
    }
    all.forEach(Future::awaitUninterruptibly);
    return true;
  }

  /** Under this, so that whoever sees that it is closed can wait for it. */
  private void closeSockets() {
    closed = true;
    List<Future<?>> all = new ArrayList<>();
    for (Entrance entrance : entrances) {
      all.add(entrance.loop().sockets().executor().submit(entrance::close));
    }
    closing = all;
  }
}
