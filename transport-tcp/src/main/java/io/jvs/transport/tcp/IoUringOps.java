package io.jvs.transport.tcp;

import io.netty.channel.uring.IoUringIoOps;

/**
 * Entries of a submission queue as io_uring_enter(2) describes them; Netty makes none for others.
 */
final class IoUringOps {
  static final byte POLL_ADD = 6; // enum io_uring_op in linux/io_uring.h, as the next
  static final byte TIMEOUT = 11;
  static final byte ACCEPT = 13;
  static final byte ASYNC_CANCEL = 14;
  static final byte CONNECT = 16;
  static final byte SEND = 26;
  static final byte RECV = 27;
  static final byte PROVIDE_BUFFERS = 31;

  static final int POLLIN = 1; // poll(2), as the next
  static final int POLLOUT = 4;
  static final int POLLERR = 8;

  static final int EAGAIN = 11; // errno(3), as the next
  static final int ETIME = 62;
  static final int ECONNABORTED = 103;
  static final int ENOBUFS = 105;
  static final int ECANCELED = 125;

  private static final byte IOSQE_BUFFER_SELECT = 1 << 5;
  private static final short RECVSEND_POLL_FIRST = 1;
  private static final int CQE_F_BUFFER = 1;
  private static final int CQE_F_SOCK_NONEMPTY = 1 << 2;
  private static final int CQE_BUFFER_SHIFT = 16;
  private static final int MSG_DONTWAIT = 0x40; // send(2), as the next
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOCK_NONBLOCK = 0x800; // accept4(2), as the next
  private static final int SOCK_CLOEXEC = 0x80000;

  private IoUringOps() {}

  /**
   * When it is possible: reads into a buffer of that group, of which none is taken before.
   *
   * @param later whether there is nothing to be read yet, most likely, so that trying is in vain
   */
  static IoUringIoOps receive(int fd, short group, boolean later) {
    short first = later ? RECVSEND_POLL_FIRST : 0;
    short zero = 0;
    return new IoUringIoOps(
        RECV, IOSQE_BUFFER_SELECT, first, fd, 0, 0, 0, 0, 0L, group, zero, 0, 0);
  }

  /** Whether there was more than {@link #receive} has read, or {@link #accept} has accepted. */
  static boolean hasMore(int flags) {
    return (flags & CQE_F_SOCK_NONEMPTY) != 0;
  }

  /** The buffer that {@link #receive} took, or -1 for none. */
  static int buffer(int flags) {
    return (flags & CQE_F_BUFFER) == 0 ? -1 : flags >>> CQE_BUFFER_SHIFT;
  }

  /** What the socket takes without waiting, which is known when it has been submitted. */
  static IoUringIoOps send(int fd, long address, int bytes) {
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return plain(SEND, fd, 0, address, bytes, flags, 0);
  }

  /** Hears of these events once, and of errors; {@code which} comes back with them. */
  static IoUringIoOps poll(int fd, int events, int which) {
    return plain(POLL_ADD, fd, 0, 0, 0, events, which);
  }

  /** The address is read when it is submitted. */
  static IoUringIoOps connect(int fd, long address, int length) {
    return plain(CONNECT, fd, length, address, 0, 0, 0);
  }

  /** The addresses are written when somebody has come. */
  static IoUringIoOps accept(int fd, long address, long length) {
    return plain(ACCEPT, fd, length, address, 0, SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  }

  /** After a time that is read, as a struct __kernel_timespec, when it is submitted. */
  static IoUringIoOps timeout(long time) {
    return plain(TIMEOUT, -1, 0, time, 1, 0, 0);
  }

  /** Of the operation that was given this number when it was submitted. */
  static IoUringIoOps cancel(long submitted) {
    return plain(ASYNC_CANCEL, -1, 0, submitted, 0, 0, 0);
  }

  /** So many buffers of the same size, one behind the other, with numbers from the first on. */
  static IoUringIoOps provide(short group, int first, int buffers, long address, int bytesEach) {
    byte none = 0;
    short zero = 0;
    return new IoUringIoOps(
        PROVIDE_BUFFERS, none, zero, buffers, first, address, bytesEach, 0, 0L, group, zero, 0, 0);
  }

  private static IoUringIoOps plain(
      byte opcode, int fd, long offset, long address, int length, int flags, int which) {
    byte none = 0;
    short zero = 0;
    return new IoUringIoOps(
        opcode, none, zero, fd, offset, address, length, flags, (long) which, zero, zero, 0, 0);
  }
}
