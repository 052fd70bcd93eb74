package io.jvs.kernel.netlink;

import io.jvs.kernel.netlink.libc.LibC;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Locale;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * A netlink socket that talks to the kernel of the network namespace in which it was opened. It is
 * connected to the kernel, so that the kernel itself refuses to deliver what other processes send
 * to it (netlink_getsockbyportid).
 */
public final class NetlinkSocket implements Wire {
  public static final int NETLINK_GENERIC = 16;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;

  /** The kernel makes no longer ones when it dumps (netlink_recvmsg); twice as much as that. */
  public static final int LONGEST_DATAGRAM = 64 * 1024;

  /** More than one takes with its text: the kernel counts its own structures too (truesize). */
  private static final int ANSWER = 2048;

  /** What netlink_sendmsg keeps of the send buffer for itself, and one request more than asked. */
  private static final int SEND_RESERVE = 32 + 4096;

  private final int fd;
  private final Duration timeout;
  private final int sendLimit;
  private final int answerLimit;
  private ByteBuffer datagram;
  private boolean closed;

  /** Loaded with the first try, so that a system without it can say so. */
  private static final class Native {
    static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
  }

  private NetlinkSocket(
      int fd, Duration timeout, int sendBuffer, int receiveBuffer, int datagramBytes)
      throws NetlinkException {
    this.fd = fd;
    this.timeout = timeout;
    this.datagram = ByteBuffer.allocateDirect(datagramBytes).order(ByteOrder.nativeOrder());
    try {
      this.sendLimit = prepareToSend(sendBuffer);
      this.answerLimit = prepareToReceive(receiveBuffer);
      connect();
    } catch (NetlinkException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens it.
   *
   * @param protocol such as {@link #NETLINK_GENERIC}
   * @param timeout how long to wait for an answer
   * @param sendBuffer bytes; less if the system permits no more
   * @param receiveBuffer likewise
   * @param datagramBytes room for one datagram at first, such as {@link #LONGEST_DATAGRAM}; it
   *     grows when one does not fit
   */
  public static NetlinkSocket open(
      int protocol, Duration timeout, int sendBuffer, int receiveBuffer, int datagramBytes)
      throws IOException {
    String system = System.getProperty("os.name", "");
    if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new IOException("netlink is there on Linux only, and this is " + system);
    }
    int fd;
    try {
      fd = Native.LIBC.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    } catch (LinkageError e) { // a file system for temporary files that is not executable, say
      throw new IOException("the C library cannot be called: " + e.getMessage(), e);
    }
    if (fd < 0) {
      throw failed("socket");
    }
    return new NetlinkSocket(fd, timeout, sendBuffer, receiveBuffer, datagramBytes);
  }

  private int prepareToSend(int wanted) throws NetlinkException {
    if (!trySet(SOL_SOCKET, SO_SNDBUFFORCE, wanted)) {
      set(SOL_SOCKET, SO_SNDBUF, wanted);
    }
    return Math.max(1, get(SO_SNDBUF) - SEND_RESERVE);
  }

  private int prepareToReceive(int wanted) throws NetlinkException {
    if (!trySet(SOL_SOCKET, SO_RCVBUFFORCE, wanted)) { // it needs CAP_NET_ADMIN, as IPVS does
      set(SOL_SOCKET, SO_RCVBUF, wanted);
    }
    ByteBuffer timeval = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    timeval.putLong(timeout.toSeconds()).putLong(timeout.toNanosPart() / 1000);
    if (Native.LIBC.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeval.array(), 16) != 0) {
      throw failed("setsockopt");
    }
    // Kernels before 4.3 and 4.12 do without: whole requests in errors, and no words.
    boolean unusedCapped = trySet(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    boolean unusedWords = trySet(SOL_NETLINK, NETLINK_EXT_ACK, 1);
    return Math.max(1, get(SO_RCVBUF) / ANSWER);
  }

  private void connect() throws NetlinkException {
    byte[] kernel = new byte[12]; // struct sockaddr_nl; its pid and its groups are 0
    ByteBuffer.wrap(kernel).order(ByteOrder.nativeOrder()).putShort((short) AF_NETLINK);
    if (Native.LIBC.connect(fd, kernel, kernel.length) != 0) {
      throw failed("connect");
    }
  }

  private boolean trySet(int level, int option, int value) {
    byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    return Native.LIBC.setsockopt(fd, level, option, bytes, bytes.length) == 0;
  }

  private void set(int level, int option, int value) throws NetlinkException {
    if (!trySet(level, option, value)) {
      throw failed("setsockopt");
    }
  }

  private int get(int option) throws NetlinkException {
    byte[] value = new byte[4];
    byte[] length = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(4).array();
    if (Native.LIBC.getsockopt(fd, SOL_SOCKET, option, value, length) != 0) {
      throw failed("getsockopt");
    }
    return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
  }

  @Override
  public void send(ByteBuffer messages) throws NetlinkException {
    open();
    int length = messages.remaining();
    while (Native.LIBC.send(fd, messages, length, 0) < 0) {
      int errno = errno();
      if (errno != Errno.EINTR) { // before anything was sent
        throw new NetlinkException(errno, "netlink send: " + Errno.text(errno));
      }
    }
  }

  @Override
  public ByteBuffer receive() throws IOException {
    open();
    long start = System.nanoTime();
    datagram.clear();
    while (true) {
      // With MSG_TRUNC it says how long the datagram was, not how much of it fitted.
      long length = Native.LIBC.recv(fd, datagram, datagram.capacity(), MSG_TRUNC);
      if (length > datagram.capacity()) {
        String what = "a datagram of " + length + " bytes did not fit " + datagram.capacity();
        datagram = ByteBuffer.allocateDirect((int) length).order(ByteOrder.nativeOrder());
        throw new AnswersLostException(what, /* timedOut= */ false);
      }
      if (length >= 0) {
        return datagram.limit((int) length);
      }
      int errno = errno();
      if (errno == Errno.ENOBUFS) {
        throw new AnswersLostException(
            "the receive buffer was full: " + Errno.text(errno), /* timedOut= */ false);
      }
      boolean late = System.nanoTime() - start >= timeout.toNanos();
      if (errno == Errno.EAGAIN || (errno == Errno.EINTR && late)) {
        throw new AnswersLostException(
            "no answer from the kernel within " + timeout.toMillis() + " ms", /* timedOut= */ true);
      }
      if (errno != Errno.EINTR) {
        throw new NetlinkException(errno, "netlink recv: " + Errno.text(errno));
      }
    }
  }

  @Override
  public void discard() {
    while (!closed) {
      datagram.clear();
      if (Native.LIBC.recv(fd, datagram, datagram.capacity(), MSG_DONTWAIT) < 0) {
        int errno = errno();
        if (errno != Errno.EINTR && errno != Errno.ENOBUFS) {
          return; // EAGAIN: nothing is left
        }
      }
    }
  }

  @Override
  public int sendLimit() {
    return sendLimit;
  }

  @Override
  public int answerLimit() {
    return answerLimit;
  }

  private void open() throws NetlinkException {
    if (closed) {
      throw new NetlinkException(9, "netlink socket: it is closed");
    }
  }

  /** Of the last call of this thread; to be read before any other. */
  private static int errno() {
    return Native.RUNTIME.getLastError();
  }

  private static NetlinkException failed(String call) {
    int errno = errno();
    return new NetlinkException(errno, "netlink " + call + ": " + Errno.text(errno));
  }

  /** The number goes to the system once only: it may be somebody else's afterwards. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      int unused = Native.LIBC.close(fd);
    }
  }
}
