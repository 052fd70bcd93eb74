package io.jvs.transport.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that is listened on, and the service that it is for at the moment. Changed by the
 * control side; clients arrive on all loops.
 */
final class Listener implements RelayEngine.Door {
  private final Proxy proxy;
  private final InetSocketAddress address;
  private volatile CarriedService service;
  private RelayEngine.@Nullable Listening socket;

  Listener(Proxy proxy, InetSocketAddress address, CarriedService service) {
    this.proxy = proxy;
    this.address = address;
    this.service = service;
  }

  InetSocketAddress address() {
    return address;
  }

  CarriedService service() {
    return service;
  }

  /** Clients that arrive from now on are for this service. */
  void serve(CarriedService newService) {
    service = newService;
  }

  void bind(RelayEngine engine, int backlog, boolean spread, TcpOptions options)
      throws IOException {
    socket = engine.listen(address, backlog, spread, options, this);
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
    new ProxiedConnection(proxy, service, session).arrived();
  }

  @Override
  public void acceptFailed(Throwable cause) {
    proxy.localFailure(Reasons.of(cause));
  }

  @Override
  public void acceptWorked() {
    proxy.accepted();
  }
}
