package io.jvs.benchmarks.soak;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real server: answers each question of a connection, {@link KnownBytes}, until the FIN comes.
 */
final class AnswerServer implements AutoCloseable {
  private final ServerSocket listening =
      new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool(AnswerServer::daemon);
  private final AtomicInteger wrong = new AtomicInteger();
  private volatile @Nullable IOException lastWrong;

  AnswerServer() throws IOException {
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "answer-server");
    thread.setDaemon(true);
    return thread;
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Questions whose bytes were not those that a client had sent. */
  int wrong() {
    return wrong.get();
  }

  @Nullable IOException lastWrong() {
    return lastWrong;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(client.getInputStream());
      BufferedOutputStream out = new BufferedOutputStream(client.getOutputStream(), 16 * 1024);
      byte[] buffer = KnownBytes.buffer();
      while (true) {
        int question = in.readInt();
        int answer = in.readInt();
        int seed = in.readInt();
        KnownBytes.check(in, question, seed, buffer, () -> {});
        KnownBytes.write(out, answer, seed);
        out.flush();
      }
    } catch (EOFException e) {
      // the client has nothing more to ask
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).startsWith("wrong bytes")) {
        wrong.incrementAndGet();
        lastWrong = e;
      } // else it is gone, as some go
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
