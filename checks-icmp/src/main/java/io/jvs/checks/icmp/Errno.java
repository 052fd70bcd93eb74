package io.jvs.checks.icmp;

/** Numbers of errno(3) as Linux has them on the architectures of Debian, in words. */
final class Errno {
  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int ENODEV = 19;
  static final int EMFILE = 24;
  static final int ENFILE = 23;
  static final int EMSGSIZE = 90;
  static final int EAFNOSUPPORT = 97;
  static final int EADDRNOTAVAIL = 99;
  static final int ENETUNREACH = 101;
  static final int ENOBUFS = 105;
  static final int ECONNREFUSED = 111;
  static final int EHOSTDOWN = 112;
  static final int EHOSTUNREACH = 113;

  private Errno() {}

  /** What it means for an echo; what ICMP says arrives as one of these (icmp_err_convert). */
  static String reason(int errno) {
    return switch (errno) {
      case EPERM -> "sending is not permitted (a local firewall)";
      case EACCES -> "administratively prohibited on the way";
      case EMFILE, ENFILE -> "no descriptors left (too many open files)";
      case EAFNOSUPPORT -> "this machine has no such address family";
      case ENETUNREACH -> "network unreachable";
      case ENOBUFS -> "no buffers left in the kernel";
      case ECONNREFUSED -> "ICMP says that there is no such port or protocol";
      case EHOSTDOWN -> "host down";
      case EHOSTUNREACH -> "host unreachable";
      case EMSGSIZE -> "the packet does not fit on the way";
      case ENODEV -> "no such interface";
      default -> "error number " + errno;
    };
  }
}
