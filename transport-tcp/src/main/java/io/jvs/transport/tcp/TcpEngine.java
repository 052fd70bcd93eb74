package io.jvs.transport.tcp;

/** What moves the bytes. All keep the same promises; they differ in speed and in what they need. */
public enum TcpEngine {
  /** The fastest that works on this machine. */
  AUTO,
  /** Our own use of epoll and splice; needs Linux and Netty's native library for this processor. */
  EPOLL,
  /**
   * The same with io_uring, which serves many messages with one system call; needs Linux 6.1 and
   * the permission to use io_uring, which containers usually do not give.
   */
  IO_URING,
  /** Netty's channels on the JDK's selector; works everywhere. */
  NIO
}
