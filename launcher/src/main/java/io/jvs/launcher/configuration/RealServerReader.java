package io.jvs.launcher.configuration;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.Forwarding;
import io.jvs.model.Forwarding.TunnelChecksum;
import io.jvs.model.Forwarding.TunnelType;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads real servers: an address alone, or an object with more. */
final class RealServerReader {
  private static final String EXPECTED = "HOST:PORT, or an object with address and more";
  private static final List<String> METHODS = List.of("NAT", "DR", "TUN");

  private RealServerReader() {}

  /**
   * @param usual how packets get there if it does not say
   * @param headers those that the real servers get
   */
  static @Nullable RealServer realServer(Value value, Forwarding usual, ProxyVersions headers) {
    return read(
        value, usual, headers, "address", "weight", "forwarding", "limits", "metadata", "health");
  }

  /** As a real server, without a weight: it has no neighbours to share with. */
  static @Nullable RealServer fallback(Value value, Forwarding usual) {
    return read(value, usual, ProxyVersions.NONE, "address", "forwarding", "limits", "metadata");
  }

  private static @Nullable RealServer read(
      Value value, Forwarding usual, ProxyVersions headers, String... keys) {
    if (value.isText()) {
      InetSocketAddress address = address(value);
      return address == null
          ? null
          : value.checked(() -> RealServer.of(address).withForwarding(usual));
    }
    int before = value.problemsSoFar();
    Fields fields = value.fields(EXPECTED, keys);
    if (fields == null) {
      return null;
    }
    Value addressValue = fields.required("address", "HOST:PORT, such as 10.0.0.1:80");
    InetSocketAddress address = addressValue == null ? null : address(addressValue);
    Value weightValue = fields.get("weight");
    int weight =
        weightValue == null
            ? 1
            : weightValue.wholeNumber(0, RealServer.MAX_WEIGHT, 1, "; 0 quiesces it");
    Forwarding forwarding = forwarding(fields.get("forwarding"), usual);
    ConnectionLimits limits = limits(fields.get("limits"));
    Map<String, String> metadata = metadata(fields.get("metadata"));
    HealthDeclaration health = HealthReader.health(fields.get("health"), headers);
    if (address == null || addressValue == null || value.problemsSoFar() > before) {
      return null;
    }
    return addressValue.checked(
        () -> new RealServer(address, weight, forwarding, limits, metadata, health));
  }

  private static @Nullable InetSocketAddress address(Value value) {
    String text = value.text("HOST:PORT, such as 10.0.0.1:80");
    return text == null ? null : value.checked(() -> SocketAddresses.parse(text));
  }

  static Forwarding forwarding(@Nullable Value value, Forwarding usual) {
    if (value == null) {
      return usual;
    }
    if (!value.isObject()) {
      return method(value);
    }
    Fields fields = value.fields("NAT, DR or TUN", "method", "type", "port", "checksum");
    Value methodValue = fields == null ? null : fields.required("method", "TUN");
    if (fields == null || methodValue == null) {
      return Forwarding.NAT;
    }
    Value typeValue = fields.get("type");
    Value portValue = fields.get("port");
    Value checksumValue = fields.get("checksum");
    Forwarding method = method(methodValue);
    if (!method.equals(Forwarding.TUN)) {
      if (typeValue != null || portValue != null || checksumValue != null) {
        methodValue.wrong(method + " with tunnel data (expected: TUN, or no tunnel data)");
      }
      return method;
    }
    String type =
        typeValue == null ? null : typeValue.word(List.of("ipip", "gue", "gre"), "a tunnel");
    String checksum =
        checksumValue == null
            ? null
            : checksumValue.word(List.of("none", "csum", "remcsum"), "a checksum");
    int port = portValue == null ? 0 : portValue.wholeNumber(1, 65_535, 0, "");
    Forwarding tunnel =
        value.checked(
            () ->
                new Forwarding.Tunnel(
                    TunnelType.valueOf(upper(type, "ipip")),
                    port,
                    TunnelChecksum.valueOf(upper(checksum, "none"))));
    return tunnel == null ? Forwarding.NAT : tunnel;
  }

  private static Forwarding method(Value value) {
    String word = value.word(METHODS, "a forwarding method");
    if (word == null) {
      return Forwarding.NAT;
    }
    return switch (word) {
      case "DR" -> Forwarding.DR;
      case "TUN" -> Forwarding.TUN;
      default -> Forwarding.NAT;
    };
  }

  private static String upper(@Nullable String word, String otherwise) {
    return (word == null ? otherwise : word).toUpperCase(Locale.ROOT);
  }

  private static ConnectionLimits limits(@Nullable Value value) {
    Fields fields =
        value == null ? null : value.fields("an object with upper and lower", "upper", "lower");
    if (fields == null || value == null) {
      return ConnectionLimits.NONE;
    }
    int before = value.problemsSoFar();
    int upper = limit(fields.get("upper"));
    int lower = limit(fields.get("lower"));
    if (value.problemsSoFar() > before) {
      return ConnectionLimits.NONE;
    }
    Value place = fields.get("lower") == null ? value : fields.get("lower");
    ConnectionLimits limits =
        place == null ? null : place.checked(() -> new ConnectionLimits(upper, lower));
    return limits == null ? ConnectionLimits.NONE : limits;
  }

  private static int limit(@Nullable Value value) {
    return value == null ? 0 : value.wholeNumber(0, Integer.MAX_VALUE, 0, "; 0 for none");
  }

  private static Map<String, String> metadata(@Nullable Value value) {
    Map<String, String> metadata = new HashMap<>();
    if (value != null) {
      value
          .entries("an object of words, such as { zone: a }")
          .forEach(
              (key, entry) -> {
                String text = entry.scalar("a word or a number");
                if (text != null) {
                  metadata.put(key, text);
                }
              });
    }
    return metadata;
  }
}
