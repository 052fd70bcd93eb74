package io.jvs.kernel.ipvs;

import java.io.IOException;

/** The kernel refuses, or cannot be asked; the message says what, why and the way out. */
public final class IpvsException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * @param errno the kernel's, positive, or 0 if it did not answer as it should
   */
  IpvsException(int errno, String message) {
    super(message);
    this.errno = errno;
  }

  /** The kernel's error number, such as 17 for EEXIST; 0 if it did not answer as it should. */
  public int errno() {
    return errno;
  }
}
