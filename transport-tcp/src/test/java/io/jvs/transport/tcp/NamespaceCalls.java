package io.jvs.transport.tcp;

/** Public only because jnr-ffi implements it at run time; see unshare(2). */
public interface NamespaceCalls {
  int unshare(int flags);
}
