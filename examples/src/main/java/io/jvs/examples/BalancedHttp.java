package io.jvs.examples;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Retry;
import io.jvs.director.Director;
import io.jvs.health.TcpConnect;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The JDK's HTTP client before several servers: requests go where the fewest are under way, past
 * servers that are down, and elsewhere when a server refuses.
 */
public final class BalancedHttp implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Director director = Director.builder().build();
  private final LoadBalancer search;

  /**
   * Starts checking the servers.
   *
   * @param servers {@code HOST:PORT} each
   */
  public BalancedHttp(List<String> servers) {
    VirtualService service =
        VirtualService.inProcess("search")
            .scheduler("wlc")
            .realServers(servers.stream().map(RealServer::of).toList())
            .health(TcpConnect.every(Duration.ofMillis(200)))
            .build();
    director.apply(List.of(service));
    search = director.balancer("search");
  }

  /** The body at this path. A GET may safely be made twice, so any failure is tried elsewhere. */
  public String get(String path) throws Exception {
    return search.call(
        Flow.any(),
        Retry.IDEMPOTENT,
        server -> http.send(request(server, path), BodyHandlers.ofString()).body());
  }

  /** The same without waiting. */
  public CompletionStage<String> getAsync(String path) {
    return search.callAsync(
        Flow.any(),
        Retry.IDEMPOTENT,
        server ->
            http.sendAsync(request(server, path), BodyHandlers.ofString())
                .thenApply(HttpResponse::body));
  }

  /** What an operator would look at. */
  public LoadBalancer balancer() {
    return search;
  }

  private static HttpRequest request(RealServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://" + server.name() + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  @Override
  public void close() {
    director.close(Duration.ofSeconds(5));
  }

  /** Run with the servers as arguments; asks for {@code /} ten times. */
  public static void main(String[] servers) throws Exception {
    try (BalancedHttp client = new BalancedHttp(List.of(servers))) {
      for (int i = 0; i < 10; i++) {
        System.out.println(client.get("/"));
      }
    }
  }
}
