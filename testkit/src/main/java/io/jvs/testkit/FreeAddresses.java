package io.jvs.testkit;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loopback addresses with ports that nobody listens on, for virtual services of tests. A port is
 * handed out once per process; that another process takes it in between cannot be excluded.
 */
public final class FreeAddresses {
  private static final Set<Integer> HANDED_OUT = ConcurrentHashMap.newKeySet();

  private FreeAddresses() {}

  /** A free TCP address, 127.0.0.1. */
  public static InetSocketAddress tcp() {
    return tcp(ip("127.0.0.1"));
  }

  /** A free TCP address, ::1. */
  public static InetSocketAddress tcp6() {
    return tcp(ip("::1"));
  }

  /** A free TCP address with this IP address of the machine. */
  public static InetSocketAddress tcp(InetAddress ip) {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, ip)) {
        if (HANDED_OUT.add(socket.getLocalPort())) {
          return new InetSocketAddress(ip, socket.getLocalPort());
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free TCP port at " + ip, e);
      }
    }
  }

  /** A free UDP address with this IP address of the machine. */
  public static InetSocketAddress udp(InetAddress ip) {
    while (true) {
      try (DatagramSocket socket = new DatagramSocket(0, ip)) {
        if (HANDED_OUT.add(socket.getLocalPort())) {
          return new InetSocketAddress(ip, socket.getLocalPort());
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free UDP port at " + ip, e);
      }
    }
  }

  /** An address at 127.0.0.1 whose port is free for TCP and for UDP. */
  public static InetSocketAddress tcpAndUdp() {
    while (true) {
      InetSocketAddress address = tcp();
      try (DatagramSocket socket = new DatagramSocket(address)) {
        return new InetSocketAddress(address.getAddress(), socket.getLocalPort());
      } catch (BindException e) {
        // Free for TCP alone: the next one.
      } catch (IOException e) {
        throw new UncheckedIOException("no free port for TCP and UDP", e);
      }
    }
  }

  /** An address that is written out, so that nobody is asked about it. */
  static InetAddress ip(String literal) {
    return SocketAddresses.parseIp(literal);
  }
}
