package io.jvs.transport.udp;

import io.jvs.transport.udp.libc.LibC;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells clients by ICMP that nobody takes what they send, as a machine does whose port is closed:
 * through raw sockets, which take the right CAP_NET_RAW. Without it nobody is told. The sockets are
 * opened when they are wanted first; nothing is received by them (IPPROTO_RAW, raw(7)). On its loop
 * only.
 */
final class IcmpErrors {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final AtomicBoolean SAID = new AtomicBoolean(); // that it does not work here

  // of socket(2) and send(2)
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int IPPROTO_RAW = 255;
  private static final int MSG_DONTWAIT = 0x40;

  private static final int NEW = -2;
  private static final int NONE = -1;

  private final LibC libC = Native.LIBC;
  private final Messages messages = new Messages(1);
  private final ByteBuffer packet = ByteBuffer.allocateDirect(IcmpPacket.MOST);
  private int socket4 = NEW;
  private int socket6 = NEW;

  /** Whether it has been told. */
  boolean tell(boolean ipv6, FlowKey client, long askedHigh, long askedLow, int askedPort) {
    int socket = ipv6 ? socket6() : socket4();
    if (socket == NONE) {
      return false;
    }
    IcmpPacket.portUnreachable(packet, ipv6, client, askedHigh, askedLow, askedPort);
    messages.send(packet, ipv6, client.clientHigh, client.clientLow, client.clientDevice, 0);
    int sent = libC.sendmmsg(socket, messages.outAddress(0), 1, MSG_DONTWAIT);
    messages.sent();
    return sent == 1; // else it is as lost as ICMP may be
  }

  private int socket4() {
    if (socket4 == NEW) {
      socket4 = open(AF_INET);
    }
    return socket4;
  }

  private int socket6() {
    if (socket6 == NEW) {
      socket6 = open(AF_INET6);
    }
    return socket6;
  }

  private int open(int family) {
    int socket = libC.socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (socket >= 0) {
      return socket;
    }
    int errno = Native.errno();
    if (!SAID.getAndSet(true)) {
      LOG.log(
          Level.INFO,
          "udp: clients are not told by ICMP that no real server takes what they send, as no raw"
              + " socket can be opened (errno {0}; way out: the right CAP_NET_RAW, as root has)",
          errno);
    }
    return NONE;
  }

  void close() {
    close(socket4);
    close(socket6);
    socket4 = NONE;
    socket6 = NONE;
  }

  private void close(int socket) {
    if (socket >= 0) {
      var unused = libC.close(socket);
    }
  }
}
