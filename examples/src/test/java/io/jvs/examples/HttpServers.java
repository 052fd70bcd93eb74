package io.jvs.examples;

import com.sun.net.httpserver.HttpServer;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Real HTTP servers on loopback, each answering with its own address. */
final class HttpServers implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, String> reports = new ConcurrentHashMap<>();
  private final Set<String> broken = ConcurrentHashMap.newKeySet();

  HttpServers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      HttpServer server = HttpServer.create(SocketAddresses.parse("127.0.0.1:0"), 100);
      InetSocketAddress address = server.getAddress();
      String name = SocketAddresses.format(address);
      server.createContext(
          "/",
          exchange -> {
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            if (reports.containsKey(name)) {
              exchange.getResponseHeaders().set("endpoint-load-metrics", reports.get(name));
            }
            exchange.sendResponseHeaders(broken.contains(name) ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.setExecutor(threads);
      server.start();
      servers.add(server);
      names.add(name);
    }
  }

  /** {@code HOST:PORT} each. */
  List<String> names() {
    return names;
  }

  /** From now on the server says this of its load. */
  void report(int index, String metrics) {
    reports.put(names.get(index), metrics);
  }

  void kill(int index) {
    servers.get(index).stop(0);
  }

  /** From now on it answers with status 503. */
  void breakDown(int index) {
    broken.add(names.get(index));
  }

  void repair(int index) {
    broken.remove(names.get(index));
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
