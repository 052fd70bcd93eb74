package io.jvs.transport.udp;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Timing;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ClosedConnection.FailedAttempt;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.LiveConnection.State;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link UdpFlow} has gone through, for those who look at it and for those who hear of its
 * end: the part of it that decides nothing. Its loop writes; a look from outside reads what the
 * loop writes, one value after the other, and nothing that has to fit together.
 */
abstract class FlowCourse extends FlowKey {
  private static final VarHandle FROM_CLIENT = handle("fromClient");
  private static final VarHandle TO_CLIENT = handle("toClient");
  private static final VarHandle LAST_MOVE = handle("lastMove");

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(FlowCourse.class, field, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long id;
  int place = -1; // in the list of its loop's flows
  private final long arrivedNanos = System.nanoTime();
  private long firstByteNanos; // how long it took; 0 before
  private long fromClient; // written through its handle, as the next two
  private long toClient;
  private long lastMove; // the tick of a datagram
  private int attempts = 1;
  private List<FailedAttempt> failures = List.of();

  FlowCourse(UdpLoop loop, int index, Control at, long id) {
    super(loop.messages(), index, at.localHigh, at.localLow);
    this.id = id;
    this.lastMove = loop.now();
  }

  /** Name of its service. Any thread, as the next four. */
  abstract String service();

  abstract InetSocketAddress client();

  abstract InetSocketAddress local();

  /** The one that it has, or had last. */
  abstract Connection connection();

  abstract boolean isAnswered();

  final long lastMove() {
    return lastMove;
  }

  final void moved(long tick) {
    LAST_MOVE.setOpaque(this, tick);
  }

  /** The client has sent so much, which was sent on. */
  final void countAsked(long bytes) {
    FROM_CLIENT.setOpaque(this, fromClient + bytes);
  }

  /** So much has gone to the client. */
  final void countAnswered(long bytes) {
    TO_CLIENT.setOpaque(this, toClient + bytes);
  }

  /** A server had its datagrams, and nothing good came of it. */
  final void attemptFailed(RealServer server, Fault fault, String reason) {
    List<FailedAttempt> all = new ArrayList<>(failures);
    all.add(new FailedAttempt(server, fault, reason));
    failures = all;
  }

  /** Another server gets what the client has sent. */
  final void triedElsewhere() {
    attempts++;
  }

  /** The first answer of its server has come, perhaps after those of one that has died since. */
  final void hasAnswered(Connection by) {
    if (firstByteNanos == 0) {
      firstByteNanos = Math.max(1, System.nanoTime() - arrivedNanos);
      by.took(Timing.FIRST_BYTE, firstByteNanos);
    }
  }

  /**
   * It is over: for the histograms, and for a listener if there is one.
   *
   * @param quietNanos how long it has been so already
   */
  final void tell(
      FlowListener listener,
      Ending how,
      @Nullable Fault fault,
      @Nullable String cause,
      long quietNanos) {
    boolean answered = isAnswered();
    if (!answered && !listener.isThere()) {
      return;
    }
    long total = Math.max(firstByteNanos, System.nanoTime() - arrivedNanos - quietNanos);
    if (answered) {
      connection().took(Timing.TOTAL, total);
    }
    if (listener.wants(id, fault != null || !failures.isEmpty())) {
      listener.ended(closed(how, fault, cause, Math.max(0, total)));
    }
  }

  private ClosedConnection closed(
      Ending how, @Nullable Fault fault, @Nullable String cause, long totalNanos) {
    return new ClosedConnection(
        Instant.now(),
        id,
        service(),
        Protocol.UDP,
        client(),
        local(),
        connection().server(),
        attempts,
        failures,
        how,
        fault,
        cause,
        Duration.ZERO,
        null,
        firstByteNanos == 0 ? null : Duration.ofNanos(firstByteNanos),
        Duration.ofNanos(totalNanos),
        fromClient,
        toClient);
  }

  /**
   * As it is at this moment. Any thread.
   *
   * @param clock that of its loop
   */
  final LiveConnection now(TickClock clock) {
    long nanos = System.nanoTime();
    long quiet = Math.max(0, clock.nanosSince((long) LAST_MOVE.getOpaque(this)));
    Duration age = Duration.ofNanos(Math.max(0, nanos - arrivedNanos));
    Duration idle = Duration.ofNanos(quiet);
    return new LiveConnection(
        id,
        service(),
        Protocol.UDP,
        client(),
        local(),
        connection().server(),
        isAnswered() ? State.OPEN : State.UNANSWERED,
        age,
        idle.compareTo(age) > 0 ? age : idle, // a tick has begun before its datagrams came
        (long) FROM_CLIENT.getOpaque(this),
        (long) TO_CLIENT.getOpaque(this),
        attempts);
  }
}
