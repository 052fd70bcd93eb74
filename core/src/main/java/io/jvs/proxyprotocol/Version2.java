package io.jvs.proxyprotocol;

import io.jvs.proxyprotocol.Endpoints.Inet;
import io.jvs.proxyprotocol.Endpoints.Unix;
import io.jvs.proxyprotocol.Reading.Complete;
import io.jvs.proxyprotocol.Reading.Incomplete;
import io.jvs.proxyprotocol.Reading.Malformed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The binary header, section 2.2: signature (12 bytes), version and command, family and transport,
 * length of the rest, addresses, TLVs. With LOCAL the rest does not count, whatever it is.
 */
final class Version2 {
  static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  /** Up to and including the length. */
  private static final int FIXED = 16;

  private static final int VERSION = 0x20;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;
  private static final int STREAM = 1;
  private static final int DGRAM = 2;

  private Version2() {}

  static Reading read(ByteBuffer bytes, int atMost) {
    int length = bytes.limit();
    if (length > 12 && ((bytes.get(12) & 0xF0) != VERSION || (bytes.get(12) & 0x0F) > PROXY)) {
      return malformed("version and command 0x%02x", bytes.get(12), "0x20 or 0x21");
    }
    if (length > 13 && ((bytes.get(13) & 0xF0) >>> 4 > UNIX || (bytes.get(13) & 0x0F) > DGRAM)) {
      return malformed("family and transport 0x%02x", bytes.get(13), "0x00 to 0x32");
    }
    if (length < FIXED) {
      return Incomplete.INSTANCE;
    }
    int end = FIXED + Short.toUnsignedInt(bytes.getShort(14));
    if (end > atMost) {
      return new Malformed("PROXY header of " + end + " bytes (expected: up to " + atMost + ")");
    }
    if (length < end) {
      return Incomplete.INSTANCE;
    }
    if ((bytes.get(12) & 0x0F) == LOCAL) {
      return new Complete(Header.LOCAL, end);
    }
    return proxied(bytes.slice(0, end));
  }

  private static Reading proxied(ByteBuffer whole) {
    int family = (whole.get(13) & 0xF0) >>> 4;
    int transport = whole.get(13) & 0x0F;
    int addresses = addressBytes(family);
    if (whole.limit() < FIXED + addresses) {
      return new Malformed(
          "PROXY header with "
              + (whole.limit() - FIXED)
              + " bytes after its length (expected: "
              + addresses
              + " for the addresses)");
    }
    whole.position(FIXED);
    Endpoints endpoints = endpoints(whole, family, transport);
    whole.position(FIXED + addresses);
    List<Tlv> tlvs = new ArrayList<>();
    while (whole.hasRemaining()) {
      int start = whole.position();
      int length = whole.remaining() < 3 ? 0 : Short.toUnsignedInt(whole.getShort(start + 1));
      if (whole.remaining() < 3 + length) {
        return new Malformed(
            "PROXY header with a TLV that goes on after its end (expected: "
                + (3 + length)
                + " bytes for it, there are "
                + whole.remaining()
                + ")");
      }
      int type = whole.get(start) & 0xFF;
      if (type == Tlv.CRC32C) {
        if (length != 4 || whole.getInt(start + 3) != checksum(whole, start + 3)) {
          return new Malformed("PROXY header with a wrong checksum");
        }
      } else if (type == Tlv.UNIQUE_ID && length > Tlv.MAX_UNIQUE_ID) {
        return new Malformed(
            "PROXY header with a unique id of " + length + " bytes (expected: up to 128)");
      } else if (type != Tlv.NOOP) {
        byte[] value = new byte[length];
        whole.get(start + 3, value);
        tlvs.add(Tlv.of(type, value));
      }
      whole.position(start + 3 + length);
    }
    return new Complete(new Header(endpoints, tlvs), whole.limit());
  }

  private static int addressBytes(int family) {
    return switch (family) {
      case INET -> 12;
      case INET6 -> 36;
      case UNIX -> 2 * Unix.NAME_BYTES;
      default -> 0;
    };
  }

  private static Endpoints endpoints(ByteBuffer at, int family, int transport) {
    boolean datagram = transport == DGRAM;
    if (transport == 0 || family == 0) {
      return Endpoints.Unknown.INSTANCE;
    }
    if (family == UNIX) {
      return new Unix(datagram, name(at), name(at));
    }
    InetAddress source = ip(at, family);
    InetAddress destination = ip(at, family);
    int sourcePort = Short.toUnsignedInt(at.getShort());
    return new Inet(
        datagram,
        new InetSocketAddress(source, sourcePort),
        new InetSocketAddress(destination, Short.toUnsignedInt(at.getShort())));
  }

  private static InetAddress ip(ByteBuffer at, int family) {
    byte[] bits = new byte[family == INET6 ? 16 : 4];
    at.get(bits);
    try {
      return family == INET6 ? Inet.ipv6(bits) : InetAddress.getByAddress(bits);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 bytes are an address", e);
    }
  }

  private static String name(ByteBuffer at) {
    byte[] name = new byte[Unix.NAME_BYTES];
    at.get(name);
    int length = name.length;
    while (length > 0 && name[length - 1] == 0) {
      length--;
    }
    return new String(name, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** Over all bytes, as if those of the checksum itself were 0. */
  private static int checksum(ByteBuffer whole, int position) {
    CRC32C crc = new CRC32C();
    crc.update(whole.slice(0, position));
    crc.update(new byte[4]);
    crc.update(whole.slice(position + 4, whole.limit() - position - 4));
    return (int) crc.getValue();
  }

  private static Malformed malformed(String what, byte value, String expected) {
    return new Malformed(
        "PROXY header with " + what.formatted(value) + " (expected: " + expected + ")");
  }

  /**
   * @param checksum whether to add one
   * @throws IllegalArgumentException if it would be longer than its length can say
   */
  static ByteBuffer write(Header header, boolean checksum) {
    int rest = addressBytes(family(header.endpoints())) + (checksum ? 7 : 0);
    for (Tlv tlv : header.tlvs()) {
      rest += 3 + tlv.length();
    }
    if (rest > 65_535) {
      throw new IllegalArgumentException(
          "PROXY header with " + rest + " bytes after its length (expected: up to 65535)");
    }
    ByteBuffer out = ByteBuffer.allocate(FIXED + rest);
    boolean local = header.endpoints() == Endpoints.Local.INSTANCE;
    out.put(SIGNATURE).put((byte) (VERSION | (local ? LOCAL : PROXY)));
    out.put((byte) (family(header.endpoints()) << 4 | transport(header.endpoints())));
    out.putShort((short) rest);
    if (header.endpoints() instanceof Inet inet) {
      out.put(inet.source().getAddress().getAddress());
      out.put(inet.destination().getAddress().getAddress());
      out.putShort((short) inet.source().getPort());
      out.putShort((short) inet.destination().getPort());
    } else if (header.endpoints() instanceof Unix unix) {
      put(out, unix.source());
      put(out, unix.destination());
    }
    for (Tlv tlv : header.tlvs()) {
      out.put((byte) tlv.type()).putShort((short) tlv.length()).put(tlv.value());
    }
    if (checksum) {
      out.put((byte) Tlv.CRC32C).putShort((short) 4).putInt(0);
      out.putInt(out.limit() - 4, checksum(out.duplicate().rewind(), out.limit() - 4));
    }
    return out.flip();
  }

  private static void put(ByteBuffer out, String name) {
    int end = out.position() + Unix.NAME_BYTES;
    out.put(name.getBytes(StandardCharsets.ISO_8859_1)).position(end);
  }

  private static int family(Endpoints endpoints) {
    if (endpoints instanceof Inet inet) {
      return inet.isIpv6() ? INET6 : INET;
    }
    return endpoints instanceof Unix ? UNIX : 0;
  }

  private static int transport(Endpoints endpoints) {
    if (endpoints instanceof Inet inet) {
      return inet.datagram() ? DGRAM : STREAM;
    }
    return endpoints instanceof Unix unix ? (unix.datagram() ? DGRAM : STREAM) : 0;
  }
}
