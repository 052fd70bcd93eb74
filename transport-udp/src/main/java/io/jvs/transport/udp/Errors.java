package io.jvs.transport.udp;

/** Numbers of errno(3) on Linux, which are the same on all its 64-bit processors. */
final class Errors {
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int EINVAL = 22;

  static final int EMSGSIZE = 90;

  private Errors() {}

  /** Whether its datagrams may do better than the train, which cannot go as such. */
  static boolean isOfTrain(int errno) {
    return errno == EINVAL || errno == EMSGSIZE || errno == EIO;
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
