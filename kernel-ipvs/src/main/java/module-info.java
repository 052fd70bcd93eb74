import org.jspecify.annotations.NullMarked;

/** Virtual services in the IPVS of the Linux kernel, over generic netlink. */
@NullMarked
module io.jvs.kernel.ipvs {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires org.jnrproject.ffi;

  exports io.jvs.kernel.doctor;
  exports io.jvs.kernel.ipvs;
  exports io.jvs.kernel.netlink.libc to
      org.jnrproject.ffi;

  opens io.jvs.kernel.netlink.libc; // jnr-ffi implements it from a class loader of its own
}
