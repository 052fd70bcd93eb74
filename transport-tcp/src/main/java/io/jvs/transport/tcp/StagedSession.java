package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection in an engine, without its sockets: how far it is, what its owner hears, and
 * how it ends. As a timer it has the deadline of its stage; that is not moved when bytes are, but
 * looks, when it comes, how long ago they were. On its loop only, but for what its interface says.
 */
abstract class StagedSession<L extends SessionLoop> extends TimerWheel.Timer
    implements RelaySession {
  /** How far it is. */
  enum Stage {
    ARRIVED,
    LOOKED_AT,
    CONNECTING,
    RELAYING,
    HALF_CLOSED,
    OVER
  }

  final L loop;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress localAddress;
  private @Nullable SessionOwner owner;
  private @Nullable Timeouts timeouts;
  private @Nullable EarlyBytes early; // if anybody has looked
  private Stage stage = Stage.ARRIVED;
  private long lastMove; // the tick of a byte, or of the beginning of the stage
  private long fromClient; // not yet reported, as the next
  private long toClient;
  private boolean watched;
  private boolean asked;
  private boolean answered;
  private boolean overheard; // what the server sends after its first answer

  StagedSession(L loop, InetSocketAddress clientAddress, InetSocketAddress localAddress) {
    this.loop = loop;
    this.clientAddress = clientAddress;
    this.localAddress = localAddress;
  }

  // What an engine does.

  /** Begins to connect; the answer is one of those methods whose name has connect in it. */
  abstract void open(ConnectRequest request);

  /** Closes the socket towards the server, if there is one; there may be another later. */
  abstract void closeServer();

  /** Closes both sockets; what waits for them is lost. */
  abstract void closeBoth(boolean withReset);

  /** What of the client has been read before anybody looked. */
  void showRead(EarlyBytes to) {}

  /** Reads what a look wants. */
  abstract void readForLook();

  /** So many bytes, which the server has sent just now. */
  abstract ByteBuffer view(int bytes);

  /** Whether so many are all that a read can take, so that bulk may follow, which nobody sees. */
  abstract boolean fills(int bytes);

  /** Several times a second while bytes move. */
  void lookAfterSides() {}

  /** Whether a receiver has taken something that waited for it, although nothing has come. */
  boolean drains() {
    return false;
  }

  // What its owner wants.

  @Override
  public final InetSocketAddress client() {
    return clientAddress;
  }

  @Override
  public final InetSocketAddress local() {
    return localAddress;
  }

  @Override
  public final void ownedBy(SessionOwner newOwner) {
    owner = newOwner;
  }

  @Override
  public final void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public final long idleMillis() {
    return loop.millisSince(lastMove);
  }

  @Override
  public final void look(Look look) {
    if (isOver()) {
      return;
    }
    EarlyBytes seen = early;
    if (seen == null) {
      seen = new EarlyBytes();
      early = seen;
    }
    showRead(seen);
    seen.look(look);
    enter(Stage.LOOKED_AT);
    show(false); // what is left of an earlier look
    readForLook();
  }

  @Override
  public final void connect(ConnectRequest request) {
    if (isOver()) {
      return;
    }
    timeouts = request.timeouts();
    enter(Stage.CONNECTING);
    open(request);
  }

  @Override
  public final void reset() {
    end(SessionOwner.End.DROPPED);
  }

  // First bytes.

  /** How many bytes of the client to read for a look. */
  final int wanted() {
    return early == null ? 0 : early.wanted();
  }

  /** They have been read for a look; or the client's FIN, null. */
  final void seen(@Nullable ByteBuffer bytes) {
    if (early == null) {
      throw new IllegalStateException("nobody looks");
    }
    if (bytes == null) {
      early.end();
    } else {
      early.add(bytes);
    }
    show(false);
  }

  private void show(boolean last) {
    try {
      if (early != null && early.show(last)) {
        stage = Stage.ARRIVED;
        loop.cancelTimer(this);
        if (owner != null) {
          owner.looked();
        }
      }
    } catch (RuntimeException | Error e) {
      fault(e);
    }
  }

  // Connecting.

  /** There is a connection; returns what the client has sent already and the server is to get. */
  final @Nullable ByteBuffer connected() {
    enter(Stage.RELAYING);
    if (owner != null) {
      owner.connected();
    }
    ByteBuffer seen = early == null || isOver() ? null : early.take();
    if (seen != null) {
      sentByClient(seen.remaining());
    }
    return seen;
  }

  final void connectFailed(String reason, boolean local) {
    giveUpAttempt();
    if (owner == null) {
      return;
    }
    if (Reasons.isOfSource(reason)) {
      owner.sourceFailed(reason);
    } else {
      owner.connectFailed(reason, local);
    }
  }

  final void sourceFailed(String reason) {
    giveUpAttempt();
    if (owner != null) {
      owner.sourceFailed(reason);
    }
  }

  private void giveUpAttempt() {
    stage = Stage.ARRIVED;
    loop.cancelTimer(this);
    closeServer();
  }

  // Relaying.

  final void sentByClient(int bytes) {
    touch();
    fromClient += bytes;
    if (!asked) {
      asked = true;
      if (owner != null) {
        owner.asked();
      }
    }
    watch();
  }

  final void sentByServer(int bytes) {
    touch();
    toClient += bytes;
    if (!answered) {
      answered = true;
      if (owner != null) {
        owner.answered(owner.readsAnswers() ? view(bytes) : null);
        overheard = !fills(bytes) && owner.overhears();
      }
    } else if (overheard && owner != null) {
      owner.overheard(view(bytes));
      overheard = !fills(bytes) && owner.overhears();
    }
    watch();
  }

  /** Something goes on. */
  final void touch() {
    lastMove = loop.now();
  }

  /** The FIN of a side has been passed on, and the other side has not sent its own. */
  final void halfClosed(boolean byServer) {
    enter(Stage.HALF_CLOSED);
    watch();
    if (owner != null) {
      owner.halfClosed(byServer);
    }
  }

  final boolean is(Stage which) {
    return stage == which;
  }

  final boolean isOver() {
    return stage == Stage.OVER;
  }

  // The end.

  /** Something was thrown that is nobody's fault but ours, or that of whoever listens to us. */
  final void fault(Throwable cause) {
    Faults.tell(clientAddress, cause);
    end(SessionOwner.End.DROPPED);
  }

  final void end(SessionOwner.End how) {
    if (isOver()) {
      return;
    }
    report();
    stage = Stage.OVER;
    loop.cancelTimer(this);
    try { // first, so that a client who sees the end and comes again finds its place free
      if (owner != null) {
        owner.ended(how);
      }
    } finally {
      closeBoth(how != SessionOwner.End.CLOSED);
    }
  }

  // Time.

  /** Something happens, or should soon. */
  final void watch() {
    if (!watched) {
      watched = true;
      loop.watch(this);
    }
  }

  /** Every now and then while watched; whether to go on. */
  final boolean lookAfter() {
    watched = false;
    try {
      report();
      lookAfterSides();
      watched = asked && !answered && !isOver() && owner != null && owner.stillUnanswered();
    } catch (RuntimeException | Error e) {
      fault(e);
    }
    return watched;
  }

  private void report() {
    if (owner != null && (fromClient | toClient) != 0) {
      owner.transferred(fromClient, toClient);
      fromClient = 0;
      toClient = 0;
    }
  }

  private void enter(Stage next) {
    stage = next;
    touch();
    loop.setTimer(this, limit());
  }

  /** How many ticks may pass without anything. */
  private long limit() {
    Look look = is(Stage.LOOKED_AT) && early != null ? early.look() : null;
    if (look != null) {
      return SessionLoop.ticks(look.patience());
    }
    Timeouts limits = timeouts;
    if (limits == null) {
      throw new IllegalStateException("no timeouts before connect");
    }
    return SessionLoop.ticks(
        switch (stage) {
          case CONNECTING, ARRIVED, LOOKED_AT, OVER -> limits.connect();
          case RELAYING -> limits.tcp();
          case HALF_CLOSED -> limits.tcpFin();
        });
  }

  @Override
  final void expired() {
    if (drains()) {
      touch();
    }
    long left = lastMove + limit() - loop.now();
    if (left > 0) {
      loop.setTimer(this, left);
    } else if (is(Stage.LOOKED_AT)) {
      show(true);
    } else if (is(Stage.CONNECTING) && timeouts != null) {
      connectFailed("connect timed out after " + Reasons.text(timeouts.connect()), false);
    } else {
      end(SessionOwner.End.IDLE);
    }
  }
}
