import org.jspecify.annotations.NullMarked;

/** Userspace NAT for TCP on Netty's event loops. */
@NullMarked
module io.jvs.transport.tcp {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires io.netty.transport.unix.common;
  requires org.jnrproject.ffi;
  requires jdk.management; // how many descriptors the process may have
  requires jdk.net; // keep-alive of sockets

  exports io.jvs.transport.tcp;
  exports io.jvs.transport.tcp.libc to
      org.jnrproject.ffi;

  opens io.jvs.transport.tcp.libc; // jnr-ffi implements it from a class loader of its own
}
