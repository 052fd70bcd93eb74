package io.jvs.balancing;

import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.persistence.Template;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A flow that has its real server, from the choice to the end. Whoever holds it must {@link #close}
 * it or report a {@link #fail failure}; both may be called twice, by any thread, and count once.
 */
public final class Connection implements Admission, AutoCloseable {
  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(Connection.class, "phase", Phase.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LoadBalancer balancer;
  private final ServerState server;
  private final @Nullable Template<ServerState> template;
  private @Nullable Connection previous; // until the server has answered
  private final InetSocketAddress address;
  private final boolean countsAsActive;
  private final long openedAt; // 0 if the policy does not ask for it

  private volatile Phase phase = Phase.OPENING; // changed through PHASE
  private volatile boolean judged; // whether its outcome has been told
  private boolean owesOutcome; // though it is closed; as answered()
  private long excusedNanos; // of the time since openedAt; as answered()

  Connection(
      LoadBalancer balancer,
      Generation generation,
      ServerState server,
      InetSocketAddress address,
      Protocol protocol,
      @Nullable Template<ServerState> template,
      @Nullable Connection previous) {
    this.balancer = balancer;
    this.server = server;
    this.address = address;
    this.template = template;
    this.previous = previous;
    this.countsAsActive = protocol != Protocol.UDP; // ip_vs_proto_udp.c: all flows are inactive
    this.openedAt =
        generation.responseAware() == null && !balancer.hasOutcomes() ? 0 : balancer.nanoTime();
    generation.bind(server, countsAsActive);
  }

  /** The chosen server, as it is defined now. */
  public RealServer server() {
    return server.definition();
  }

  /** Where to connect to: the server's address, with the client's port if the server has none. */
  public InetSocketAddress address() {
    return address;
  }

  public Phase phase() {
    return phase;
  }

  /**
   * Goes on to {@code next}, and the count with it. Going back, or closing twice, does nothing.
   *
   * @return whether this call did it
   */
  public boolean advance(Phase next) {
    return advance(next, false);
  }

  private boolean advance(Phase next, boolean failed) {
    Phase from;
    do {
      from = phase;
      if (from.compareTo(next) >= 0) {
        return false;
      }
    } while (!PHASE.compareAndSet(this, from, next));
    Generation now = balancer.generation();
    if (next == Phase.CLOSED) {
      boolean wasActive = from.compareTo(Phase.CLOSING) < 0;
      now.release(server, wasActive && countsAsActive);
      if (template != null) {
        template.connectionClosed(balancer.nanoTime());
      }
      if (openedAt != 0) {
        long end = balancer.nanoTime();
        now.responded(server, end - openedAt, end, failed);
      }
    } else if (next == Phase.CLOSING && countsAsActive) {
      server.deactivate();
      now.loadChanged(server);
    }
    return true;
  }

  /**
   * The server has given its first answer, well: those who judge it by real traffic hear so, and
   * how long it took. If it fails later, those that were tried before it may be tried again. Called
   * by one thread at a time.
   */
  public void answered() {
    previous = null;
    judge(null);
  }

  /**
   * Whether somebody would like to see the first bytes of the answer: whoever carries them then
   * says {@link #answered(ByteBuffer)}, else {@link #answered()}.
   */
  public boolean readsAnswers() {
    return !judged && balancer.readsAnswers();
  }

  /**
   * As {@link #answered()}, but whether well those say who {@link OutcomeListener#judge judge} the
   * first bytes.
   *
   * @param firstBytes as there
   */
  public void answered(ByteBuffer firstBytes) {
    previous = null;
    if (!judged && balancer.hasOutcomes()) {
      judged = true;
      balancer.answered(server.definition(), firstBytes.asReadOnlyBuffer(), nanos());
    }
  }

  /**
   * For so long the server was not asked for anything, so it is no part of the time that it takes
   * to answer. As {@link #answered}, called by one thread at a time.
   */
  public void excuse(long nanos) {
    excusedNanos += nanos;
  }

  /**
   * The server has been asked and still owes its first answer. To be called now and then, and
   * before giving up: if that is longer than somebody who hears outcomes {@link
   * OutcomeListener#patienceNanos accepts}, it is told now. As {@link #answered}, called by one
   * thread at a time.
   *
   * @return whether it may make sense to call it again: somebody listens, and nothing is told yet
   */
  public boolean stillUnanswered() {
    if (judged || openedAt == 0 || !balancer.hasOutcomes()) {
      return false;
    }
    if (balancer.nanoTime() - openedAt - excusedNanos >= balancer.patience()) {
      judge(null);
    }
    return !judged;
  }

  /** It has ended, well; if it was not said before, the server has {@link #answered}. */
  @Override
  public void close() {
    if (advance(Phase.CLOSED, false)) {
      judge(null);
    }
  }

  /** It has ended before the server could show what it is worth: the client went away. */
  public void abandon() {
    advance(Phase.CLOSED, false);
  }

  /**
   * It counts no more for its server, as with one-packet scheduling, which has no connections; but
   * whether the server {@link #answered} or {@link #fail failed} may be told yet. As {@link
   * #answered}, called by one thread at a time.
   */
  public void countNoMore() {
    owesOutcome |= advance(Phase.CLOSED, false);
  }

  private void judge(@Nullable Failure failure) {
    if (!judged && balancer.hasOutcomes()) {
      judged = true;
      balancer.outcome(server.definition(), failure, nanos());
    }
  }

  /** What the server has taken so far. */
  private long nanos() {
    return openedAt == 0 ? 0 : balancer.nanoTime() - openedAt - excusedNanos;
  }

  /**
   * It has ended, badly. After a failure {@link LoadBalancer#admitElsewhere} may find another
   * server for the same flow.
   *
   * @param reason for people, such as {@code connect timed out after 2 s}
   */
  public void fail(Failure failure, String reason) {
    fail(failure, Fault.OTHER, reason);
  }

  /**
   * As before, and counted by fault.
   *
   * @param fault what it was in one word
   */
  public void fail(Failure failure, Fault fault, String reason) {
    boolean failed = failure != Failure.ANSWERED;
    if (!advance(Phase.CLOSED, failed) && !owesOutcome) {
      return;
    }
    owesOutcome = false;
    judge(failed ? failure : null);
    if (failed) {
      server.failures.count(fault);
      balancer.connectionFailed(server.definition(), failure, reason);
    }
  }

  /** Something of it took so long; for the histograms of the service. Any thread. */
  public void took(Timing what, long nanos) {
    balancer.took(what, nanos);
  }

  /** Adds payload bytes to the server's statistics; any thread. */
  public void countBytes(long fromClient, long toClient) {
    if (fromClient != 0) {
      server.bytesFromClients.add(fromClient);
    }
    if (toClient != 0) {
      server.bytesToClients.add(toClient);
    }
  }

  ServerState state() {
    return server;
  }

  /**
   * Whether this attempt or an earlier one for the same flow went to the server. By address: a
   * server that left and returned long after may have a new state.
   */
  boolean triedOn(ServerState candidate) {
    InetSocketAddress wanted = candidate.definition().address();
    for (Connection attempt = this; attempt != null; attempt = attempt.previous) {
      if (attempt.server.definition().address().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  /** How many servers the flow has been offered to, this one included. */
  int attempts() {
    int count = 0;
    for (Connection attempt = this; attempt != null; attempt = attempt.previous) {
      count++;
    }
    return count;
  }

  @Override
  public String toString() {
    return balancer.service().name() + " to " + server.definition().name() + " " + phase();
  }
}
