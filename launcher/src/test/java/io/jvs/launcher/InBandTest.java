package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code jvs run} without any check: real connections alone show which servers are bad, each in
 * another way.
 */
@Timeout(180)
class InBandTest {
  private static final int CLIENT_THREADS = 4;
  private static final int CLIENT_PATIENCE_MILLIS = 1000;

  private final Path directory;
  private final int port;

  InBandTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.port = closedPort();
  }

  @Test
  void servers_that_refuse_reset_or_never_answer_are_each_detected_and_clients_meet_them_no_more()
      throws Exception {
    String refusing = "127.0.0.1:" + closedPort();
    try (EchoServer one = new EchoServer("1");
        EchoServer two = new EchoServer("2");
        EchoServer three = new EchoServer("3");
        BadServer resetting = new BadServer(true);
        BadServer silent = new BadServer(false)) {
      Path file =
          write(
              "    inBand: { slowCall: 200ms, minimumCalls: 5, consecutiveConnectFailures: 3,"
                  + " ejectionTime: 1m }",
              refusing,
              resetting.address(),
              silent.address(),
              one.address(),
              two.address(),
              three.address());
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        jvs.awaitLine("ready: ");
        Clients clients = new Clients();
        assertThat(jvs.awaitLine(refusing + " down (in-band: "))
            .contains("3 connects in a row failed (threshold 3), out for ");
        assertThat(jvs.awaitLine(resetting.address() + " down (in-band: "))
            .contains(" calls failed (100 %, threshold 50 %), out for ");
        assertThat(jvs.awaitLine(silent.address() + " down (in-band: "))
            .contains(" calls took 200 ms or longer (100 %, threshold 50 %), out for ");
        clients.stop();
        assertThat(clients.ends).contains("answered", "reset").doesNotContain("not connected");
        for (int i = 0; i < 60; i++) {
          assertThat(endOfClient()).isEqualTo("answered");
        }
      }
    }
  }

  @Test
  void a_reload_keeps_who_is_out_and_without_the_declaration_all_return() throws Exception {
    try (EchoServer one = new EchoServer("1");
        EchoServer two = new EchoServer("2");
        BadServer resetting = new BadServer(true)) {
      String[] servers = {resetting.address(), one.address(), two.address()};
      String declared = "    inBand: { minimumCalls: 5, ejectionTime: 1m }";
      Path file = write(declared, servers);
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        jvs.awaitLine("ready: ");
        Clients clients = new Clients();
        jvs.awaitLine(resetting.address() + " down (in-band: ");
        clients.stop();
        write(declared + "\n    attempts: 2", servers);
        jvs.signal("HUP");
        jvs.awaitLine("reloaded ");
        for (int i = 0; i < 30; i++) {
          assertThat(endOfClient()).isEqualTo("answered");
        }

        write("", servers);
        jvs.signal("HUP");
        jvs.awaitLine("reloaded ", 1);
        jvs.awaitLine(resetting.address() + " up, was down since ");
      }
    }
  }

  private Path write(String more, String... servers) throws IOException {
    return Files.writeString(
        directory.resolve("web.yaml"),
        """
        services:
          - name: web
            address: tcp 127.0.0.1:%d
            scheduler: rr
        %s
            realServers: ["%s"]
        """
            .formatted(port, more, String.join("\", \"", servers)));
  }

  /** How a client fares that asks one thing. */
  private String endOfClient() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(CLIENT_PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write("?".getBytes(StandardCharsets.US_ASCII));
        return socket.getInputStream().read() < 0 ? "closed" : "answered";
      } catch (SocketTimeoutException e) {
        return "gave up";
      } catch (SocketException e) {
        return "reset";
      }
    } catch (IOException e) {
      return "not connected";
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** Some who ask again and again. */
  private final class Clients {
    private final ConcurrentLinkedQueue<String> ends = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    Clients() {
      for (int i = 0; i < CLIENT_THREADS; i++) {
        Thread thread = new Thread(this::ask, "client");
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }

    private void ask() {
      while (!stopped) {
        ends.add(endOfClient());
      }
    }

    void stop() throws InterruptedException {
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** Accepts and reads, and then resets the connection or never answers. */
  private static final class BadServer implements AutoCloseable {
    private final ServerSocket listener;
    private final boolean resets;

    BadServer(boolean resets) throws IOException {
      this.resets = resets;
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      start(this::accept);
    }

    String address() {
      return "127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
      while (!listener.isClosed()) {
        try {
          Socket socket = listener.accept();
          start(() -> serve(socket));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        while (socket.getInputStream().read() >= 0) {
          if (resets) {
            socket.setSoLinger(true, 0);
            return;
          }
        }
      } catch (IOException e) {
        // The client is gone; it has waited long enough.
      }
    }

    private static void start(Runnable task) {
      Thread thread = new Thread(task, "bad-server");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
