package io.jvs.transport.tcp;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Timing;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ClosedConnection.FailedAttempt;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.LiveConnection.State;
import io.jvs.transport.tcp.SessionOwner.End;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ProxiedConnection} has gone through, for those who look at it and for those who
 * hear of its end: the part of it that decides nothing. Its loop writes; a look from outside reads
 * what the loop writes, one value after the other, and nothing that has to fit together.
 */
abstract class ConnectionCourse {
  private static final VarHandle FROM_CLIENT;
  private static final VarHandle TO_CLIENT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      FROM_CLIENT = lookup.findVarHandle(ConnectionCourse.class, "fromClient", long.class);
      TO_CLIENT = lookup.findVarHandle(ConnectionCourse.class, "toClient", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long id;
  final Proxy proxy;
  final CarriedService service;
  final RelaySession session;
  volatile @Nullable Connection connection;
  @Nullable String cause; // of the end, if how it ended does not tell
  private final long arrivedNanos = System.nanoTime();
  private long admittedNanos; // 0 before, as the next three
  private long connectedNanos;
  private long askedNanos;
  private long firstByteNanos; // how long it took
  private long fromClient; // written through its handle, as the next
  private long toClient;
  private int attempts;
  private List<FailedAttempt> failures = List.of();
  private boolean refused;

  ConnectionCourse(Proxy proxy, CarriedService service, RelaySession session) {
    this.id = proxy.ids().next();
    this.proxy = proxy;
    this.service = service;
    this.session = session;
  }

  /** Who it is, as far as is known. Any thread. */
  abstract InetSocketAddress client();

  /**
   * It has a real server to try.
   *
   * @param delayed whether it could not have one right at its arrival
   */
  final void admitted(Connection to, boolean delayed) {
    if (attempts++ == 0) {
      admittedNanos = delayed ? System.nanoTime() : arrivedNanos;
    }
    connection = to;
  }

  final void refusedFor(String why) {
    cause = why;
    refused = true;
  }

  final void attemptFailed(RealServer server, Fault fault, String reason) {
    if (failures.isEmpty()) {
      failures = new ArrayList<>(1);
    }
    failures.add(new FailedAttempt(server, fault, reason));
  }

  final void hasConnected(Connection to) {
    connectedNanos = System.nanoTime();
    to.took(Timing.CONNECT, connectedNanos - admittedNanos);
  }

  /** How long the server has waited for that, in nanoseconds. */
  final long hasAsked() {
    askedNanos = System.nanoTime();
    return askedNanos - connectedNanos;
  }

  final void hasAnswered(Connection by) {
    long since = askedNanos == 0 ? connectedNanos : askedNanos; // 0: the server speaks first
    firstByteNanos = Math.max(1, System.nanoTime() - since);
    by.took(Timing.FIRST_BYTE, firstByteNanos);
  }

  final void counted(long newFromClient, long newToClient) {
    FROM_CLIENT.setOpaque(this, fromClient + newFromClient);
    TO_CLIENT.setOpaque(this, toClient + newToClient);
  }

  /** For those who want to know: the histograms, and perhaps a listener. */
  final void tell(End how, @Nullable Fault fault) {
    long totalNanos = System.nanoTime() - arrivedNanos;
    Connection last = connection;
    boolean served = connectedNanos != 0 && last != null;
    if (served && last != null) {
      last.took(Timing.TOTAL, totalNanos);
    }
    ConnectionListener listener = proxy.listener();
    if (listener == null) {
      return;
    }
    boolean failed = fault != null || !failures.isEmpty() || refused;
    try {
      if (listener.wants(id, failed)) {
        listener.ended(closed(how, fault, served ? last : null, totalNanos));
      }
    } catch (RuntimeException | Error e) {
      proxy.listenerFailed(e);
    }
  }

  private ClosedConnection closed(
      End how, @Nullable Fault fault, @Nullable Connection by, long totalNanos) {
    return new ClosedConnection(
        Instant.now(),
        id,
        service.assignment().service().name(),
        Protocol.TCP,
        client(),
        session.local(),
        by == null ? null : by.server(),
        attempts,
        failures,
        ending(how),
        fault,
        cause,
        Duration.ofNanos(admittedNanos == 0 ? totalNanos : admittedNanos - arrivedNanos),
        by == null ? null : Duration.ofNanos(connectedNanos - admittedNanos),
        firstByteNanos == 0 ? null : Duration.ofNanos(firstByteNanos),
        Duration.ofNanos(totalNanos),
        fromClient,
        toClient);
  }

  private Ending ending(End how) {
    return switch (how) {
      case CLOSED -> Ending.CLOSED;
      case CLIENT_RESET -> Ending.CLIENT_RESET;
      case SERVER_RESET -> Ending.SERVER_RESET;
      case IDLE -> Ending.IDLE;
      case DROPPED -> refused ? Ending.REFUSED : Ending.DROPPED;
    };
  }

  /** As it is at this moment. Any thread. */
  final LiveConnection now() {
    Connection present = connection;
    LiveConnection.State state = state(present);
    boolean connected = state == State.OPEN || state == State.CLOSING;
    long idleMillis = connected ? session.idleMillis() : -1;
    return new LiveConnection(
        id,
        service.assignment().service().name(),
        Protocol.TCP,
        client(),
        session.local(),
        present == null ? null : present.server(),
        state,
        Duration.ofNanos(System.nanoTime() - arrivedNanos),
        idleMillis < 0 ? null : Duration.ofMillis(idleMillis),
        (long) FROM_CLIENT.getOpaque(this),
        (long) TO_CLIENT.getOpaque(this),
        attempts);
  }

  private static State state(@Nullable Connection present) {
    if (present == null) {
      return State.WAITING;
    }
    return switch (present.phase()) {
      case OPENING, CLOSED -> State.CONNECTING; // closed: its attempt, and the next one is sought
      case ACTIVE -> State.OPEN;
      case CLOSING -> State.CLOSING;
    };
  }
}
