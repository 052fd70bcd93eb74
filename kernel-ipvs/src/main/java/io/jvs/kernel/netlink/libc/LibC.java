package io.jvs.kernel.netlink.libc;

import java.nio.ByteBuffer;
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

  int getsockopt(int fd, int level, int option, @Out byte[] value, @In @Out byte[] length);

  int connect(int fd, @In byte[] address, int length);

  /** A direct buffer goes to the kernel without a copy; from its position on. */
  @ssize_t
  long send(int fd, @In ByteBuffer buffer, @size_t long length, int flags);

  @ssize_t
  long recv(int fd, @Out ByteBuffer buffer, @size_t long length, int flags);

  int close(int fd);
}
