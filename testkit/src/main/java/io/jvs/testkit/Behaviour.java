package io.jvs.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a {@link FakeServer} does with each connection, on a thread of that connection. */
@FunctionalInterface
public interface Behaviour {
  /**
   * Serves one connection. When it returns or throws, the connection is closed.
   *
   * @throws IOException daily business here: the client went away, or the server was killed
   */
  void serve(FakeServer server, Socket connection) throws IOException;

  /** Sends back every byte, and closes its side when the client has closed its own. */
  static Behaviour echo() {
    return (server, connection) -> {
      InputStream in = connection.getInputStream();
      OutputStream out = connection.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    };
  }

  /** Answers each line with a line: its name, a blank, and what it was told. */
  static Behaviour named() {
    return slow(Duration.ZERO);
  }

  /** As {@link #named}, but each answer takes its time. */
  static Behaviour slow(Duration delay) {
    return (server, connection) -> {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      OutputStream out = connection.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (server.isKilledWithin(delay)) {
          return;
        }
        out.write((server.name() + " " + line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  /** Accepts and closes at once, in good order. */
  static Behaviour close() {
    return (server, connection) -> {};
  }

  /** Accepts and resets at once. */
  static Behaviour reset() {
    return (server, connection) -> connection.setSoLinger(true, 0);
  }

  /** Accepts and then never reads and never answers, until the server is killed. */
  static Behaviour hang() {
    return (server, connection) -> {
      while (!server.isKilledWithin(Duration.ofDays(1))) {
        // hangs
      }
    };
  }
}
