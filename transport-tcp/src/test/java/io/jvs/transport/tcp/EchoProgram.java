package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** An echo server on one thread, for very many connections with little to say. */
final class EchoProgram {
  private EchoProgram() {}

  public static void main(String[] arguments) throws Exception {
    Selector selector = Selector.open();
    ServerSocketChannel listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    Thread serving = new Thread(() -> serve(selector, listening));
    serving.setDaemon(true);
    serving.start();
    System.out.println(SocketAddresses.format((InetSocketAddress) listening.getLocalAddress()));
    while (System.in.read() >= 0) { // until nobody needs it any more
      serving.interrupt();
    }
  }

  private static void serve(Selector selector, ServerSocketChannel listening) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    while (true) {
      try {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isAcceptable()) {
            SocketChannel client = listening.accept();
            if (client != null) {
              client.configureBlocking(false);
              client.register(selector, SelectionKey.OP_READ);
            }
          } else {
            echo((SocketChannel) key.channel(), buffer);
          }
        }
        selector.selectedKeys().clear();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void echo(SocketChannel client, ByteBuffer buffer) throws IOException {
    buffer.clear();
    try {
      if (client.read(buffer) < 0) {
        client.close();
        return;
      }
      buffer.flip();
      client.write(buffer); // a few bytes: they fit
    } catch (IOException e) {
      client.close();
    }
  }
}
