package io.jvs.transport.udp;

/** Public only because jnr-ffi implements it at run time; see unshare(2). */
public interface NamespaceCalls {
  int unshare(int flags);
}
