package io.jvs.transport.udp;

import io.jvs.transport.udp.libc.LibC;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The C library, loaded with the first use, so that a system without it can say so. */
final class Native {
  static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  private Native() {}

  /** Of the call that this thread has just made, which has failed. */
  static int errno() {
    return RUNTIME.getLastError();
  }
}
