package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.tcp.DirectorProgram.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server dies with all its connections. */
class SuddenLossTest {
  private static final int CONNECTIONS = 5000;

  /** Beside pipes, what the JVM opens when something happens for the first time. */
  private static final int OTHERS = 2 * 2 * NativePipes.MAX + 10;

  @RegisterExtension final OpenClients clients = new OpenClients();

  @Engines
  void all_its_clients_are_reset_and_new_ones_go_to_the_other_server(
      TcpEngine engine, @TempDir Path folder) throws Exception {
    try (ChildJvm dying = ChildJvm.start(folder.resolve("dying.log"), "hard", EchoProgram.class);
        ChildJvm other = ChildJvm.start(folder.resolve("other.log"), "hard", EchoProgram.class);
        ChildJvm director =
            ChildJvm.start(
                folder.resolve("director.log"),
                "hard",
                DirectorProgram.class,
                engine.name(),
                "0",
                dying.line(),
                other.line())) {
      InetSocketAddress address = SocketAddresses.parse(director.line());
      try (Socket first = Sockets.connect(address)) {
        Sockets.ping(first);
      }
      Sockets.await("the first is gone", () -> numbers(director).connections() == 0);
      int descriptors = director.descriptors();
      for (int i = 0; i < CONNECTIONS; i++) {
        SocketChannel client = SocketChannel.open(address);
        client.write(ByteBuffer.wrap(new byte[] {1}));
        clients.add(client);
      }
      for (SocketChannel client : clients) {
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
      }
      assertThat(numbers(director).connections()).isEqualTo(CONNECTIONS);

      dying.kill();
      for (SocketChannel client : clients) { // the kernel of a dead process says FIN for it
        client.socket().setSoTimeout((int) Sockets.PATIENCE.toMillis());
        assertThat(Sockets.ending(client.socket())).isIn("eof", "reset");
      }
      Sockets.await( // and answers what comes nevertheless with resets
          "all are gone",
          () -> {
            clients.forEach(SuddenLossTest::write);
            return numbers(director).connections() == 0;
          });
      Sockets.await( // the last ones may be counted off a moment before
          "all are reset", () -> clients.stream().noneMatch(SuddenLossTest::write));
      assertThat(numbers(director).counted()).isZero();
      assertThat(director.descriptors()).isLessThanOrEqualTo(descriptors + OTHERS);
      for (int i = 0; i < 20; i++) {
        try (Socket next = Sockets.connect(address)) {
          Sockets.ping(next);
        }
      }
    }
  }

  /** Whether it can. */
  private static boolean write(SocketChannel client) {
    try {
      client.write(ByteBuffer.wrap(new byte[] {1}));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Numbers numbers(ChildJvm director) {
    try {
      return Numbers.of(director);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
