package io.jvs.launcher.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A small HTTP server that says who it is. It can die and come back at the same port. */
final class DemoServer implements AutoCloseable {
  private static final int THINK_MILLIS = 5;

  private final String name;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "demo-server");
            thread.setDaemon(true);
            return thread;
          });
  private final InetSocketAddress address;
  private @Nullable HttpServer server;

  DemoServer(String name) throws IOException {
    this.name = name;
    this.server = listen(0);
    this.address = server.getAddress();
  }

  String name() {
    return name;
  }

  InetSocketAddress address() {
    return address;
  }

  synchronized boolean alive() {
    return server != null;
  }

  /** Closes its listening socket and every connection, without a word. */
  synchronized void die() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  synchronized void comeBack() throws IOException {
    if (server == null) {
      server = listen(address.getPort());
    }
  }

  @Override
  public void close() {
    die();
    threads.shutdownNow();
  }

  private HttpServer listen(int port) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.createContext(
        "/",
        exchange -> {
          think();
          byte[] body = ("server " + name + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.setExecutor(threads);
    http.start();
    return http;
  }

  /** Long enough for some connections to be seen open. */
  private static void think() {
    try {
      Thread.sleep(THINK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the demo ends; this answer still goes out
    }
  }
}
