package io.jvs.transport.udp;

import java.nio.ByteOrder;

/** Numbers as they are on the wire, in memory that has the byte order of the machine; or back. */
final class NetworkOrder {
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private NetworkOrder() {}

  static short of(short value) {
    return LITTLE ? Short.reverseBytes(value) : value;
  }

  static int of(int value) {
    return LITTLE ? Integer.reverseBytes(value) : value;
  }

  static long of(long value) {
    return LITTLE ? Long.reverseBytes(value) : value;
  }
}
