package io.jvs.launcher.control;

import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /status} (JSON), {@code GET /metrics} (Prometheus), {@code GET /explain} and
 * {@code GET /connections} (JSON), {@code POST /order}, {@code POST /connections/reset} and {@code
 * POST /reload} over HTTP/1.0, so that jvs, curl and Prometheus can all ask. One question per
 * connection, few at a time, each with a deadline: a client that does not speak cannot hold
 * anything up for long.
 *
 * <p>On a loopback port everybody on the machine, and with tricks every page in a browser, can ask;
 * therefore nothing can be changed there, and host names other than localhost are refused.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int MAX_REQUEST = 8192;
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 64;
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ControlAddress address;
  private final ControlActions actions;
  private final Duration deadline;
  private final ServerSocketChannel listener;
  private final ExecutorService workers =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          daemon("control"));
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(daemon("control-deadlines"));

  private ControlServer(
      ControlAddress address,
      ControlActions actions,
      Duration deadline,
      ServerSocketChannel listener) {
    this.address = address;
    this.actions = actions;
    this.deadline = deadline;
    this.listener = listener;
  }

  /**
   * Listens from now on.
   *
   * @throws IOException if that is not possible there; the message says why
   */
  public static ControlServer open(ControlAddress address, ControlActions actions)
      throws IOException {
    return open(address, actions, DEADLINE);
  }

  static ControlServer open(ControlAddress address, ControlActions actions, Duration deadline)
      throws IOException {
    ControlServer server =
        new ControlServer(address, actions, deadline, ControlSocket.open(address));
    if (address instanceof ControlAddress.UnixSocket unix) {
      unix.path().toFile().deleteOnExit(); // also when a second signal ends us at once
    }
    daemon("control-accept").newThread(server::accept).start();
    return server;
  }

  /** The address, with the port that was chosen if port 0 was asked for. */
  public ControlAddress address() throws IOException {
    return listener.getLocalAddress() instanceof InetSocketAddress inet
        ? new ControlAddress.Loopback(inet)
        : address;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    workers.shutdown();
    deadlines.shutdownNow();
    if (address instanceof ControlAddress.UnixSocket unix) {
      Files.deleteIfExists(unix.path());
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        try {
          workers.execute(() -> serve(client));
        } catch (RejectedExecutionException e) {
          close(client); // too many wait already, or the server is closed
        }
      } catch (ClosedChannelException e) {
        return; // by close()
      } catch (IOException e) { // no descriptors left, most likely: others need them more
        LOG.warn("control: cannot accept, trying again in a second: {}", e.toString());
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(1000);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void serve(SocketChannel client) {
    var timeout =
        deadlines.schedule(() -> close(client), deadline.toMillis(), TimeUnit.MILLISECONDS);
    try (client) {
      write(client, answer(readHead(client)));
    } catch (IOException e) {
      LOG.debug("control: a client went away: {}", e.toString());
    } catch (RuntimeException e) { // ours, but it must not end the director
      LOG.error("control: a question could not be answered", e);
    } finally {
      timeout.cancel(false);
    }
  }

  private Answer answer(String head) {
    String[] lines = head.split("\r\n", -1);
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      return Answer.text(400, "Bad Request", "expected: GET /status HTTP/1.0\n");
    }
    boolean shared = address instanceof ControlAddress.Loopback;
    if (shared && !isLocalHost(lines)) {
      return Answer.text(403, "Forbidden", "expected: the host localhost or a loopback address\n");
    }
    try {
      return answer(words[0], Query.parse(words[1]), shared);
    } catch (IllegalArgumentException e) { // a question that names what there is not
      return Answer.text(422, "Unprocessable Content", e.getMessage() + "\n");
    }
  }

  private Answer answer(String method, Query query, boolean shared) {
    return switch (method + " " + query.path()) {
      case "GET /status" -> Answer.json(200, "OK", Json.write(actions.status()));
      case "GET /metrics" ->
          new Answer(200, "OK", "text/plain; version=0.0.4; charset=utf-8", actions.metrics());
      case "GET /explain" ->
          Answer.json(
              200,
              "OK",
              Json.write(
                  actions.explain(
                      query.require("service"), SocketAddresses.parse(query.require("server")))));
      case "GET /connections" ->
          Answer.json(200, "OK", Json.write(actions.connections(ConnectionSelection.of(query))));
      case "POST /connections/reset" -> shared ? readOnly() : resetConnections(query);
      case "POST /order" ->
          shared
              ? readOnly()
              : Answer.json(
                  200, "OK", Json.write(actions.order(OrderRequest.of(query, Instant.now()))));
      case "POST /reload" -> shared ? readOnly() : reload();
      default ->
          Answer.text(
              404,
              "Not Found",
              "expected: GET /status, GET /metrics, GET /explain, GET /connections, POST /order, POST"
                  + " /connections/reset or POST /reload\n");
    };
  }

  /** Not all there are by a mistake. */
  private Answer resetConnections(Query query) {
    ConnectionSelection selection = ConnectionSelection.of(query);
    if (!selection.isNarrow()) {
      throw new IllegalArgumentException(
          "which connections to reset is not said (expected: a service, server, client or id)");
    }
    String who = query.require("who");
    return Answer.json(200, "OK", Json.write(actions.resetConnections(selection, who)));
  }

  private static Answer readOnly() {
    return Answer.text(
        403,
        "Forbidden",
        "a loopback port answers questions only (expected: a Unix domain socket as 'control', or"
            + " the signal SIGHUP)\n");
  }

  private Answer reload() {
    ReloadReport report = actions.reload();
    return report.applied()
        ? Answer.json(200, "OK", Json.write(report))
        : Answer.json(422, "Unprocessable Content", Json.write(report));
  }

  /** Against pages that have their own name resolved to a loopback address (DNS rebinding). */
  private static boolean isLocalHost(String[] lines) {
    for (String line : lines) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("host:")) {
        String host = lower.substring("host:".length()).strip().replaceFirst(":\\d+$", "");
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}");
      }
    }
    return true; // HTTP/1.0 without a host: no browser
  }

  private static String readHead(SocketChannel client) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_REQUEST);
    while (buffer.hasRemaining() && client.read(buffer) >= 0) {
      String soFar = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
      int end = soFar.indexOf("\r\n\r\n");
      if (end >= 0) {
        return soFar.substring(0, end);
      }
    }
    return "";
  }

  private static void write(SocketChannel client, Answer answer) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(answer.bytes());
    while (out.hasRemaining()) {
      client.write(out);
    }
  }

  private static void close(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      LOG.debug("control: closing failed", e);
    }
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, "jvs-" + name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private record Answer(int code, String phrase, String type, String content) {
    static Answer json(int code, String phrase, String content) {
      return new Answer(code, phrase, "application/json", content);
    }

    static Answer text(int code, String phrase, String content) {
      return new Answer(code, phrase, "text/plain; charset=utf-8", content);
    }

    byte[] bytes() {
      byte[] body = content.getBytes(StandardCharsets.UTF_8);
      String head =
          String.join(
              "\r\n",
              "HTTP/1.0 " + code + " " + phrase,
              "Content-Type: " + type,
              "Content-Length: " + body.length,
              "Connection: close",
              "",
              "");
      return (head + content).getBytes(StandardCharsets.UTF_8);
    }
  }
}
