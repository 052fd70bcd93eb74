package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.listening.OptionRefused;
import io.jvs.transport.listening.Place;
import io.jvs.transport.listening.ServiceSockets;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the JDK's channels for a loop; on systems without epoll. */
final class NioDatagramSockets implements DatagramSockets {
  private static final int FRONT_BUFFER = 4 << 20;

  private final IoEventLoop loop;

  NioDatagramSockets(IoEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public IoEventLoop executor() {
    return loop;
  }

  /** What the JDK does not have, or null; for sockets that nothing else is said against. */
  static @Nullable String objection(UdpOptions options, ServiceSockets sockets) {
    InetAddress address = Place.of(sockets).get(0).address().getAddress();
    List<String> unknown = new ArrayList<>();
    UdpOptions.Listening listening = options.listening();
    add(unknown, "listening.device", listening.device() != null);
    add(unknown, "listening.transparent", listening.transparent());
    add(unknown, "outgoing.clientAddress", options.outgoing().clientAddress());
    add(unknown, "passTos", options.passTos());
    add(unknown, "passTtl", options.passTtl());
    if (!unknown.isEmpty()) {
      return String.join(", ", unknown)
          + ": not with engine nio, which has what the JDK has (expected: engine epoll, on Linux,"
          + " or to leave it out)";
    }
    return options.proxyTo() != ProxyTo.NONE && address.isAnyLocalAddress()
        ? "proxyTo at "
            + SocketAddresses.format(address)
            + ": not with engine nio, which is not told the address that a client has asked"
            + " (expected: engine epoll, on Linux, or a single address)"
        : null;
  }

  private static void add(List<String> unknown, String what, boolean wanted) {
    if (wanted) {
      unknown.add(what);
    }
  }

  /** Whether the sources are addresses of this machine. */
  @Override
  public void check(UdpOptions options, InetAddress address) throws IOException {
    for (InetAddress source : options.outgoing().sources()) {
      try (DatagramChannel channel = newChannel(source instanceof Inet6Address)) {
        channel.bind(new InetSocketAddress(source, 0));
      } catch (IOException e) {
        throw new OptionRefused("outgoing.sources " + source.getHostAddress(), e);
      }
    }
  }

  /** The JDK sets options before it binds only, so the address is asked for alone first. */
  @Override
  public Socket listen(InetSocketAddress address, boolean shared, UdpOptions options)
      throws IOException {
    if (!shared) {
      openChannel(address, false, options).close();
    }
    DatagramChannel channel = openChannel(address, true, options);
    return new NioDatagramSocket(loop, channel, address);
  }

  private static DatagramChannel openChannel(
      InetSocketAddress address, boolean shared, UdpOptions options) throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    DatagramChannel channel = newChannel(ipv6);
    try {
      if (shared && channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      receiveBuffer(channel, options);
      channel.bind(address);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Socket open(InetSocketAddress source, boolean transparent, UdpOptions options)
      throws IOException {
    DatagramChannel channel = newChannel(source.getAddress() instanceof Inet6Address);
    try {
      channel.bind(source);
      return new NioDatagramSocket(loop, channel, (InetSocketAddress) channel.getLocalAddress());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static void receiveBuffer(DatagramChannel channel, UdpOptions options) throws IOException {
    int wanted = options.listening().receiveBuffer();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, wanted == 0 ? FRONT_BUFFER : wanted);
  }

  private static DatagramChannel newChannel(boolean ipv6) throws IOException {
    try {
      DatagramChannel channel =
          DatagramChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
      channel.configureBlocking(false);
      return channel;
    } catch (UnsupportedOperationException e) { // java.net.preferIPv4Stack, or none in the kernel
      throw new IOException("no IPv6 here", e);
    }
  }
}
