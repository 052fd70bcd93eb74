import org.jspecify.annotations.NullMarked;

/** ICMP echo over ping sockets; the only native code of the checks. */
@NullMarked
module io.jvs.checks.icmp {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires org.jnrproject.ffi;

  exports io.jvs.checks.icmp;
  exports io.jvs.checks.icmp.libc to
      org.jnrproject.ffi;

  opens io.jvs.checks.icmp.libc; // jnr-ffi implements it from a class loader of its own
}
