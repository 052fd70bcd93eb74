package io.jvs.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
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
    IoRegistration registered = loop.register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IOException("the loop is shutting down");
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

  final void failed(String doing, IOException failure) {
    LOG.log(Level.DEBUG, "udp: " + doing + " at " + local, failure);
  }
}
