package io.jvs.transport.tcp;

import java.net.InetSocketAddress;

/**
 * A client's connection in the hands of an engine; the promises are in {@link RelayEngine}. To be
 * called on its loop only, unless said otherwise.
 */
interface RelaySession {
  InetSocketAddress client();

  /** The address that the client connected to. */
  InetSocketAddress local();

  /** Who hears what happens from now on. The first call. */
  void ownedBy(SessionOwner owner);

  /**
   * Connects to a real server and then relays. The answer is {@link SessionOwner#connected} or
   * {@link SessionOwner#connectFailed}, after which this may be called again.
   */
  void connect(ConnectRequest request);

  /**
   * Shows what the client sends first, before {@link #connect}; may be called again after {@link
   * SessionOwner#looked}, also from within it. What is looked at is kept for the server.
   */
  void look(Look look);

  /** Ends it, with a reset of both sides. A second call does nothing. */
  void reset();

  /**
   * How long no byte has moved, to a few hundred milliseconds; -1 if that is not known. Any thread,
   * although it reads what the loop writes: it may be a moment old.
   */
  default long idleMillis() {
    return -1;
  }

  /** Runs a task on its loop; any thread. */
  void execute(Runnable task);
}
