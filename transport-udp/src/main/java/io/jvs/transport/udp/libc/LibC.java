package io.jvs.transport.udp.libc;

/**
 * Native calls of this module that Netty does not have for the asking; names and parameters as in
 * section 2 of the manual, with addresses of memory as numbers. Public, in a package that the
 * module opens, only because jnr-ffi implements it at run time.
 */
public interface LibC {
  /** How many messages came, or -1 with errno. */
  int recvmmsg(int fd, long messages, int count, int flags, long timeout);

  /** How many messages went, or -1 with errno. */
  int sendmmsg(int fd, long messages, int count, int flags);

  /** Bytes of one message, or -1 with errno. */
  int recvmsg(int fd, long header, int flags);

  /** A descriptor, or -1 with errno. */
  int socket(int domain, int type, int protocol);

  /** 0, or -1 with errno. */
  int close(int fd);
}
