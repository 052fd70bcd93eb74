package io.jvs.transport.udp;

import io.jvs.transport.udp.libc.LibC;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoOps;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** A socket on an epoll loop, level-triggered: a batch is one system call each way. */
final class EpollDatagramSocket extends ReadSocket implements EpollIoHandle {
  private static final int MSG_DONTWAIT = 0x40; // recv(2)
  private static final int MSG_ERRQUEUE = 0x2000;
  private static final int EPOLLERR = 8; // epoll_ctl(2)

  /** What an Ethernet takes; beyond that trains would fail, and only then go one by one. */
  private static final int MOST_JOINED = 1_472;

  /** A call may fail with the error of an earlier datagram, which says nothing about this one. */
  private static final int TRIES = 3;

  private final LinuxSocket socket;
  private final boolean dual;
  private final LibC libC = Native.LIBC;
  private final Messages errors;
  private final Control control = new Control();
  private int overflow; // what the system has said last

  private int mostJoined;

  /**
   * Takes over a socket that is bound.
   *
   * @param dual whether IPv4 addresses come as IPv6 ones that they are mapped to
   * @param joined whether it may send trains
   * @param errors for what is read of errors, one at a time; of the loop
   */
  EpollDatagramSocket(
      IoEventLoop loop,
      LinuxSocket socket,
      InetSocketAddress local,
      boolean dual,
      boolean joined,
      Messages errors) {
    super(loop, local);
    this.socket = socket;
    this.dual = dual;
    this.mostJoined = joined ? MOST_JOINED : 0;
    this.errors = errors;
  }

  @Override
  public void share() throws IOException {
    socket.setReusePort(true);
  }

  @Override
  public void adjust(UdpOptions from, UdpOptions to) throws IOException {
    SocketSetup.adjust(socket, local().getAddress() instanceof Inet6Address, from, to);
  }

  @Override
  boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  IoOps reading() {
    return EpollIoOps.EPOLLIN;
  }

  @Override
  void ready(IoEvent event, DatagramSockets.Reader listening) {
    if ((((EpollIoEvent) event).ops().value() & EPOLLERR) != 0) {
      readErrors(listening);
    }
    listening.readable();
  }

  @Override
  public int receive(Messages into) {
    for (int i = 0; i < TRIES && socket.isOpen(); i++) {
      into.clear();
      int count = libC.recvmmsg(socket.intValue(), into.inAddress(), Messages.MAX, MSG_DONTWAIT, 0);
      if (count >= 0) {
        into.filled(count);
        if (count > 0) {
          hearOverflow(into.overflow(count - 1));
        }
        if (dual) {
          into.unmap(count);
        }
        return count;
      }
      if (Native.errno() == Errors.EAGAIN) {
        return 0;
      }
    }
    return 0;
  }

  private void hearOverflow(int lost) {
    DatagramSockets.Reader listening = reader();
    if (lost != overflow && lost != 0 && listening != null) {
      int more = lost - overflow;
      overflow = lost;
      listening.overflowed(more);
    }
  }

  @Override
  public void send(Messages from, Unsent unsent) {
    int count = from.outCount();
    int next = 0;
    int failures = 0;
    while (next < count && socket.isOpen()) {
      int sent =
          libC.sendmmsg(socket.intValue(), from.outAddress(next), count - next, MSG_DONTWAIT);
      if (sent > 0) {
        next += sent;
        failures = 0;
        continue;
      }
      int errno = Native.errno();
      if (errno == Errors.EAGAIN) { // the system has no room, for the others neither
        for (; next < count; next++) {
          unsent.count(from.outDatagrams(next), errno, local());
        }
        return;
      }
      int segment = from.outSegment(next);
      if (segment > 0 && Errors.forbidsTrain(errno)) {
        mostJoined = errno == Errors.EIO ? 0 : Math.min(mostJoined, segment - 1);
        sendOneByOne(from, next++, unsent);
        failures = 0;
      } else if (++failures == TRIES) { // this one cannot be sent
        lost(from, next, from.outDatagrams(next), errno, unsent);
        next++;
        failures = 0;
      }
    }
  }

  /**
   * A train that cannot go as such: its datagrams are larger than the path takes without fragments
   * (EINVAL, EMSGSIZE), or the device adds no checksums (EIO); udp.c of Linux.
   */
  private void sendOneByOne(Messages from, int train, Unsent unsent) {
    int datagrams = from.outDatagrams(train);
    for (int n = 0; n < datagrams; n++) {
      int failures = 0;
      while (libC.sendmmsg(socket.intValue(), from.outAlone(train, n), 1, MSG_DONTWAIT) < 1) {
        int errno = Native.errno();
        if (errno == Errors.EAGAIN || ++failures == TRIES) {
          lost(from, train, 1, errno, unsent);
          break;
        }
      }
    }
  }

  @Override
  public int mostJoined() {
    return mostJoined;
  }

  /**
   * What has come back for datagrams that were sent, all of it: epoll tells it until it is read.
   */
  private void readErrors(DatagramSockets.Reader listening) {
    for (int i = 0; i < Messages.MAX && socket.isOpen(); i++) {
      errors.clear();
      int bytes = libC.recvmsg(socket.intValue(), errors.inAddress(), MSG_DONTWAIT | MSG_ERRQUEUE);
      if (bytes < 0) {
        return;
      }
      errors.filled(1);
      errors.readControl(0, control);
      if (control.errno != 0) {
        listening.undelivered(
            errors.isIpv6(0),
            errors.clientHigh(0),
            errors.clientLow(0),
            errors.clientPort(0),
            control.errno);
      }
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void close() {
    if (!socket.isOpen()) {
      return;
    }
    try {
      socket.close();
    } catch (IOException e) {
      failed("closing", e);
    }
    cancel(); // after closing, which has told epoll already
  }
}
