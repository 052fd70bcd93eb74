package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * Addresses as the hashing policies see them: 32 bits. An IPv4 address is its own big-endian
 * number; an IPv6 address is the exclusive or of its four words, as in the kernel (ip_vs_sh.c,
 * ip_vs_mh.c and others, under CONFIG_IP_VS_IPV6).
 *
 * <p>A flow with a key ({@link Flow#keyed}, {@link Flow#withKey}) has the hash code of that in the
 * place of both client and destination, mixed so that codes in a row, such as those of small
 * numbers, end up far apart; one without a key or addresses ({@link Flow#any}) that of 0.
 */
final class Folded {
  /** 2^32 divided by the golden ratio (include/linux/hash.h, GOLDEN_RATIO_32). */
  private static final int GOLDEN_RATIO = 0x61C8_8647;

  private Folded() {}

  static int client(Flow flow) {
    return goesByKey(flow) ? key(flow) : fold(flow.clientHigh(), flow.clientLow());
  }

  /** The port that counts where ports do: with a key it is as much at random as the address. */
  static int clientPort(Flow flow) {
    return flow.key() == null ? flow.clientPort() : 0;
  }

  static int destination(Flow flow) {
    return goesByKey(flow) ? key(flow) : fold(flow.destinationHigh(), flow.destinationLow());
  }

  /** Whether addresses say nothing about the flow: it has a key, or no addresses. */
  static boolean goesByKey(Flow flow) {
    return flow.key() != null || !flow.isAddressed();
  }

  /**
   * By the server's own family; the kernel goes by that of the service, which is the same unless
   * tunnels lead from one to the other. A server that is still a host name has the mixed hash code
   * of the name instead.
   */
  static int server(InetSocketAddress server) {
    InetAddress ip = server.getAddress();
    if (ip == null) {
      return mix(server.getHostString().toLowerCase(Locale.ROOT).hashCode());
    }
    byte[] bytes = ip.getAddress();
    int folded = 0;
    for (int i = 0; i < bytes.length; i++) {
      folded ^= (bytes[i] & 0xFF) << (24 - 8 * (i & 3));
    }
    return folded;
  }

  /** The upper bits of a product: include/linux/hash.h, hash_32. */
  static int hash32(int value, int bits) {
    return (value * GOLDEN_RATIO) >>> (32 - bits);
  }

  /** Does for both families: the upper words of an IPv4 address are 0. */
  static int fold(long high, long low) {
    long both = high ^ low;
    return (int) (both >>> 32) ^ (int) both;
  }

  private static int key(Flow flow) {
    Object key = flow.key();
    return mix(key == null ? 0 : key.hashCode());
  }

  /** The finalizer of MurmurHash3: each bit of the input changes about half of those returned. */
  private static int mix(int hash) {
    int mixed = hash;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85EB_CA6B;
    mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2_AE35;
    return mixed ^ (mixed >>> 16);
  }
}
