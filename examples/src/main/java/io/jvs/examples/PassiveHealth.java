package io.jvs.examples;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Retry;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.resilience.EjectionTime;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.InBandHealth;
import io.jvs.resilience.ResilientCalls;
import io.jvs.resilience.Window;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * Several HTTP servers without any check: a server whose answers are bad is left alone for a while,
 * and callers see nothing of it, since their requests are made again elsewhere.
 */
public final class PassiveHealth implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final InBandHealth inBand = new InBandHealth();
  private final LoadBalancer search;
  private final ResilientCalls<HttpResponse<String>> calls;

  /**
   * Connects to nobody yet.
   *
   * @param servers {@code HOST:PORT} each
   * @param ejected how long a bad server is left alone the first time
   */
  public PassiveHealth(List<String> servers, Duration ejected) {
    search =
        LoadBalancer.of(
            VirtualService.inProcess("search")
                .scheduler("rr")
                .realServers(servers.stream().map(RealServer::of).toList())
                .build());
    inBand.watch(
        search,
        InBandDeclaration.DEFAULT
            .window(new Window.Calls(20), 5)
            .ejectionTime(new EjectionTime(ejected, ejected.multipliedBy(10), 2, 10)));
    calls =
        ResilientCalls.<HttpResponse<String>>builder(search)
            .retry(Retry.IDEMPOTENT)
            .serverFailure(
                response -> response.statusCode() >= 500 ? "status " + response.statusCode() : null)
            .build();
  }

  /** The body at this path. */
  public String get(String path) throws Exception {
    HttpResponse<String> response =
        calls.call(Flow.any(), server -> http.send(request(server, path), BodyHandlers.ofString()));
    return response.statusCode() + " " + response.body();
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
    inBand.close();
  }

  /** Run with the servers as arguments; asks for {@code /} ten times. */
  public static void main(String[] servers) throws Exception {
    try (PassiveHealth client = new PassiveHealth(List.of(servers), Duration.ofSeconds(10))) {
      for (int i = 0; i < 10; i++) {
        System.out.println(client.get("/"));
      }
    }
  }
}
