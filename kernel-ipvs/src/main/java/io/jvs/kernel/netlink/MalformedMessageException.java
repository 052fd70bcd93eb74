package io.jvs.kernel.netlink;

import java.io.IOException;

/** Bytes that are no message as the kernel's headers define it. */
public final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1;

  public MalformedMessageException(String message) {
    super(message);
  }
}
