package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A server on one thread, for very many connections; says on its output where it listens. */
abstract class SelectorServer {
  private final int interest;

  /**
   * @param interest what of a connection {@link #serve} is called for, of {@link SelectionKey}
   */
  SelectorServer(int interest) {
    this.interest = interest;
  }

  /** One has come. */
  void prepare(SocketChannel client) throws IOException {}

  /** It can be read or written; if that fails, it is closed. */
  abstract void serve(SocketChannel client) throws IOException;

  /** Until the process ends. */
  final void start() throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    Thread serving = new Thread(() -> serveAll(selector, listening));
    serving.setDaemon(true);
    serving.start();
    System.out.println(SocketAddresses.format((InetSocketAddress) listening.getLocalAddress()));
  }

  private void serveAll(Selector selector, ServerSocketChannel listening) {
    while (true) {
      try {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isAcceptable()) {
            accept(selector, listening);
          } else {
            serveOrClose((SocketChannel) key.channel());
          }
        }
        selector.selectedKeys().clear();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void accept(Selector selector, ServerSocketChannel listening) throws IOException {
    SocketChannel client = listening.accept();
    if (client != null) {
      prepare(client);
      client.configureBlocking(false);
      client.register(selector, interest);
    }
  }

  private void serveOrClose(SocketChannel client) throws IOException {
    try {
      serve(client);
    } catch (IOException e) {
      client.close();
    }
  }
}
