package io.jvs.examples;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Retry;
import io.jvs.director.Director;
import io.jvs.feedback.LoadReport;
import io.jvs.feedback.LoadReports;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
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

/**
 * Weights that the servers make themselves: each response says in a header how busy its server is,
 * and requests go where more can be done with less.
 */
public final class LoadAware implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final LoadReports reports = new LoadReports();
  private final Director director = Director.builder().build();
  private final LoadBalancer search;

  /**
   * Follows the servers' reports from now on.
   *
   * @param servers {@code HOST:PORT} each
   * @param interval from one change of the weights to the next
   */
  public LoadAware(List<String> servers, Duration interval) {
    VirtualService service =
        VirtualService.inProcess("search")
            .scheduler("swrr")
            .realServers(
                servers.stream().map(server -> RealServer.of(server).withWeight(100)).toList())
            .feedback(
                FeedbackDeclaration.of(reports, Meaning.WEIGHT)
                    .every(interval)
                    .smoothing(interval.multipliedBy(5)))
            .build();
    director.apply(List.of(service));
    search = director.balancer("search");
  }

  /** The body at this path. */
  public String get(String path) throws Exception {
    return search.call(Flow.any(), Retry.IDEMPOTENT, server -> get(server, path));
  }

  private String get(RealServer server, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + server.name() + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    response
        .headers()
        .firstValue(LoadReport.HEADER)
        .ifPresent(report -> reports.report(server, report));
    return response.body();
  }

  /** What an operator would look at. */
  public LoadBalancer balancer() {
    return search;
  }

  @Override
  public void close() {
    director.close(Duration.ofSeconds(5));
  }

  /** Run with the servers as arguments; asks for {@code /} a hundred times. */
  public static void main(String[] servers) throws Exception {
    try (LoadAware client = new LoadAware(List.of(servers), Duration.ofSeconds(2))) {
      for (int i = 0; i < 100; i++) {
        System.out.println(client.get("/"));
      }
      System.out.println(client.balancer().status());
    }
  }
}
