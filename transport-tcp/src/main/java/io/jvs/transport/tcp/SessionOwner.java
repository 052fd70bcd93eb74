package io.jvs.transport.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Hears what happens to a {@link RelaySession}, on its loop. */
interface SessionOwner {
  /** A {@link RelaySession#look} has seen enough. */
  void looked();

  /** The real server has accepted; relaying begins when this returns. */
  void connected();

  /**
   * The real server was not reached.
   *
   * @param local whether it has nothing to do with the server: no socket could be made
   */
  void connectFailed(String reason, boolean local);

  /** The client's first bytes are on their way to the real server. */
  void asked();

  /** Whether {@link #answered} is to show the bytes. */
  boolean readsAnswers();

  /**
   * The first bytes of the real server are on their way to the client.
   *
   * @param firstBytes those bytes, to be looked at during the call only, and not to be changed;
   *     null unless they are {@link #readsAnswers wanted}
   */
  void answered(@Nullable ByteBuffer firstBytes);

  /**
   * Whether {@link #overheard} is to show what the server sends next. Asked after {@link
   * #answered}, and after each time.
   */
  boolean overhears();

  /**
   * More bytes of the real server are on their way to the client. Ends for good with bulk: a read
   * of 64 KiB or more is the last to be shown.
   *
   * @param bytes to be looked at during the call only, and not to be changed
   */
  void overheard(ByteBuffer bytes);

  /**
   * Several times a second: after {@link #asked}, while nothing has been {@link #answered}.
   *
   * @return whether to say so again
   */
  boolean stillUnanswered();

  /**
   * The first of the two sides has sent its FIN.
   *
   * @param byServer which one
   */
  void halfClosed(boolean byServer);

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
