package io.jvs.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** An echo server for connections with little to say. */
final class EchoProgram extends SelectorServer {
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

  private EchoProgram() {
    super(SelectionKey.OP_READ);
  }

  public static void main(String[] arguments) throws Exception {
    new EchoProgram().start();
    while (System.in.read() >= 0) { // until nobody needs it any more
      Thread.onSpinWait();
    }
  }

  @Override
  void serve(SocketChannel client) throws IOException {
    if (client.read(buffer.clear()) < 0) {
      client.close();
      return;
    }
    client.write(buffer.flip()); // a few bytes: they fit
  }
}
