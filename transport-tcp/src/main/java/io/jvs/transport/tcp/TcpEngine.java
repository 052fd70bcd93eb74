package io.jvs.transport.tcp;

/** What moves the bytes. All keep the same promises; they differ in speed and in what they need. */
public enum TcpEngine {
  /** The fastest that works on this machine. */
  AUTO,
  /** Netty's epoll transport; needs Linux and the native library for this processor. */
  EPOLL,
  /** The JDK's selector; works everywhere. */
  NIO
}
