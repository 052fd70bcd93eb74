package io.jvs.benchmarks.peers;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address of 10.0.0.0/8 for each place. */
final class Addresses {
  private Addresses() {}

  static InetAddress of(int place) {
    try {
      return InetAddress.getByAddress(
          new byte[] {10, (byte) (place >> 16), (byte) (place >> 8), (byte) place});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
