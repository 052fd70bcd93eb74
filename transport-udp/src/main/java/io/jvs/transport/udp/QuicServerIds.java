package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Server ids in the connection ids that real servers choose, one configuration of
 * draft-ietf-quic-load-balancers. With a key all but the first byte of a connection id is
 * encrypted, so that nobody else can tell which ids have the same server.
 *
 * @param rotation the first three bits of ids to which this applies, 0 to 6, or {@value #ANY}
 * @param offset bytes of a connection id before the server id, 0 to 19; with a key 1, as the draft
 *     wants it always
 * @param length bytes of a server id, 1 to 15 with a key, else as many as there are up to the
 *     twentieth of the connection id
 * @param nonce bytes that the server chooses behind its id, 4 to 18, with the server id at most 19;
 *     without a key 0, because it does not matter then
 * @param key 32 hexadecimal digits (AES-128), or null if server ids are in the clear
 * @param servers real servers by server id in hexadecimal digits; one may have several. An id that
 *     names none, or one that is down or not in the service, is of no use
 */
public record QuicServerIds(
    int rotation,
    int offset,
    int length,
    int nonce,
    @Nullable String key,
    Map<String, InetSocketAddress> servers) {
  /** In place of rotation bits, where servers leave them to chance. */
  public static final int ANY = -1;

  private static final int LONGEST = 20; // connection id of QUIC 1 and 2

  public QuicServerIds {
    check(rotation >= ANY && rotation <= 6, "rotation " + rotation, "0 to 6, or -1 for any");
    check(length >= 1, "server ids of " + length + " bytes", "1 or more");
    if (key == null) {
      check(offset >= 0 && offset < LONGEST, "offset " + offset, "0 to 19");
      check(
          offset + length <= LONGEST,
          "server ids of " + length + " bytes from byte " + offset + " on",
          "within the 20 bytes of a connection id");
      check(nonce == 0, "nonce " + nonce + " without a key", "none, or a key");
    } else {
      check(isHex(key, 16), "a key of " + key.length() + " characters", "32 hexadecimal digits");
      check(offset == 1, "offset " + offset + " with a key", "1");
      check(nonce >= 4 && nonce <= 18, "nonce " + nonce, "4 to 18 bytes");
      check(
          length + nonce <= 19,
          "server id and nonce of " + (length + nonce) + " bytes",
          "19 or less");
    }
    check(!servers.isEmpty(), "no server ids", "one for each real server");
    Map<String, InetSocketAddress> byId = new TreeMap<>();
    servers.forEach(
        (id, server) -> {
          check(isHex(id, length), "server id '" + id + "'", 2 * length + " hexadecimal digits");
          check(
              !server.isUnresolved(),
              "server id '" + id + "' for " + SocketAddresses.format(server),
              "an IP address and port");
          check(
              byId.put(HexFormat.of().formatHex(HexFormat.of().parseHex(id)), server) == null,
              "server id '" + id + "' twice",
              "each for one server");
        });
    servers = Map.copyOf(byId);
  }

  /** In the clear, as the draft has it: behind the first byte. */
  public static QuicServerIds plain(int rotation, int length, Map<String, InetSocketAddress> ids) {
    return new QuicServerIds(rotation, 1, length, 0, null, ids);
  }

  /** Encrypted. */
  public static QuicServerIds encrypted(
      int rotation, int length, int nonce, String key, Map<String, InetSocketAddress> ids) {
    return new QuicServerIds(rotation, 1, length, nonce, key, ids);
  }

  private static boolean isHex(String text, int bytes) {
    return text.length() == 2 * bytes && text.chars().allMatch(HexFormat::isHexDigit);
  }

  private static void check(boolean right, String what, String expected) {
    if (!right) {
      throw new IllegalArgumentException("udp: QUIC: " + what + " (expected: " + expected + ")");
    }
  }

  /** Without the key, which is a secret. */
  @Override
  public String toString() {
    return servers.size()
        + (key == null ? "" : " encrypted")
        + " server ids of "
        + length
        + " bytes from byte "
        + offset
        + " on"
        + (rotation == ANY ? "" : ", rotation " + rotation);
  }
}
