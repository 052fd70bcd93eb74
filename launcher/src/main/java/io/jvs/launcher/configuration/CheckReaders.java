package io.jvs.launcher.configuration;

import io.jvs.checks.file.FixedCheck;
import io.jvs.checks.icmp.IcmpEcho;
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
    add(DialogueCheckReader.READER);
    KnownDialogueReader.READERS.forEach(CheckReaders::add);
    add(DnsCheckReader.READER);
    add(UdpCheckReader.READER);
    add(CommandCheckReader.READER);
    add(FileCheckReader.READER);
    add(new CheckReader("icmp", List.of(), (fields, place) -> new IcmpEcho()));
    add(new CheckReader("on", List.of(), (fields, place) -> new FixedCheck(true)));
    add(new CheckReader("off", List.of(), (fields, place) -> new FixedCheck(false)));
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
