package io.jvs.transport.tcp;

import io.jvs.transport.listening.OptionRefused;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** The options of a service as far as the JDK has them. */
final class NettySetup {
  private static final Set<SocketOption<?>> KEEP_ALIVE =
      Set.of(
          ExtendedSocketOptions.TCP_KEEPIDLE,
          ExtendedSocketOptions.TCP_KEEPINTERVAL,
          ExtendedSocketOptions.TCP_KEEPCOUNT);

  private NettySetup() {}

  /** What the JDK does not have, or null. */
  static @Nullable String objection(TcpOptions options) {
    List<String> unknown = new ArrayList<>();
    TcpOptions.Listening listening = options.listening();
    add(unknown, "listening.device", listening.device() != null);
    add(unknown, "listening.fastOpen", listening.fastOpen() != 0);
    add(unknown, "listening.transparent", listening.transparent());
    add(unknown, "outgoing.clientAddress", options.outgoing().clientAddress());
    add(unknown, "clientSockets", options.clientSockets());
    add(unknown, "serverSockets", options.serverSockets());
    return unknown.isEmpty()
        ? null
        : String.join(", ", unknown)
            + ": not with engine nio, which has what the JDK has (expected: engine epoll, on"
            + " Linux, or to leave it out)";
  }

  private static void add(List<String> unknown, String whose, TcpOptions.SocketOptions options) {
    add(unknown, whose + ".userTimeout", options.userTimeout() != null);
    add(unknown, whose + ".keepAlive", options.keepAlive() != null && !hasKeepAlive());
  }

  private static void add(List<String> unknown, String what, boolean wanted) {
    if (wanted) {
      unknown.add(what);
    }
  }

  /** Not on every system. */
  private static boolean hasKeepAlive() {
    try (Socket socket = new Socket()) {
      return socket.supportedOptions().containsAll(KEEP_ALIVE);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether the sources are addresses of this machine. */
  static void check(TcpOptions options) throws IOException {
    for (InetAddress source : options.outgoing().sources()) {
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(source, 0));
      } catch (IOException e) {
        throw new OptionRefused("outgoing.sources " + source.getHostAddress(), e);
      }
    }
  }

  /**
   * For either side.
   *
   * @throws io.netty.channel.ChannelException if the socket is gone already
   */
  static void apply(SocketChannel channel, TcpOptions.SocketOptions options) {
    SocketChannelConfig config = channel.config();
    TcpOptions.KeepAlive keepAlive = options.keepAlive();
    if (keepAlive != null) {
      set(config, ExtendedSocketOptions.TCP_KEEPIDLE, (int) keepAlive.idle().toSeconds());
      set(config, ExtendedSocketOptions.TCP_KEEPINTERVAL, (int) keepAlive.interval().toSeconds());
      set(config, ExtendedSocketOptions.TCP_KEEPCOUNT, keepAlive.count());
      config.setOption(ChannelOption.SO_KEEPALIVE, true);
    }
    if (options.sendBuffer() != 0) {
      config.setSendBufferSize(options.sendBuffer());
    }
    if (options.receiveBuffer() != 0) {
      config.setReceiveBufferSize(options.receiveBuffer());
    }
  }

  private static void set(SocketChannelConfig config, SocketOption<Integer> option, int value) {
    config.setOption(NioChannelOption.of(option), value);
  }
}
