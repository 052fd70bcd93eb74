package io.jvs.transport.tcp;

/** Hears what happens to a {@link RelaySession}, on its loop. */
interface SessionOwner {
  /** The real server has accepted; relaying begins when this returns. */
  void connected();

  /**
   * The real server was not reached.
   *
   * @param local whether it has nothing to do with the server: no socket could be made
   */
  void connectFailed(String reason, boolean local);

  /** The first of the two sides has sent its FIN. */
  void halfClosed();

  /** Payload bytes since the last time. */
  void transferred(long fromClient, long toClient);

  /** It is over. Called once, after everything else. */
  void ended(End how);

  /** How a session ended. */
  enum End {
    /** Both sides have closed. */
    CLOSED,
    CLIENT_RESET,
    SERVER_RESET,
    /** Nothing moved for too long. */
    IDLE,
    /** By {@link RelaySession#reset}. */
    DROPPED
  }
}
