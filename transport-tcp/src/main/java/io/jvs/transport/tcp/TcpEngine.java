package io.jvs.transport.tcp;

/** What moves the bytes. All keep the same promises; they differ in speed and in what they need. */
public enum TcpEngine {
  /** {@link #EPOLL} where it works, else {@link #NIO}. */
  AUTO,
  /** Our own use of epoll and splice; needs Linux and Netty's native library for this processor. */
  EPOLL,
  /**
   * The same with io_uring, which serves many messages with one system call: a gain for who is
   * busy. Needs Linux 6.1, Netty's native libraries for both, and the permission to use io_uring,
   * which containers usually do not give.
   */
  IO_URING,
  /** Netty's channels on the JDK's selector; works everywhere. */
  NIO
}
