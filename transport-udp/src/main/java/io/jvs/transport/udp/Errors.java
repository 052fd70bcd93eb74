package io.jvs.transport.udp;

import io.jvs.balancing.Fault;
import java.io.IOException;

/** Numbers of errno(3) on Linux, which are the same on all its 64-bit processors. */
final class Errors {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EMSGSIZE = 90;
  static final int ENOBUFS = 105;
  static final int EIO = 5;
  private static final int EINVAL = 22;

  private Errors() {}

  /** What sendmsg(2) says of a train that does not fit (udp_send_skb), while each datagram may. */
  static boolean forbidsTrain(int errno) {
    return errno == EINVAL || errno == EMSGSIZE || errno == EIO;
  }

  /** The JDK tells by words only. */
  static int of(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("Message too long")
        ? EMSGSIZE
        : text.contains("No buffer space") ? ENOBUFS : 0;
  }

  /** What a real server has done wrong that an ICMP error speaks of. */
  static Fault fault(int errno) {
    return switch (errno) {
      case 111 -> Fault.REFUSED;
      case 113, 101, 92, 71, 13, 1 -> Fault.UNREACHABLE;
      default -> Fault.OTHER;
    };
  }

  /** What an ICMP error means, for people; bounded. */
  static String text(int errno) {
    return switch (errno) {
      case 111 -> "port unreachable";
      case 113 -> "host unreachable";
      case 101 -> "network unreachable";
      case 92, 71 -> "protocol unreachable";
      case EMSGSIZE -> "datagram too big for the path";
      case 13, 1 -> "prohibited by a firewall";
      default -> "undelivered (errno " + errno + ")";
    };
  }
}
