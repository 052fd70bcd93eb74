package io.jvs.kernel.netlink;

/**
 * Numbers of errno(3) as Linux has them on the architectures of Debian but MIPS, names and words.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int ERANGE = 34;
  public static final int EMSGSIZE = 90;
  public static final int EOPNOTSUPP = 95;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENOBUFS = 105;

  private Errno() {}

  /** {@code EEXIST (file exists)}; {@code errno 1234} for a number that is not known here. */
  public static String text(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (operation not permitted)";
      case ENOENT -> "ENOENT (no such entry)";
      case ESRCH -> "ESRCH (no such object)";
      case EINTR -> "EINTR (interrupted)";
      case 5 -> "EIO (input or output error)";
      case 9 -> "EBADF (bad file descriptor)";
      case EAGAIN -> "EAGAIN (nothing in time)";
      case ENOMEM -> "ENOMEM (out of memory)";
      case 13 -> "EACCES (permission denied)";
      case 14 -> "EFAULT (bad address)";
      case EBUSY -> "EBUSY (busy)";
      case EEXIST -> "EEXIST (it exists)";
      case ENODEV -> "ENODEV (no such device)";
      case EINVAL -> "EINVAL (invalid argument)";
      case 23 -> "ENFILE (too many open files in the system)";
      case 24 -> "EMFILE (too many open files)";
      case ERANGE -> "ERANGE (out of range)";
      case EMSGSIZE -> "EMSGSIZE (message too long)";
      case 92 -> "ENOPROTOOPT (no such option)";
      case 93 -> "EPROTONOSUPPORT (protocol not supported)";
      case EOPNOTSUPP -> "EOPNOTSUPP (not supported)";
      case EAFNOSUPPORT -> "EAFNOSUPPORT (address family not supported)";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL (address not available)";
      case ENOBUFS -> "ENOBUFS (no buffer space)";
      case 111 -> "ECONNREFUSED (nobody listens)";
      default -> "errno " + errno;
    };
  }
}
