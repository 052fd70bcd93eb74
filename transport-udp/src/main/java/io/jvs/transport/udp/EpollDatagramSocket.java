package io.jvs.transport.udp;

import io.jvs.transport.udp.libc.LibC;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A socket on an epoll loop, level-triggered: a batch is one system call each way. */
final class EpollDatagramSocket implements DatagramSockets.Socket, EpollIoHandle {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int MSG_DONTWAIT = 0x40; // recv(2)
  private static final int MSG_ERRQUEUE = 0x2000;
  private static final int EPOLLERR = 8; // epoll_ctl(2)

  /** What an Ethernet takes; beyond that trains would fail, and only then go one by one. */
  private static final int MOST_JOINED = 1_472;

  /** A call may fail with the error of an earlier datagram, which says nothing about this one. */
  private static final int TRIES = 3;

  private final IoEventLoop loop;
  private final LinuxSocket socket;
  private final InetSocketAddress local;
  private final LibC libC = Native.LIBC;
  private final Messages errors;
  private final Control control = new Control();
  private DatagramSockets.@Nullable Reader reader;
  private @Nullable IoRegistration registration;
  private int mostJoined;

  /**
   * Takes over a socket that is bound.
   *
   * @param joined whether it may send trains
   * @param errors for what is read of errors, one at a time; of the loop
   */
  EpollDatagramSocket(
      IoEventLoop loop,
      LinuxSocket socket,
      InetSocketAddress local,
      boolean joined,
      Messages errors) {
    this.mostJoined = joined ? MOST_JOINED : 0;
    this.loop = loop;
    this.socket = socket;
    this.local = local;
    this.errors = errors;
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void share() throws IOException {
    socket.setReusePort(true);
  }

  @Override
  public void read(DatagramSockets.Reader newReader) throws IOException {
    reader = newReader;
    IoRegistration registered = loop.register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IOException("the loop is shutting down");
    }
    registration = registered;
    registered.submit(EpollIoOps.EPOLLIN);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    DatagramSockets.Reader listening = reader;
    if (listening == null || !socket.isOpen()) {
      return;
    }
    try {
      if ((((EpollIoEvent) event).ops().value() & EPOLLERR) != 0) {
        readErrors(listening);
      }
      listening.readable();
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      LOG.log(Level.ERROR, "udp: a fault of ours at " + local, e);
    }
  }

  @Override
  public int receive(Messages into) {
    for (int i = 0; i < TRIES && socket.isOpen(); i++) {
      into.clear();
      int count = libC.recvmmsg(socket.intValue(), into.inAddress(), Messages.MAX, MSG_DONTWAIT, 0);
      if (count >= 0) {
        into.filled(count);
        return count;
      }
      if (Native.errno() == Errors.EAGAIN) {
        return 0;
      }
    }
    return 0;
  }

  @Override
  public int send(Messages from) {
    int count = from.outCount();
    int next = 0;
    int lost = 0;
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
      if (errno == Errors.EAGAIN) {
        break; // the system has no room
      }
      int segment = from.outSegment(next);
      if (segment > 0 && Errors.isOfTrain(errno)) {
        mostJoined = errno == Errors.EIO ? 0 : Math.min(mostJoined, segment - 1);
        lost += sendOneByOne(from, next++);
      } else if (++failures == TRIES) { // this one cannot be sent
        lost += from.outDatagrams(next++);
        failures = 0;
      }
    }
    for (; next < count; next++) {
      lost += from.outDatagrams(next);
    }
    return lost;
  }

  /**
   * A train that cannot go as such: its datagrams are larger than the path takes without fragments
   * (EINVAL, EMSGSIZE), or the device adds no checksums (EIO); udp.c of Linux. How many of them are
   * lost.
   */
  private int sendOneByOne(Messages from, int train) {
    int datagrams = from.outDatagrams(train);
    int lost = 0;
    for (int n = 0; n < datagrams; n++) {
      int sent = 0;
      for (int i = 0; i < TRIES && sent <= 0 && socket.isOpen(); i++) {
        sent = libC.sendmmsg(socket.intValue(), from.outAlone(train, n), 1, MSG_DONTWAIT);
      }
      lost += sent > 0 ? 0 : 1;
    }
    return lost;
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
      LOG.log(Level.DEBUG, "closing a socket", e);
    }
    if (registration != null) {
      registration.cancel(); // after closing, which has told epoll already
    }
  }
}
