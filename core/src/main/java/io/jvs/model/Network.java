package io.jvs.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The addresses that share their leading bits, as in RFC 4632 and RFC 4291 section 2.3.
 *
 * @param address the lowest of them: its bits behind the prefix are 0
 * @param prefix how many bits they share, 0 to 32 or 128
 */
public record Network(InetAddress address, int prefix) {
  public Network {
    byte[] bits = address.getAddress();
    if (prefix < 0 || prefix > 8 * bits.length) {
      throw new IllegalArgumentException(
          "network "
              + SocketAddresses.format(address)
              + "/"
              + prefix
              + " (expected: a prefix length of 0 to "
              + 8 * bits.length
              + ")");
    }
    byte[] masked = masked(bits, prefix);
    if (!Arrays.equals(bits, masked)) {
      throw new IllegalArgumentException(
          "network "
              + SocketAddresses.format(address)
              + "/"
              + prefix
              + " has bits behind its prefix (expected: "
              + SocketAddresses.format(of(masked))
              + "/"
              + prefix
              + ", or a longer prefix)");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    try {
      if (slash < 0) {
        InetAddress address = SocketAddresses.parseIp(text);
        return new Network(address, 8 * address.getAddress().length);
      }
      String length = text.substring(slash + 1);
      if (!length.matches("\\d{1,3}")) {
        throw new IllegalArgumentException("prefix length '" + length + "'");
      }
      return new Network(
          SocketAddresses.parseIp(text.substring(0, slash)), Integer.parseInt(length));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("network ")
          ? e
          : new IllegalArgumentException(
              "network '"
                  + text
                  + "' (expected: such as 10.0.0.0/8, 2001:db8::/32 or a single address)",
              e);
    }
  }

  /** Whether the address is one of them; those of the other family are not. */
  public boolean contains(InetAddress candidate) {
    byte[] bits = candidate.getAddress();
    byte[] own = address.getAddress();
    if (bits.length != own.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (bits[i] != own[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((bits[whole] ^ own[whole]) & 0xFF) >>> (8 - rest) == 0;
  }

  /** {@code 10.0.0.0/8}; a single address without its prefix. */
  @Override
  public String toString() {
    String text = SocketAddresses.format(address);
    return prefix == 8 * address.getAddress().length ? text : text + "/" + prefix;
  }

  private static byte[] masked(byte[] bits, int prefix) {
    byte[] masked = bits.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.min(8, Math.max(0, prefix - 8 * i));
      masked[i] &= (byte) (0xFF00 >>> kept);
    }
    return masked;
  }

  private static InetAddress of(byte[] bits) {
    try {
      return InetAddress.getByAddress(bits);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}
