package io.jvs.transport.udp;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Datagrams that look like QUIC as far as anybody can see who has no keys. */
final class QuicPackets {
  private static final int LENGTH = 60;

  private QuicPackets() {}

  /** As those of either side with which a connection begins; ids in hexadecimal digits. */
  static byte[] longHeader(String destination, String source) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.writeBytes(HexFormat.of().parseHex("c000000001"));
    packet.write(destination.length() / 2);
    packet.writeBytes(HexFormat.of().parseHex(destination));
    packet.write(source.length() / 2);
    packet.writeBytes(HexFormat.of().parseHex(source));
    return padded(packet);
  }

  /** As those of a connection that is established. */
  static byte[] shortHeader(String destination) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(0x40);
    packet.writeBytes(HexFormat.of().parseHex(destination));
    return padded(packet);
  }

  private static byte[] padded(ByteArrayOutputStream packet) {
    packet.writeBytes(new byte[LENGTH - packet.size()]);
    return packet.toByteArray();
  }
}
