package io.jvs.kernel.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What carries messages to the kernel and back: {@link NetlinkSocket}. */
public interface Wire extends AutoCloseable {
  /**
   * All messages from position to limit in one system call. The kernel carries them out before it
   * returns.
   */
  void send(ByteBuffer messages) throws IOException;

  /**
   * The next datagram, one or more messages, from position to limit. Valid until the next call.
   *
   * @throws AnswersLostException if there is none in time, or some were lost
   */
  ByteBuffer receive() throws IOException;

  /**
   * Forgets what has come and was not received. After {@link AnswersLostException} the kernel sends
   * nothing more until then (NETLINK_S_CONGESTED).
   */
  void discard();

  /** Bytes that one {@link #send} takes. */
  int sendLimit();

  /** So many answers without data are never lost, if none are waiting to be received. */
  int answerLimit();

  @Override
  void close();
}
