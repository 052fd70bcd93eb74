package io.jvs.transport.tcp.libc;

/**
 * Native calls of this module that Netty does not have; names and parameters as in section 2 of the
 * manual. Public, in a package that the module opens, only because jnr-ffi implements it at run
 * time.
 */
public interface LibC {
  /** With a command that takes a number. */
  int fcntl(int fd, int command, int argument);
}
