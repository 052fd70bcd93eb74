package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.listening.Place;
import io.jvs.transport.listening.SystemReasons;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that is listened on, and the service that it is for at the moment. Changed by the
 * control side; clients arrive on all loops.
 */
final class Listener implements RelayEngine.Door {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private final Proxy proxy;
  private final Place place;
  private volatile CarriedService service;
  private RelayEngine.@Nullable Listening socket;
  private TcpOptions options = TcpOptions.DEFAULT; // of the socket

  Listener(Proxy proxy, Place place, CarriedService service) {
    this.proxy = proxy;
    this.place = place;
    this.service = service;
  }

  Place place() {
    return place;
  }

  InetSocketAddress address() {
    return place.address();
  }

  CarriedService service() {
    return service;
  }

  /** Clients that arrive from now on are for this service. */
  void serve(CarriedService newService) {
    service = newService;
  }

  void bind(RelayEngine engine, int backlog, boolean spread, TcpOptions newOptions)
      throws IOException {
    socket = engine.listen(address(), backlog(backlog, newOptions), spread, newOptions, this);
    options = newOptions;
  }

  private static int backlog(int usual, TcpOptions options) {
    int own = options.listening().backlog();
    return own == 0 ? usual : own;
  }

  /** Whether {@link #adjust} is enough, or another socket is needed. */
  boolean canAdjust(TcpOptions newOptions) {
    return isAsWanted(newOptions) || (socket != null && socket.canAdjust(options, newOptions));
  }

  private boolean isAsWanted(TcpOptions wanted) {
    return options.listening().equals(wanted.listening())
        && options.clientSockets().equals(wanted.clientSockets());
  }

  /** The engine has checked before that the options will be granted. */
  void adjust(int usualBacklog, TcpOptions newOptions) {
    if (socket == null || isAsWanted(newOptions)) {
      return;
    }
    try {
      socket.adjust(backlog(usualBacklog, newOptions), options, newOptions);
      options = newOptions;
    } catch (IOException e) { // tried again with the next change
      LOG.log(
          Level.WARNING,
          "tcp: {0} goes on with its earlier options: {1}",
          SocketAddresses.format(address()),
          SystemReasons.of(e));
    }
  }

  void start() {
    if (socket != null) {
      socket.start();
    }
  }

  void recheck() {
    RelayEngine.Listening bound = socket;
    if (bound != null) {
      bound.recheck();
    }
  }

  void close() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  int sockets() {
    return socket == null ? 0 : socket.sockets();
  }

  @Override
  public boolean isOpen() {
    return proxy.limit().isOpen();
  }

  @Override
  public void arrived(RelaySession session) {
    CarriedService now = service;
    if (now.isFor(session.local())) {
      new ProxiedConnection(proxy, now, session).arrived();
    } else {
      session.reset();
    }
  }

  @Override
  public void acceptFailed(Throwable cause) {
    proxy.localFailure(SystemReasons.of(cause));
  }

  @Override
  public void acceptWorked() {
    proxy.accepted();
  }
}
