package io.jvs.kernel.netlink;

import java.io.IOException;

/** The kernel refuses a request, or a system call failed. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  public NetlinkException(int errno, String message) {
    super(message);
    this.errno = errno;
  }

  /** Positive; see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
