package io.jvs.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What sockets of every engine have in common: how they are read on their loop, and closed. On the
 * loop only.
 */
abstract class ReadSocket implements DatagramSockets.Socket, IoHandle {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  private final IoEventLoop loop;
  private final InetSocketAddress local;
  private DatagramSockets.@Nullable Reader reader;
  private @Nullable IoRegistration registration;
  private @Nullable Map<InetSocketAddress, Unrouted> unrouted; // null when there is none

  /** Datagrams to one address that the system knows no way to. */
  private record Unrouted(int datagrams, int errno, Unsent unsent) {}

  ReadSocket(IoEventLoop loop, InetSocketAddress local) {
    this.loop = loop;
    this.local = local;
  }

  abstract boolean isOpen();

  /** Of the selector, in something that can be read. */
  abstract IoOps reading();

  /** Something has come. */
  abstract void ready(IoEvent event, DatagramSockets.Reader listening);

  @Override
  public final InetSocketAddress local() {
    return local;
  }

  /** Who reads it, or null before anybody does. */
  final DatagramSockets.@Nullable Reader reader() {
    return reader;
  }

  @Override
  public final void read(DatagramSockets.Reader newReader) throws IOException {
    reader = newReader;
    Future<IoRegistration> done = loop.register(this); // at once, since we are on the loop
    IoRegistration registered = done.getNow();
    if (registered == null) {
      throw new IOException("epoll or the selector does not take it", done.cause());
    }
    registration = registered;
    registered.submit(reading());
  }

  @Override
  public final void handle(IoRegistration from, IoEvent event) {
    DatagramSockets.Reader listening = reader;
    if (listening == null || !isOpen()) {
      return;
    }
    try {
      ready(event, listening);
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      LOG.log(Level.ERROR, "udp: a fault of ours at " + local, e);
    }
  }

  /** Tells the selector to forget it. */
  final void cancel() {
    if (registration != null) {
      registration.cancel();
    }
  }

  /** The {@code k}-th that goes out, or so many datagrams of it, cannot be sent. */
  final void lost(Messages from, int k, int datagrams, int errno, Unsent unsent) {
    if (!Errors.saysNoRoute(errno)) {
      unsent.count(datagrams, errno, local);
      return;
    }
    Map<InetSocketAddress, Unrouted> all = unrouted;
    if (all == null) {
      all = new LinkedHashMap<>();
      unrouted = all;
      loop.execute(this::tellUnrouted); // behind the batch, which is in the midst of it
    }
    all.merge(
        from.destination(k),
        new Unrouted(datagrams, errno, unsent),
        (before, more) -> new Unrouted(before.datagrams + more.datagrams, errno, unsent));
  }

  private void tellUnrouted() {
    Map<InetSocketAddress, Unrouted> all = Objects.requireNonNull(unrouted);
    DatagramSockets.Reader listening = reader;
    unrouted = null; // what is sent now may have no way either
    all.forEach(
        (address, what) -> {
          ServerAddress to = new ServerAddress(address); // as bits
          if (listening == null
              || !listening.unroutable(to.ipv6, to.high, to.low, to.port, what.errno)) {
            what.unsent.count(what.datagrams, what.errno, local);
          }
        });
  }

  final void failed(String doing, IOException failure) {
    LOG.log(Level.DEBUG, "udp: " + doing + " at " + local, failure);
  }
}
