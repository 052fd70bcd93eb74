package io.jvs.transport.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;

/**
 * A NAT between one client and the virtual address, which may forget its client and give it another
 * port, as home routers do. What comes for a port that it has forgotten is lost.
 */
final class NatBox implements AutoCloseable {
  private final EventLoopGroup group;
  private final InetSocketAddress target;
  private final Channel inside;
  private volatile Channel outside;
  private volatile InetSocketAddress client = new InetSocketAddress(0);

  NatBox(EventLoopGroup group, InetSocketAddress target) {
    this.group = group;
    this.target = target;
    this.inside = bind(this::leaves);
    this.outside = bind(this::returns);
  }

  private void leaves(DatagramPacket packet) {
    client = packet.sender();
    outside.writeAndFlush(new DatagramPacket(packet.content().retain(), target));
  }

  private void returns(DatagramPacket packet) {
    inside.writeAndFlush(new DatagramPacket(packet.content().retain(), client));
  }

  private interface Sink {
    void came(DatagramPacket packet);
  }

  private Channel bind(Sink sink) {
    return new Bootstrap()
        .group(group)
        .channel(NioDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                sink.came(packet);
              }
            })
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
  }

  /** What the client sends from now on comes from another port. */
  void rebind() {
    Channel before = outside;
    outside = bind(this::returns);
    before.close().syncUninterruptibly();
  }

  /** Where the client sends to. */
  InetSocketAddress address() {
    return (InetSocketAddress) inside.localAddress();
  }

  @Override
  public void close() {
    inside.close().syncUninterruptibly();
    outside.close().syncUninterruptibly();
  }
}
