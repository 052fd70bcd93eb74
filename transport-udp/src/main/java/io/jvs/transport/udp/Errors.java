package io.jvs.transport.udp;

/** Numbers of errno(3) on Linux, which are the same on all its 64-bit processors. */
final class Errors {
  static final int EINTR = 4;
  static final int EAGAIN = 11;

  private Errors() {}

  /** What an ICMP error means, for people; bounded. */
  static String text(int errno) {
    return switch (errno) {
      case 111 -> "port unreachable";
      case 113 -> "host unreachable";
      case 101 -> "network unreachable";
      case 92, 71 -> "protocol unreachable";
      case 90 -> "datagram too big for the path";
      case 13, 1 -> "prohibited by a firewall";
      default -> "undelivered (errno " + errno + ")";
    };
  }
}
