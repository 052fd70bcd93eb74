package io.jvs.kernel.netlink;

/**
 * Numbers of errno(3) as Linux has them on the architectures of Debian but MIPS, names and the
 * words of strerror(3).
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

  /** {@code EEXIST (File exists)}; {@code errno 1234} for a number that is not known here. */
  public static String text(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (Operation not permitted)";
      case ENOENT -> "ENOENT (No such file or directory)";
      case ESRCH -> "ESRCH (No such process)";
      case EINTR -> "EINTR (Interrupted system call)";
      case 5 -> "EIO (Input/output error)";
      case 9 -> "EBADF (Bad file descriptor)";
      case EAGAIN -> "EAGAIN (Resource temporarily unavailable)";
      case ENOMEM -> "ENOMEM (Cannot allocate memory)";
      case 13 -> "EACCES (Permission denied)";
      case 14 -> "EFAULT (Bad address)";
      case EBUSY -> "EBUSY (Device or resource busy)";
      case EEXIST -> "EEXIST (File exists)";
      case ENODEV -> "ENODEV (No such device)";
      case EINVAL -> "EINVAL (Invalid argument)";
      case 23 -> "ENFILE (Too many open files in system)";
      case 24 -> "EMFILE (Too many open files)";
      case ERANGE -> "ERANGE (Numerical result out of range)";
      case EMSGSIZE -> "EMSGSIZE (Message too long)";
      case 92 -> "ENOPROTOOPT (Protocol not available)";
      case 93 -> "EPROTONOSUPPORT (Protocol not supported)";
      case EOPNOTSUPP -> "EOPNOTSUPP (Operation not supported)";
      case EAFNOSUPPORT -> "EAFNOSUPPORT (Address family not supported by protocol)";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL (Cannot assign requested address)";
      case ENOBUFS -> "ENOBUFS (No buffer space available)";
      case 111 -> "ECONNREFUSED (Connection refused)";
      default -> "errno " + errno;
    };
  }
}
