package io.jvs.launcher.configuration;

import io.jvs.transport.tcp.TcpOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how the TCP transport carries a service: the field {@code tcp}. */
final class TcpOptionsReader {
  private static final List<String> WHAT = List.of("sni", "tls-session", "rdp-cookie");

  private TcpOptionsReader() {}

  /** Null if there is no such field. */
  static @Nullable TcpOptions read(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object of options",
                "listening",
                "clientSockets",
                "serverSockets",
                "outgoing",
                "proxyFrom",
                "proxyTo",
                "firstBytes");
    if (fields == null) {
      return null;
    }
    return new TcpOptions(
        TcpSocketsReader.listening(fields.get("listening")),
        TcpSocketsReader.sockets(fields.get("clientSockets")),
        TcpSocketsReader.sockets(fields.get("serverSockets")),
        AddressesReader.outgoing(
            fields.get("outgoing"), TcpOptions.Outgoing.DEFAULT, TcpOptions.Outgoing::new),
        AddressesReader.networks(fields.get("proxyFrom")),
        proxyTo(fields.get("proxyTo")),
        firstBytes(fields.get("firstBytes")));
  }

  private static TcpOptions.@Nullable ProxyHeader proxyTo(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      String word = value.word(List.of("v1", "v2"), "a version, or an object");
      return word == null
          ? null
          : new TcpOptions.ProxyHeader(word.equals("v1") ? 1 : 2, false, false, false);
    }
    Fields fields =
        value.fields("a version, or an object", "version", "authority", "uniqueId", "checksum");
    Value versionValue = fields == null ? null : fields.required("version", "1 or 2");
    if (fields == null || versionValue == null) {
      return null;
    }
    int version = versionValue.wholeNumber(1, 2, 2, "");
    boolean authority = fields.truth("authority");
    boolean uniqueId = fields.truth("uniqueId");
    boolean checksum = fields.truth("checksum");
    return versionValue.checked(
        () -> new TcpOptions.ProxyHeader(version, authority, uniqueId, checksum));
  }

  private static TcpOptions.@Nullable FirstBytes firstBytes(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      TcpOptions.FirstBytes.What what = what(value);
      return what == null ? null : TcpOptions.FirstBytes.of(what);
    }
    Fields fields = value.fields("a word, or an object", "what", "patience", "atMost");
    Value whatValue = fields == null ? null : fields.required("what", "one of " + WHAT);
    TcpOptions.FirstBytes.What what = whatValue == null ? null : what(whatValue);
    TcpOptions.FirstBytes usual = TcpOptions.FirstBytes.of(TcpOptions.FirstBytes.What.SNI);
    Value patienceValue = fields == null ? null : fields.get("patience");
    Duration patience =
        patienceValue == null
            ? usual.patience()
            : patienceValue.duration(Duration.ofMillis(1), Duration.ofMinutes(1), usual.patience());
    Value atMostValue = fields == null ? null : fields.get("atMost");
    int atMost =
        atMostValue == null
            ? usual.atMost()
            : atMostValue.wholeNumber(64, 65_536, usual.atMost(), " bytes");
    return what == null ? null : new TcpOptions.FirstBytes(what, patience, atMost);
  }

  private static TcpOptions.FirstBytes.@Nullable What what(Value value) {
    String word = value.word(WHAT, "what to find");
    if (word == null) {
      return null;
    }
    return switch (word) {
      case "sni" -> TcpOptions.FirstBytes.What.SNI;
      case "tls-session" -> TcpOptions.FirstBytes.What.TLS_SESSION;
      default -> TcpOptions.FirstBytes.What.RDP_COOKIE;
    };
  }
}
