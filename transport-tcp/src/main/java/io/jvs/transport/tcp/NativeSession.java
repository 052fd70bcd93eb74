package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A pair of sockets on one loop: how far it is, what its owner hears, and how it ends. As a timer
 * it has the deadline of its stage; that is not moved when bytes are, but looks, when it comes, how
 * long ago they were.
 */
final class NativeSession extends TimerWheel.Timer implements RelaySession {
  private enum Stage {
    ARRIVED,
    LOOKED_AT,
    CONNECTING,
    RELAYING,
    HALF_CLOSED,
    OVER
  }

  private final NativeLoop loop;
  private final NativeSide client;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress localAddress;
  private @Nullable SessionOwner owner;
  private @Nullable NativeSide server;
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

  NativeSession(
      NativeLoop loop,
      Socket socket,
      InetSocketAddress clientAddress,
      InetSocketAddress localAddress) {
    this.loop = loop;
    this.client = loop.newSide(this, socket);
    this.clientAddress = clientAddress;
    this.localAddress = localAddress;
  }

  /** Begins, when there is an owner, to hear of the client: that it has gone, for example. */
  void listen() {
    if (stage != Stage.OVER) {
      client.listen();
      watch();
    }
  }

  @Override
  public InetSocketAddress client() {
    return clientAddress;
  }

  @Override
  public InetSocketAddress local() {
    return localAddress;
  }

  @Override
  public void ownedBy(SessionOwner newOwner) {
    owner = newOwner;
  }

  @Override
  public void execute(Runnable task) {
    loop.executor().execute(task);
  }

  @Override
  public long idleMillis() {
    return loop.millisSince(lastMove);
  }

  @Override
  public void look(Look look) {
    if (stage == Stage.OVER) {
      return;
    }
    if (early == null) {
      early = new EarlyBytes();
    }
    early.look(look);
    enter(Stage.LOOKED_AT);
    show(false); // what is left of an earlier look
    client.goOn(); // what has come before anybody looked
  }

  /** How many bytes of the client to read for a look. */
  int wanted() {
    return early == null ? 0 : early.wanted();
  }

  /** So many have been read for a look, and are in the loop's buffer; or the client's FIN, -1. */
  void read(int bytes) {
    if (early == null) {
      throw new IllegalStateException("nobody looks");
    }
    if (bytes < 0) {
      early.end();
    } else {
      early.add(loop.buffer().duplicate().limit(bytes));
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

  @Override
  public void connect(ConnectRequest request) {
    if (stage == Stage.OVER) {
      return;
    }
    InetSocketAddress address = request.server();
    timeouts = request.timeouts();
    enter(Stage.CONNECTING);
    try {
      Socket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
      NativeSide side = loop.newSide(this, socket);
      server = side;
      side.sayFirst(request.preamble());
      socket.setTcpNoDelay(true);
      if (!prepare(socket, request)) {
        return;
      }
      if (side.connect(address)) {
        serverConnected(side);
      }
    } catch (ChannelException | UncheckedIOException e) { // no socket, or none that is watched
      connectFailed(Reasons.of(e), true);
    } catch (IOException e) {
      connectFailed(Reasons.of(e), false);
    }
  }

  /** Whether the socket is as it should be; if not, the owner has been told. */
  private boolean prepare(Socket socket, ConnectRequest request) {
    try {
      SocketSetup.outgoing(socket, request);
      return true;
    } catch (IOException e) {
      sourceFailed(Reasons.of(e));
      return false;
    }
  }

  private void sourceFailed(String reason) {
    giveUpAttempt();
    if (owner != null) {
      owner.sourceFailed(reason);
    }
  }

  private void giveUpAttempt() {
    NativeSide attempt = server;
    server = null;
    stage = Stage.ARRIVED;
    loop.cancelTimer(this);
    if (attempt != null) {
      attempt.close(false);
    }
  }

  void connectFailed(String reason, boolean local) {
    if (Reasons.isOfSource(reason)) {
      sourceFailed(reason);
      return;
    }
    giveUpAttempt();
    if (owner != null) {
      owner.connectFailed(reason, local);
    }
  }

  void serverConnected(NativeSide side) {
    enter(Stage.RELAYING);
    if (owner != null) {
      owner.connected();
    }
    ByteBuffer seen = early == null || stage == Stage.OVER ? null : early.take();
    side.sayFirst(seen);
    if (seen != null) {
      moved(client, seen.remaining());
    }
    side.begin();
    side.relayTo(client);
    client.relayTo(side);
  }

  /** Bytes of one side have been read; if they are its first, it can still show them. */
  void moved(NativeSide from, int bytes) {
    touch();
    if (from == client) {
      fromClient += bytes;
      if (!asked) {
        begin(from, bytes);
      }
    } else {
      toClient += bytes;
      if (!answered) {
        begin(from, bytes);
      } else if (overheard) {
        overhear(from, bytes);
      }
    }
    watch();
  }

  private void watch() {
    if (!watched) {
      watched = true;
      loop.watch(this);
    }
  }

  private void begin(NativeSide from, int bytes) {
    if (from == client) {
      asked = true;
      if (owner != null) {
        owner.asked();
      }
    } else {
      answered = true;
      if (owner != null) {
        owner.answered(owner.readsAnswers() ? from.view(bytes) : null);
        overheard = !from.fills(bytes) && owner.overhears();
      }
    }
  }

  /** Ends before anything is spliced, which is after a full read at the earliest. */
  private void overhear(NativeSide from, int bytes) {
    if (owner != null) {
      owner.overheard(from.view(bytes));
      overheard = !from.fills(bytes) && owner.overhears();
    }
  }

  /** Something goes on. */
  void touch() {
    lastMove = loop.now();
  }

  /** The FIN of a side has been passed on, and the other side has not sent its own. */
  void halfClosed(NativeSide by) {
    enter(Stage.HALF_CLOSED);
    watch();
    if (owner != null) {
      owner.halfClosed(by == server);
    }
  }

  /** Nothing is left to be passed on, but the second FIN: closing sends it. */
  void bothEnded() {
    end(SessionOwner.End.CLOSED);
  }

  /** A side has been reset, or cannot be written to. */
  void broken(NativeSide side) {
    end(side == client ? SessionOwner.End.CLIENT_RESET : SessionOwner.End.SERVER_RESET);
  }

  /** Something was thrown that is nobody's fault but ours, or that of whoever listens to us. */
  void fault(Throwable cause) {
    Faults.tell(clientAddress, cause);
    end(SessionOwner.End.DROPPED);
  }

  @Override
  public void reset() {
    end(SessionOwner.End.DROPPED);
  }

  private void end(SessionOwner.End how) {
    if (stage == Stage.OVER) {
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
      boolean withReset = how != SessionOwner.End.CLOSED;
      client.close(withReset);
      if (server != null) {
        server.close(withReset);
      }
    }
  }

  /** Every now and then while watched; whether to go on. */
  boolean lookAfter() {
    watched = false;
    try {
      report();
      client.lookAfter();
      if (server != null) {
        server.lookAfter();
      }
      watched =
          asked && !answered && stage != Stage.OVER && owner != null && owner.stillUnanswered();
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
    Look look = stage == Stage.LOOKED_AT && early != null ? early.look() : null;
    if (look != null) {
      return NativeLoop.ticks(look.patience());
    }
    Timeouts limits = timeouts;
    if (limits == null) {
      throw new IllegalStateException("no timeouts before connect");
    }
    return NativeLoop.ticks(
        switch (stage) {
          case CONNECTING, ARRIVED, LOOKED_AT, OVER -> limits.connect();
          case RELAYING -> limits.tcp();
          case HALF_CLOSED -> limits.tcpFin();
        });
  }

  @Override
  void expired() {
    long left = lastMove + limit() - loop.now();
    if (left > 0) {
      loop.setTimer(this, left);
    } else if (stage == Stage.LOOKED_AT) {
      show(true);
    } else if (stage == Stage.CONNECTING && timeouts != null) {
      connectFailed("connect timed out after " + Reasons.text(timeouts.connect()), false);
    } else {
      end(SessionOwner.End.IDLE);
    }
  }
}
