package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server on one thread that writes to all its clients for as long as they take it. Says where it
 * listens; then answers each line with the bytes it has written.
 */
final class FloodProgram {
  private static final AtomicLong WRITTEN = new AtomicLong();

  private FloodProgram() {}

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
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(WRITTEN.get());
    }
  }

  private static void serve(Selector selector, ServerSocketChannel listening) {
    ByteBuffer block = ByteBuffer.allocateDirect(64 * 1024);
    while (true) {
      try {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isAcceptable()) {
            SocketChannel client = listening.accept();
            if (client != null) {
              client.setOption(StandardSocketOptions.SO_SNDBUF, 16 * 1024);
              client.configureBlocking(false);
              client.register(selector, SelectionKey.OP_WRITE);
            }
          } else {
            write((SocketChannel) key.channel(), block);
          }
        }
        selector.selectedKeys().clear();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void write(SocketChannel client, ByteBuffer block) throws IOException {
    try {
      WRITTEN.addAndGet(client.write(block.clear()));
    } catch (IOException e) {
      client.close();
    }
  }
}
