package io.jvs.transport.tcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server that writes to all its clients for as long as they take it. Says where it listens; then
 * answers each line with the bytes it has written.
 */
final class FloodProgram extends SelectorServer {
  private final ByteBuffer block = ByteBuffer.allocateDirect(64 * 1024);
  private final AtomicLong written = new AtomicLong();

  private FloodProgram() {
    super(SelectionKey.OP_WRITE);
  }

  public static void main(String[] arguments) throws Exception {
    FloodProgram program = new FloodProgram();
    program.start();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(program.written.get());
    }
  }

  @Override
  void prepare(SocketChannel client) throws IOException {
    client.setOption(StandardSocketOptions.SO_SNDBUF, 16 * 1024);
  }

  @Override
  void serve(SocketChannel client) throws IOException {
    written.addAndGet(client.write(block.clear()));
  }
}
