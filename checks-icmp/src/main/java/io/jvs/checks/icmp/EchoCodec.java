package io.jvs.checks.icmp;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes of ICMP echo (RFC 792, RFC 4443 section 4) and of socket addresses. Pure.
 *
 * <pre>
 *  0       1       2       3
 *  type    code    checksum
 *  identifier      sequence number
 *  nonce, 16 bytes
 * </pre>
 *
 * The kernel of a ping socket fills in checksum and identifier, and hands on only replies with the
 * identifier of the socket. The nonce tells one try from another that had the same identifier.
 */
final class EchoCodec {
  static final int NONCE_LENGTH = 16;
  static final int LENGTH = 8 + NONCE_LENGTH;

  /** {@code AF_INET} and {@code AF_INET6} of Linux, on all architectures. */
  static final int INET = 2;

  static final int INET6 = 10;

  private static final byte ECHO_REPLY = 0;
  private static final byte ECHO_REQUEST = 8;
  private static final byte ECHO_REQUEST_6 = (byte) 128;
  private static final byte ECHO_REPLY_6 = (byte) 129;

  private EchoCodec() {}

  static byte[] request(boolean ipv6, short sequence, byte[] nonce) {
    if (nonce.length != NONCE_LENGTH) {
      throw new IllegalArgumentException(
          "nonce of " + nonce.length + " bytes (expected: " + NONCE_LENGTH + ")");
    }
    return ByteBuffer.allocate(LENGTH)
        .put(ipv6 ? ECHO_REQUEST_6 : ECHO_REQUEST)
        .position(6)
        .putShort(sequence)
        .put(nonce)
        .array();
  }

  /**
   * Whether these bytes are the reply to {@link #request}. Any bytes will do.
   *
   * @param packet as a ping socket gives it: without an IP header
   */
  static boolean isReply(byte[] packet, boolean ipv6, short sequence, byte[] nonce) {
    return packet.length == LENGTH
        && packet[0] == (ipv6 ? ECHO_REPLY_6 : ECHO_REPLY)
        && packet[1] == 0
        && ByteBuffer.wrap(packet).getShort(6) == sequence
        && Arrays.equals(packet, 8, LENGTH, nonce, 0, NONCE_LENGTH);
  }

  /** A {@code sockaddr_in} or {@code sockaddr_in6}, with port 0. */
  static byte[] socketAddress(InetAddress address) {
    if (address instanceof Inet4Address) {
      ByteBuffer out = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
      return out.putShort((short) INET).position(4).put(address.getAddress()).array();
    }
    ByteBuffer out = ByteBuffer.allocate(28).order(ByteOrder.nativeOrder());
    out.putShort((short) INET6).position(8).put(address.getAddress());
    return out.putInt(((Inet6Address) address).getScopeId()).array();
  }
}
