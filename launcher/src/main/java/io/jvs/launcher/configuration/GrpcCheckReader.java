package io.jvs.launcher.configuration;

import io.jvs.checks.grpc.GrpcHealth;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.model.HealthCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: grpc}. */
final class GrpcCheckReader {
  static final CheckReader READER =
      new CheckReader("grpc", List.of("service", "authority", "tls"), GrpcCheckReader::read);

  private GrpcCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    GrpcHealth check = GrpcHealth.server();
    Value service = fields.get("service");
    if (service != null) {
      String text = service.text("the name of a gRPC service");
      GrpcHealth named = text == null ? null : service.checked(() -> GrpcHealth.of(text));
      check = named == null ? check : named;
    }
    GrpcHealth asked = check;
    Value authority = fields.get("authority");
    if (authority != null) {
      String text = authority.text("a host name, perhaps with a port");
      GrpcHealth named = text == null ? null : authority.checked(() -> asked.authority(text));
      check = named == null ? check : named;
    }
    TlsSettings tls = TlsReader.behind(fields.get("tls"));
    if (place.problemsSoFar() > before) {
      return null;
    }
    return tls == null ? check : check.tls(tls);
  }
}
