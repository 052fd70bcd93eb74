package io.jvs.launcher.configuration;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.udp.QuicRouting;
import io.jvs.transport.udp.QuicServerIds;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads how connections of QUIC are known: the field {@code udp.quic}. */
final class QuicReader {
  private static final String LEARNED = "learned";
  private static final String EXPECTED = "'learned', or an object";
  private static final String SERVERS =
      "an object of server ids and real servers, such as { c4605e: 10.0.0.1:443 }";
  private static final int MOST_IDS = 100_000_000;

  private QuicReader() {}

  /** Null if there is no such field, or nothing right in it. */
  static @Nullable QuicRouting read(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      return value.word(List.of(LEARNED), EXPECTED) == null ? null : QuicRouting.LEARNED;
    }
    int before = value.problemsSoFar();
    Fields fields = value.fields(EXPECTED, LEARNED, "maxIds", "serverIds");
    if (fields == null) {
      return null;
    }
    Value learnedValue = fields.get(LEARNED);
    Value maximumValue = fields.get("maxIds");
    boolean learned = learnedValue != null && learnedValue.truth();
    int usual = QuicRouting.DEFAULT_MAXIMUM;
    int maximum = maximumValue == null ? usual : maximumValue.wholeNumber(1, MOST_IDS, usual, "");
    List<QuicServerIds> serverIds = new ArrayList<>();
    Value idsValue = fields.get("serverIds");
    if (idsValue != null) {
      String expected = "an object, or a list of such with a rotation each";
      List<Value> forms = idsValue.isObject() ? List.of(idsValue) : idsValue.items(expected);
      for (Value form : forms) {
        QuicServerIds ids = serverIds(form);
        if (ids != null) {
          serverIds.add(ids);
        }
      }
    }
    return value.problemsSoFar() > before
        ? null
        : value.checked(() -> new QuicRouting(learned, maximum, serverIds));
  }

  private static @Nullable QuicServerIds serverIds(Value value) {
    int before = value.problemsSoFar();
    Fields fields =
        value.fields(
            "an object with length, servers and more",
            "rotation",
            "offset",
            "length",
            "nonce",
            "key",
            "servers");
    if (fields == null) {
      return null;
    }
    Value keyValue = fields.get("key");
    Value lengthValue = fields.required("length", "bytes of a server id, 1 to 20");
    Value serversValue = fields.required("servers", SERVERS);
    int rotation = number(fields.get("rotation"), 0, 6, QuicServerIds.ANY);
    int offset = number(fields.get("offset"), 0, 19, 1);
    int length = number(lengthValue, 1, 20, 1);
    int nonce = number(fields.get("nonce"), 4, 18, 0);
    // A key that is all digits is text all the same.
    String key = keyValue == null ? null : keyValue.scalar("32 hexadecimal digits");
    Map<String, InetSocketAddress> servers = servers(serversValue);
    Value place = Objects.requireNonNullElse(serversValue, value);
    return value.problemsSoFar() > before
        ? null
        : place.checked(() -> new QuicServerIds(rotation, offset, length, nonce, key, servers));
  }

  private static Map<String, InetSocketAddress> servers(@Nullable Value value) {
    Map<String, InetSocketAddress> servers = new LinkedHashMap<>();
    if (value != null) {
      value
          .entries(SERVERS)
          .forEach(
              (id, entry) -> {
                String text = entry.text("a real server, IP:PORT");
                InetSocketAddress server =
                    text == null ? null : entry.checked(() -> SocketAddresses.parse(text));
                if (server != null) {
                  servers.put(id, server);
                }
              });
    }
    return servers;
  }

  private static int number(@Nullable Value value, int min, int max, int otherwise) {
    return value == null ? otherwise : value.wholeNumber(min, max, otherwise, "");
  }
}
