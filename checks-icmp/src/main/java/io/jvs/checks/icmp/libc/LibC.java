package io.jvs.checks.icmp.libc;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * Every native call of this module; names and parameters as in section 2 of the manual. Public, in
 * a package that the module opens, only because jnr-ffi implements it at run time.
 */
public interface LibC {
  int socket(int domain, int type, int protocol);

  int setsockopt(int fd, int level, int option, @In byte[] value, int length);

  int bind(int fd, @In byte[] address, int length);

  int connect(int fd, @In byte[] address, int length);

  @ssize_t
  long send(int fd, @In byte[] buffer, @size_t long length, int flags);

  @ssize_t
  long recv(int fd, @Out byte[] buffer, @size_t long length, int flags);

  /** {@code nfds_t} is an unsigned long. */
  int poll(@In @Out byte[] descriptors, @size_t long count, int timeoutMs);

  int eventfd(int count, int flags);

  @ssize_t
  long read(int fd, @Out byte[] buffer, @size_t long length);

  @ssize_t
  long write(int fd, @In byte[] buffer, @size_t long length);

  int close(int fd);
}
