package io.jvs.transport.udp;

import io.jvs.balancing.Fault;
import java.io.IOException;
import java.net.NoRouteToHostException;

/** Numbers of errno(3) on Linux, which are the same on all its 64-bit processors. */
final class Errors {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EMSGSIZE = 90;
  static final int ENETDOWN = 100;
  static final int ENETUNREACH = 101;
  static final int ENOBUFS = 105;
  static final int EHOSTUNREACH = 113;
  static final int EIO = 5;
  private static final int EINVAL = 22;

  private Errors() {}

  /** What sendmsg(2) says of a train that does not fit (udp_send_skb), while each datagram may. */
  static boolean forbidsTrain(int errno) {
    return errno == EINVAL || errno == EMSGSIZE || errno == EIO;
  }

  /**
   * Whether sendmsg(2) says that the system knows no way to the destination: then others may be
   * reached. Not what may be the firewall's (EPERM), which a full table of it says too.
   */
  static boolean saysNoRoute(int errno) {
    return errno == ENETUNREACH || errno == EHOSTUNREACH || errno == ENETDOWN;
  }

  /** The JDK tells by its type or by words only. */
  static int of(IOException e) {
    if (e instanceof NoRouteToHostException) {
      return EHOSTUNREACH;
    }
    String text = String.valueOf(e.getMessage());
    if (text.contains("Network is unreachable")) {
      return ENETUNREACH;
    }
    if (text.contains("Network is down")) {
      return ENETDOWN;
    }
    return text.contains("Message too long")
        ? EMSGSIZE
        : text.contains("No buffer space") ? ENOBUFS : 0;
  }

  /** What is wrong with a real server that an ICMP error speaks of, or to which there is no way. */
  static Fault fault(int errno) {
    return switch (errno) {
      case 111 -> Fault.REFUSED;
      case EHOSTUNREACH, ENETUNREACH, ENETDOWN, 92, 71, 13, 1 -> Fault.UNREACHABLE;
      default -> Fault.OTHER;
    };
  }

  /** The same for people; bounded. */
  static String text(int errno) {
    return switch (errno) {
      case 111 -> "port unreachable";
      case EHOSTUNREACH -> "host unreachable";
      case ENETUNREACH -> "network unreachable";
      case ENETDOWN -> "network down";
      case 92, 71 -> "protocol unreachable";
      case EMSGSIZE -> "datagram too big for the path";
      case 13, 1 -> "prohibited by a firewall";
      default -> "undelivered (errno " + errno + ")";
    };
  }
}
