package io.jvs.launcher.configuration;

import io.jvs.health.TcpConnect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of checks that a file may name. */
final class CheckReaders {
  private static final Map<String, CheckReader> ALL = new LinkedHashMap<>();

  static {
    add(new CheckReader("tcp-connect", List.of(), (fields, place) -> new TcpConnect()));
    add(TlsCheckReader.READER);
    add(HttpCheckReader.READER);
    add(GrpcCheckReader.READER);
  }

  private CheckReaders() {}

  private static void add(CheckReader reader) {
    ALL.put(reader.kind(), reader);
  }

  static Set<String> kinds() {
    return ALL.keySet();
  }

  static @Nullable CheckReader of(@Nullable String kind) {
    return kind == null ? null : ALL.get(kind);
  }
}
