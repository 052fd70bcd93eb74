package io.jvs.transport.tcp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Phase;
import io.jvs.model.Flow;
import io.jvs.model.Timeouts;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client from its arrival to its end: a place within the limit, a real server from the load
 * balancer, another if that one cannot be reached, and what the load balancer has to know of it.
 * Bytes are the engine's business. All of it happens on the session's loop.
 */
final class ProxiedConnection implements SessionOwner {
  private final Proxy proxy;
  private final CarriedService service;
  private final RelaySession session;
  private final Timeouts timeouts;
  private final Runnable enter = this::scheduleAdmission; // one object: the limit knows it by that
  private ConnectionLimit.Answer place = ConnectionLimit.Answer.REFUSED;
  private @Nullable Flow flow;
  private @Nullable Connection connection;
  private long connectedNanos;
  private boolean asked;
  private boolean answered;
  private boolean closedByServer; // first, so it is not the client who has lost interest
  private boolean unwanted; // to be reset as soon as it is connected
  private boolean over;

  ProxiedConnection(Proxy proxy, CarriedService service, RelaySession session) {
    this.proxy = proxy;
    this.service = service;
    this.session = session;
    this.timeouts = service.timeouts();
  }

  void arrived() {
    proxy.open().add(session);
    session.ownedBy(this);
    place = proxy.limit().enter(enter);
    switch (place) {
      case ENTERED -> admit();
      case REFUSED -> session.reset();
      case WAITING -> {}
    }
  }

  /** Any thread: whoever has made room. */
  private void scheduleAdmission() {
    session.execute(
        () -> {
          if (!over) {
            place = ConnectionLimit.Answer.ENTERED;
            admit();
          }
        });
  }

  private void admit() {
    flow = Flow.tcp(session.client(), session.local());
    follow(service.admit(flow, null));
  }

  private void follow(@Nullable Admission admission) {
    if (admission instanceof Connection admitted) {
      connection = admitted;
      service.connections().add(admitted.server().address(), this);
      connect(admitted, admitted.address());
    } else { // refused, and the load balancer has told its listeners why; or the policy failed
      session.reset();
    }
  }

  private void connect(Connection to, InetSocketAddress address) {
    if (!address.isUnresolved()) {
      session.connect(request(address, timeouts));
      return;
    }
    long start = System.nanoTime();
    String host = address.getHostString();
    proxy
        .names()
        .resolve(host)
        .orTimeout(timeouts.connect().toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete(
            (ip, failure) ->
                session.execute(
                    () -> {
                      if (over || connection != to) {
                        return;
                      }
                      if (ip == null) {
                        connectFailed(HostNames.reason(host, failure, timeouts.connect()), false);
                        return;
                      }
                      Duration left = timeouts.connect().minusNanos(System.nanoTime() - start);
                      session.connect(
                          request(
                              new InetSocketAddress(ip, address.getPort()),
                              timeouts.withConnect(
                                  left.toMillis() < 1 ? Duration.ofMillis(1) : left)));
                    }));
  }

  private ConnectRequest request(InetSocketAddress server, Timeouts limits) {
    return new ConnectRequest(server, null, false, null, service.options().serverSockets(), limits);
  }

  @Override
  public void looked() {}

  @Override
  public void connected() {
    if (connection != null) {
      connection.advance(Phase.ACTIVE);
      connectedNanos = System.nanoTime();
      if (unwanted) {
        session.execute(session::reset);
      }
    }
  }

  @Override
  public void asked() {
    asked = true;
    if (connection != null) { // a client may take its time, as those do that connect in advance
      connection.excuse(System.nanoTime() - connectedNanos);
    }
  }

  @Override
  public boolean readsAnswers() {
    return connection != null && connection.readsAnswers();
  }

  @Override
  public void answered(@Nullable ByteBuffer firstBytes) {
    answered = true;
    if (connection == null) {
      return;
    }
    if (firstBytes == null) {
      connection.answered();
    } else {
      connection.answered(firstBytes);
    }
  }

  @Override
  public boolean overhears() {
    return false;
  }

  @Override
  public void overheard(ByteBuffer bytes) {}

  @Override
  public boolean stillUnanswered() {
    return connection != null && connection.stillUnanswered();
  }

  @Override
  public void connectFailed(String reason, boolean local) {
    Connection failed = connection;
    if (failed == null || flow == null) {
      throw new IllegalStateException("no connection was asked for");
    }
    if (local) { // another server would not help, and this one is not to blame
      proxy.localFailure(reason);
      session.reset();
      return;
    }
    service.connections().remove(failed.server().address(), this);
    unwanted = false;
    failed.fail(Failure.NEVER_SENT, reason);
    follow(service.admit(flow, failed));
  }

  @Override
  public void halfClosed(boolean byServer) {
    closedByServer = byServer;
    if (connection != null) {
      connection.advance(Phase.CLOSING);
    }
  }

  @Override
  public void transferred(long fromClient, long toClient) {
    if (connection != null) {
      connection.countBytes(fromClient, toClient);
    }
  }

  @Override
  public void ended(End how) {
    over = true;
    Connection last = connection;
    if (last != null) {
      service.connections().remove(last.server().address(), this);
      String failure = failure(how, last.phase());
      if (failure != null) {
        last.fail(Failure.MAYBE_PROCESSED, failure);
      } else if (answered) {
        last.close();
      } else { // whatever the server may be worth, it has not shown it
        if (asked) {
          var unused = last.stillUnanswered();
        }
        last.abandon();
      }
    }
    switch (place) {
      case ENTERED -> proxy.limit().leave();
      case WAITING -> proxy.limit().leaveQueue(enter);
      case REFUSED -> {}
    }
    proxy.open().remove(session);
  }

  /**
   * Any thread: ends it if it is with this server. While it is being connected it is left alone,
   * since it may yet be connected elsewhere.
   */
  void resetFrom(InetSocketAddress server) {
    session.execute(
        () -> {
          if (over || connection == null || !connection.server().address().equals(server)) {
            return;
          }
          if (connection.phase() == Phase.OPENING) {
            unwanted = true;
          } else {
            session.reset();
          }
        });
  }

  /** What the server has done wrong, or null. */
  private @Nullable String failure(End how, Phase phase) {
    boolean owesAnswer = asked && !answered;
    return switch (how) {
      // After a FIN a reset is a hasty goodbye, of which many servers and clients are guilty.
      case SERVER_RESET -> phase == Phase.ACTIVE ? "connection reset by the server" : null;
      case CLOSED -> owesAnswer && closedByServer ? "closed by the server without an answer" : null;
      case IDLE ->
          owesAnswer && phase == Phase.ACTIVE
              ? "no answer within " + Reasons.text(timeouts.tcp())
              : null;
      case CLIENT_RESET, DROPPED -> null;
    };
  }
}
