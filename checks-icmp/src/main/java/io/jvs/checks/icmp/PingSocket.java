package io.jvs.checks.icmp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jvs.checks.icmp.libc.LibC;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * A ping socket to one address, {@code socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)}. Connected, so
 * that it hears replies and ICMP errors of that address alone. Nothing here blocks. Used by one
 * thread at a time.
 */
final class PingSocket {
  private static final Path PERMITTED = Path.of("/proc/sys/net/ipv4/ping_group_range");
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int SOL_IP = 0;
  private static final int IP_RECVERR = 11;
  private static final int SOL_IPV6 = 41;
  private static final int IPV6_RECVERR = 25;
  private static final int MSG_DONTWAIT = 0x40;

  /** Longer than any reply to our requests, so that others are seen to be longer. */
  private static final int LONGEST = 256;

  private static volatile boolean loaded;

  private final int fd;

  private PingSocket(int fd) {
    this.fd = fd;
  }

  /** Loaded with the first try, so that a system without it can say so. */
  private static final class Native {
    static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    static {
      loaded = true;
    }
  }

  /** Whether the native code is there, so that calls are quick. */
  static boolean isLoaded() {
    return loaded;
  }

  static LibC libc() {
    return Native.LIBC;
  }

  /** Of the last call of this thread; to be read before any other. */
  static int errno() {
    return Native.RUNTIME.getLastError();
  }

  /**
   * Opens it.
   *
   * @param from the local address, or null for what the system chooses
   * @throws PingException if that is not possible or not permitted
   */
  static PingSocket open(InetAddress to, @Nullable InetAddress from) throws PingException {
    String system = System.getProperty("os.name", "");
    if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new PingException(
          "ICMP echo is done on Linux only, and this is "
              + system
              + "; use another check, such as tcp-connect");
    }
    boolean ipv6 = to instanceof Inet6Address;
    int fd;
    try {
      fd =
          libc()
              .socket(
                  ipv6 ? EchoCodec.INET6 : EchoCodec.INET,
                  SOCK_DGRAM | SOCK_CLOEXEC,
                  ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    } catch (LinkageError e) { // a file system for temporary files that is not executable, say
      throw new PingException("the C library cannot be called: " + e.getMessage());
    }
    if (fd < 0) {
      int errno = errno();
      throw new PingException(
          errno == Errno.EACCES || errno == Errno.EPERM ? notPermitted() : Errno.reason(errno));
    }
    PingSocket socket = new PingSocket(fd);
    try {
      socket.prepare(to, from, ipv6);
    } catch (PingException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  private void prepare(InetAddress to, @Nullable InetAddress from, boolean ipv6)
      throws PingException {
    // Without it a socket hears only of those ICMP errors that end connections, and "host
    // unreachable" is none (RFC 1122 section 4.2.3.9).
    byte[] on = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(1).array();
    if (libc()
            .setsockopt(
                fd, ipv6 ? SOL_IPV6 : SOL_IP, ipv6 ? IPV6_RECVERR : IP_RECVERR, on, on.length)
        != 0) {
      throw new PingException(Errno.reason(errno()));
    }
    if (from != null) {
      byte[] local = EchoCodec.socketAddress(from);
      if (libc().bind(fd, local, local.length) != 0) {
        int errno = errno();
        throw new PingException(
            errno == Errno.EADDRNOTAVAIL
                ? "the local address "
                    + SocketAddresses.format(from)
                    + " is not one of this machine's"
                : "from " + SocketAddresses.format(from) + ": " + Errno.reason(errno));
      }
    }
    byte[] remote = EchoCodec.socketAddress(to);
    if (libc().connect(fd, remote, remote.length) != 0) {
      throw new PingException(Errno.reason(errno()));
    }
  }

  private static String notPermitted() {
    String range = "unknown";
    try (InputStream in = Files.newInputStream(PERMITTED)) {
      byte[] buffer = new byte[64]; // at once: the kernel gives such a file by one read only
      int length = in.read(buffer);
      if (length > 0) {
        range = new String(buffer, 0, length, US_ASCII).strip().replaceAll("\\s+", " ");
      }
    } catch (IOException e) {
      // then it stays unknown
    }
    return "ping sockets are not permitted to this process's group: net.ipv4.ping_group_range is "
        + range
        + " (expected: a range with the group in it; as root: sysctl -w"
        + " net.ipv4.ping_group_range='0 2147483647')";
  }

  int descriptor() {
    return fd;
  }

  /** Sends all of it, or says why not. */
  void send(byte[] packet) throws PingException {
    if (libc().send(fd, packet, packet.length, MSG_DONTWAIT) < 0) {
      throw new PingException(Errno.reason(errno()));
    }
  }

  /**
   * The next packet, or empty if there is none yet.
   *
   * @throws PingException if an ICMP error has come instead
   */
  Optional<byte[]> receive() throws PingException {
    byte[] buffer = new byte[LONGEST];
    long length = libc().recv(fd, buffer, buffer.length, MSG_DONTWAIT);
    if (length >= 0) {
      return Optional.of(Arrays.copyOf(buffer, (int) length));
    }
    int errno = errno();
    if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
      return Optional.empty();
    }
    throw new PingException(Errno.reason(errno));
  }

  /** Once only: the number may be somebody else's afterwards. */
  void close() {
    int unused = libc().close(fd);
  }
}
