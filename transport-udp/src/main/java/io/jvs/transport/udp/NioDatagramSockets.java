package io.jvs.transport.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/** Opens the JDK's channels for a loop; on systems without epoll. */
final class NioDatagramSockets implements DatagramSockets {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int FRONT_BUFFER = 4 << 20;

  private final IoEventLoop loop;

  NioDatagramSockets(IoEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public IoEventLoop executor() {
    return loop;
  }

  /** The JDK sets options before it binds only, so the address is asked for alone first. */
  @Override
  public Socket listen(InetSocketAddress address, boolean shared, UdpOptions options)
      throws IOException {
    if (!shared) {
      openChannel(address, false).close();
    }
    DatagramChannel channel = openChannel(address, true);
    return new NioDatagramSocket(loop, channel, address);
  }

  private static DatagramChannel openChannel(InetSocketAddress address, boolean shared)
      throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    DatagramChannel channel = newChannel(ipv6);
    try {
      if (shared && channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.setOption(StandardSocketOptions.SO_RCVBUF, FRONT_BUFFER);
      channel.bind(address);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Socket open(boolean ipv6, UdpOptions options) throws IOException {
    DatagramChannel channel = newChannel(ipv6);
    try {
      channel.bind(null);
      return new NioDatagramSocket(loop, channel, (InetSocketAddress) channel.getLocalAddress());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Of a channel that is in use. The system may give less. */
  static void adjust(DatagramChannel channel, UdpOptions options) {
    int wanted = options.listening().receiveBuffer();
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, wanted == 0 ? FRONT_BUFFER : wanted);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "udp: options of a socket cannot be changed: {0}", e);
    }
  }

  private static DatagramChannel newChannel(boolean ipv6) throws IOException {
    DatagramChannel channel =
        DatagramChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    channel.configureBlocking(false);
    return channel;
  }
}
