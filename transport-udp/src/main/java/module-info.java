import org.jspecify.annotations.NullMarked;

/** Userspace NAT for UDP on Netty's event loops. */
@NullMarked
module io.jvs.transport.udp {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires io.netty.buffer;
  requires org.jnrproject.ffi;
  requires jdk.management; // how many descriptors the process may have

  exports io.jvs.transport.udp;
  exports io.jvs.transport.udp.libc to
      org.jnrproject.ffi;

  opens io.jvs.transport.udp.libc; // jnr-ffi implements it from a class loader of its own
}
