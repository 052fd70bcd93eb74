package io.jvs.launcher.configuration;

import io.jvs.transport.udp.UdpOptions;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads how the UDP transport carries a service: the field {@code udp}. */
final class UdpOptionsReader {
  private static final int GIBIBYTE = 1 << 30;
  private static final Duration SHORTEST_RETRY = Duration.ofMillis(10);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  private UdpOptionsReader() {}

  /** Null if there is no such field. */
  static @Nullable UdpOptions read(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object of options",
                "responses",
                "retryAfter",
                "joined",
                "passTos",
                "passTtl",
                "listening",
                "outgoing",
                "proxyFrom",
                "proxyTo",
                "quic");
    if (fields == null) {
      return null;
    }
    UdpOptions usual = UdpOptions.DEFAULT;
    Value retryValue = fields.get("retryAfter");
    Value joinedValue = fields.get("joined");
    ProxyTo proxyTo = ConfigurationFile.constant(fields, "proxyTo", ProxyTo.class);
    String any = "; leave it out for any number";
    return usual
        .withResponses(fields.number("responses", 0, 1_000_000, usual.responses(), any))
        .withRetryAfter(
            retryValue == null
                ? usual.retryAfter()
                : retryValue.duration(SHORTEST_RETRY, LONGEST_RETRY, SHORTEST_RETRY))
        .withJoined(joinedValue == null ? usual.joined() : joinedValue.truth())
        .withPassTos(fields.truth("passTos"))
        .withPassTtl(fields.truth("passTtl"))
        .withListening(listening(fields.get("listening")))
        .withOutgoing(
            AddressesReader.outgoing(
                fields.get("outgoing"), UdpOptions.Outgoing.DEFAULT, UdpOptions.Outgoing::new))
        .withProxyFrom(AddressesReader.networks(fields.get("proxyFrom")))
        .withProxyTo(proxyTo == null ? usual.proxyTo() : proxyTo)
        .withQuic(QuicReader.read(fields.get("quic")));
  }

  private static UdpOptions.Listening listening(@Nullable Value value) {
    UdpOptions.Listening usual = UdpOptions.Listening.DEFAULT;
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object of options", "device", "dual", "receiveBuffer", "transparent", "port");
    if (fields == null || value == null) {
      return usual;
    }
    String device =
        AddressesReader.device(
            fields.get("device"), name -> new UdpOptions.Listening(name, false, 0, false, 0));
    boolean dual = fields.truth("dual");
    int receiveBuffer = fields.number("receiveBuffer", 1, GIBIBYTE, 0, " bytes");
    boolean transparent = fields.truth("transparent");
    int port = fields.number("port", 1, 65_535, 0, "");
    Value place = Objects.requireNonNullElse(fields.get("port"), value);
    UdpOptions.Listening listening =
        place.checked(
            () -> new UdpOptions.Listening(device, dual, receiveBuffer, transparent, port));
    return listening == null ? usual : listening;
  }
}
