package io.jvs.lab.network;

/** Public only because jnr-ffi implements it at run time; see unshare(2). */
public interface NamespaceCalls {
  /** Gives the calling thread something of its own; 0 if it did. */
  int unshare(int flags);
}
