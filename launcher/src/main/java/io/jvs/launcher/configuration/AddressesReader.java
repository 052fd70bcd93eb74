package io.jvs.launcher.configuration;

import io.jvs.model.Network;
import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads addresses, networks and devices, which options of all transports have. */
final class AddressesReader {
  private AddressesReader() {}

  /** Whom to trust, such as those who may speak the PROXY protocol. */
  static List<Network> networks(@Nullable Value value) {
    List<Network> networks = new ArrayList<>();
    if (value != null) {
      String expected = "such as 10.0.0.0/8, 2001:db8::/32 or a single address";
      for (Value item : value.items("a list of networks, " + expected)) {
        String text = item.text("a network, " + expected);
        Network network = text == null ? null : item.checked(() -> Network.parse(text));
        if (network != null) {
          networks.add(network);
        }
      }
    }
    return networks;
  }

  /**
   * From where real servers are asked.
   *
   * @param constructor of the options of the transport: sources, and whether servers see the
   *     client's address
   */
  static <T> T outgoing(
      @Nullable Value value, T usual, BiFunction<List<InetAddress>, Boolean, T> constructor) {
    Fields fields =
        value == null
            ? null
            : value.fields("an object with sources or clientAddress", "sources", "clientAddress");
    if (fields == null || value == null) {
      return usual;
    }
    Value sourcesValue = fields.get("sources");
    List<InetAddress> sources = sources(sourcesValue);
    boolean clientAddress = fields.truth("clientAddress");
    Value place = Objects.requireNonNullElse(sourcesValue, value);
    T outgoing = place.checked(() -> constructor.apply(sources, clientAddress));
    return outgoing == null ? usual : outgoing;
  }

  /** Addresses of this machine. */
  private static List<InetAddress> sources(@Nullable Value value) {
    List<InetAddress> sources = new ArrayList<>();
    if (value != null) {
      for (Value item : value.items("a list of IP addresses of this machine")) {
        String text = item.text("an IP address");
        InetAddress source =
            text == null ? null : item.checked(() -> SocketAddresses.parseIp(text));
        if (source != null) {
          sources.add(source);
        }
      }
    }
    return sources;
  }

  /**
   * The name of a network device, or null.
   *
   * @param check throws if the transport does not take that name
   */
  static @Nullable String device(@Nullable Value value, Function<String, Object> check) {
    String name = value == null ? null : value.text("the name of a network device, such as eth0");
    boolean right = value == null || name == null || value.checked(() -> check.apply(name)) != null;
    return right ? name : null;
  }
}
