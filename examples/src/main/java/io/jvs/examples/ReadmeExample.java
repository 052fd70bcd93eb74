package io.jvs.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.VirtualService;
import java.net.URI;

/** The lines on the first screen of the README; a test compares the two. */
final class ReadmeExample {
  private ReadmeExample() {}

  static String ask(String one, String other) throws Exception {
    // README
    VirtualService search =
        VirtualService.inProcess("search")
            .scheduler("wlc") // weighted least connection, as in ipvsadm
            .realServer(one, 2) // "10.0.0.1:9200", with twice the weight
            .realServer(other)
            .build();

    LoadBalancer balancer = LoadBalancer.of(search);
    return balancer.call(
        Flow.any(),
        server -> { // called again with another server if this one refuses the connection
          URI uri = URI.create("http://" + server.name() + "/");
          return new String(uri.toURL().openStream().readAllBytes(), UTF_8);
        });
    // README
  }
}
