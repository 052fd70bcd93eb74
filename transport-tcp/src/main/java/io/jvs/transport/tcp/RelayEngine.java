package io.jvs.transport.tcp;

import io.jvs.transport.listening.OptionRefused;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Sockets and bytes: listens, connects and relays. Knows nothing of policies.
 *
 * <p>The contract of a relay, whatever the engine:
 *
 * <ul>
 *   <li><b>Two sockets, one loop.</b> The client's socket and the real server's are served by the
 *       same event loop, which calls every method of the {@link SessionOwner}.
 *   <li><b>Back-pressure.</b> One side is read no faster than the other can be written: memory per
 *       connection is bounded, whatever the kernel has buffered and whichever way a side ends. No
 *       byte of the client is taken for good before it has a server.
 *   <li><b>First bytes.</b> What a {@link Look} has seen, and not dropped, goes to the server
 *       before all others and counts as any other; it is kept over failed attempts to connect.
 *   <li><b>Half-close.</b> A FIN goes to the other side as a FIN, behind all bytes before it; the
 *       opposite direction goes on. A client may have half-closed before its server is found.
 *   <li><b>Reset.</b> A reset, or a failure to write, becomes a reset of the other side at once;
 *       bytes under way are lost, as with a reset on a direct connection.
 *   <li><b>Counters.</b> Bytes are reported within a second and before the end.
 *   <li><b>Timeouts.</b> Connecting, idle, and idle after the first FIN. Bytes that the receiver
 *       takes from our buffers are no idleness.
 *   <li><b>The end</b> is told exactly once, when both sockets are closed or about to be.
 * </ul>
 */
interface RelayEngine {
  /**
   * The engine of that name.
   *
   * @throws IllegalStateException if it does not work on this machine
   */
  static RelayEngine of(TcpEngine engine, int threads) {
    return switch (engine) {
      case AUTO -> fastest(threads);
      case IO_URING -> {
        requireNone(
            engine,
            "Linux 6.1 or newer with netty-transport-native-io_uring for this processor, and the"
                + " permission to use io_uring, which containers and the sysctl"
                + " kernel.io_uring_disabled may deny; EPOLL needs none",
            IoUringEngine.obstacle());
        yield new IoUringEngine(threads);
      }
      case EPOLL -> {
        requireNone(
            engine,
            "Linux with netty-transport-native-epoll for this processor; NIO works everywhere",
            EpollEngine.obstacle());
        yield new EpollEngine(threads);
      }
      case NIO -> new NettyEngine(threads);
    };
  }

  private static RelayEngine fastest(int threads) {
    Throwable obstacle = EpollEngine.obstacle();
    if (obstacle == null) {
      return new EpollEngine(threads);
    }
    System.getLogger(TcpTransport.class.getName())
        .log(
            Level.INFO,
            "tcp: epoll does not work here, so the JDK''s selector carries connections: {0}",
            obstacle);
    return new NettyEngine(threads);
  }

  private static void requireNone(TcpEngine engine, String expected, @Nullable Throwable obstacle) {
    if (obstacle != null) {
      throw new IllegalStateException(
          "tcp: engine "
              + engine
              + " does not work here: "
              + obstacle.getMessage()
              + " (expected: "
              + expected
              + ")",
          obstacle);
    }
  }

  /** What status and logs call it. */
  String name();

  /** How many descriptors it may open yet, beside those of sockets. */
  int descriptors();

  /**
   * Binds and listens; {@link Listening#start} accepts. An address on which somebody listens is
   * refused, even if the system could share it.
   *
   * @param options of which {@link TcpOptions#listening} and {@link TcpOptions#clientSockets}
   *     matter here
   * @param spread whether many connections are expected at this very port, so that all loops should
   *     accept
   */
  Listening listen(
      InetSocketAddress address, int backlog, boolean spread, TcpOptions options, Door door)
      throws IOException;

  /** What of these this engine cannot do, and the way out; null if it can do all. */
  default @Nullable String objection(TcpOptions options) {
    return null;
  }

  /**
   * Tries whether this machine grants the options, and changes nothing.
   *
   * @param ipv6 the family of the clients
   * @throws OptionRefused if it does not
   */
  default void check(TcpOptions options, boolean ipv6) throws IOException {
    SocketSetup.check(options, ipv6);
  }

  /** Ends the loops; all sessions have ended. Returns when they have. */
  void close();

  /** A listening socket, or one per loop. Its methods may be called by any thread but a loop. */
  interface Listening {
    /** Listening sockets, each a descriptor. */
    int sockets();

    void start();

    /**
     * Whether {@link #adjust} can lead there. If not, it takes another socket, which can only be
     * bound when this one is closed.
     */
    default boolean canAdjust(TcpOptions from, TcpOptions to) {
      return false;
    }

    /** Other options for the clients that arrive from now on; nobody is lost meanwhile. */
    default void adjust(int backlog, TcpOptions from, TcpOptions to) throws IOException {
      throw new UnsupportedOperationException("adjust");
    }

    /** {@link Door#isOpen} may have changed. Any thread, loops included. */
    void recheck();

    /**
     * When it returns, the address is free, and every client that was accepted has {@linkplain
     * Door#arrived arrived}. Native engines accept those first who are connected already.
     */
    void close();
  }

  /** Where clients arrive. Called by loops. */
  interface Door {
    /** Whether more should be accepted now; if not, they wait in the backlog. */
    boolean isOpen();

    /** A client has been accepted; it is not read yet. */
    void arrived(RelaySession session);

    /** Nothing can be accepted for the moment; tried again soon. */
    void acceptFailed(Throwable cause);

    /** Accepting works. */
    void acceptWorked();
  }
}
