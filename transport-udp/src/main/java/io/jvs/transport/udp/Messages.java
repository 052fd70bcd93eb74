package io.jvs.transport.udp;

import io.netty.channel.unix.Buffer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory for a batch of datagrams, laid out once as recvmmsg(2) and sendmmsg(2) of a 64-bit Linux
 * want it: those that came in, and those that are to go out, which point at the payload of the
 * former. On its loop only; used within one call, so one is enough for all sockets of a loop.
 *
 * <p>Addresses are kept as in {@link io.jvs.model.Flow}: an IPv6 address in two longs, an IPv4
 * address in the low 32 bits of the lower one.
 */
final class Messages {
  /** Datagrams of one batch. */
  static final int MAX = 64;

  /** The longest payload of IPv4, without options (RFC 768, RFC 791), and of IPv6 (RFC 8200). */
  static final int MOST4 = 65_507;

  static final int MOST6 = 65_527;

  /** Bytes of one: a datagram has 65,507 at most, several that the kernel has joined a few more. */
  static final int BYTES = 65_536;

  /** Not a power of two, so that the beginnings do not all fall into one set of the cache. */
  private static final int STRIDE = BYTES + 192;

  // struct msghdr: name 0, its length 8, iov 16, their number 24, control 32, its length 40, flags
  // 48;
  // struct mmsghdr: that, and the length of the message
  private static final int HEADER = 64;
  private static final int NAME_LENGTH = 8;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int LENGTH = 56;

  private static final int IOV_BYTES = 32; // base, length; room for two
  private static final int IOV_NEXT = 16;
  private static final int NAME_BYTES = 32; // sockaddr_in6 has 28
  private static final int CONTROL_BYTES = 192;

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  static final short AF_INET = 2;
  static final short AF_INET6 = 10;
  private static final int SOCKADDR_IN = 16; // family, port, address
  private static final int SOCKADDR_IN6 = 28; // family, port, flow, address, scope

  /** Before the bits of IPv4 in an IPv6 address. */
  static final int MAPPED = 0xFFFF;

  /** Of section 2.2 of the PROXY protocol: 8 and 4 bytes. */
  private static final long SIGNATURE = 0x0D0A0D0A_000D0A51L;

  private static final int SIGNATURE_END = 0x5549540A;

  /** What precedes some of those that go out; 52 bytes for IPv6. */
  private static final int PREAMBLE_BYTES = 64;

  private final ByteBuffer structs;
  private final ByteBuffer payload;
  private final int preambleAt; // within structs
  private final long structsAt;
  private final long payloadAt;
  private final Half in;
  private final Half out;
  private @Nullable ByteBuffer outElsewhere; // the first that goes out, if it is not in the payload
  private int trainSegment; // of the one that is taken apart
  private int trainLeft;
  private int dirty; // so many of those that come in must be made ready again

  Messages() {
    this(MAX);
  }

  Messages(int count) {
    dirty = count;
    int half = count * (HEADER + IOV_BYTES + NAME_BYTES + CONTROL_BYTES);
    preambleAt = 2 * half;
    structs = ByteBuffer.allocateDirect(2 * half + PREAMBLE_BYTES).order(ByteOrder.nativeOrder());
    payload = ByteBuffer.allocateDirect(count * STRIDE).order(ByteOrder.nativeOrder());
    structsAt = Buffer.memoryAddress(structs);
    payloadAt = Buffer.memoryAddress(payload);
    in = new Half(0, count);
    out = new Half(half, count);
    for (int i = 0; i < count; i++) {
      in.link(i);
      out.link(i);
      structs.putLong(in.iov(i), payloadAt + (long) i * STRIDE);
    }
  }

  /** Where the parts of one direction are within the memory. */
  private final class Half {
    private final int headers;
    private final int iovs;
    private final int names;
    private final int controls;

    Half(int start, int count) {
      headers = start;
      iovs = headers + count * HEADER;
      names = iovs + count * IOV_BYTES;
      controls = names + count * NAME_BYTES;
    }

    int header(int i) {
      return headers + i * HEADER;
    }

    int iov(int i) {
      return iovs + i * IOV_BYTES;
    }

    int name(int i) {
      return names + i * NAME_BYTES;
    }

    int control(int i) {
      return controls + i * CONTROL_BYTES;
    }

    void link(int i) {
      structs.putLong(header(i), structsAt + name(i));
      structs.putLong(header(i) + IOV, structsAt + iov(i));
      structs.putLong(header(i) + IOV_COUNT, 1);
      structs.putLong(header(i) + CONTROL, structsAt + control(i));
    }
  }

  /** Makes room for a whole batch. */
  void clear() {
    for (int i = 0; i < dirty; i++) {
      structs.putInt(in.header(i) + NAME_LENGTH, NAME_BYTES);
      structs.putLong(in.header(i) + CONTROL_LENGTH, CONTROL_BYTES);
      structs.putLong(in.iov(i) + 8, BYTES);
    }
    dirty = 0;
  }

  /** So many have come in since {@link #clear}. */
  void filled(int count) {
    dirty = Math.max(dirty, count);
  }

  /** For recvmmsg(2), after {@link #clear}. */
  long inAddress() {
    return structsAt + in.header(0);
  }

  /** For sendmmsg(2), from this one on. */
  long outAddress(int first) {
    return structsAt + out.header(first);
  }

  // What came in.

  boolean isIpv6(int i) {
    return structs.getShort(in.name(i)) == AF_INET6;
  }

  int clientPort(int i) {
    return Short.toUnsignedInt(bigEndian(structs.getShort(in.name(i) + 2)));
  }

  long clientHigh(int i) {
    return isIpv6(i) ? bigEndian(structs.getLong(in.name(i) + 8)) : 0;
  }

  long clientLow(int i) {
    return isIpv6(i)
        ? bigEndian(structs.getLong(in.name(i) + 16))
        : Integer.toUnsignedLong(bigEndian(structs.getInt(in.name(i) + 4)));
  }

  /** The network device of a link-local IPv6 address, else 0. */
  int clientScope(int i) {
    return isIpv6(i) ? structs.getInt(in.name(i) + 24) : 0;
  }

  InetSocketAddress client(int i) {
    return addressAt(in.name(i));
  }

  private InetSocketAddress addressAt(int name) {
    int port = Short.toUnsignedInt(bigEndian(structs.getShort(name + 2)));
    return structs.getShort(name) == AF_INET6
        ? address(
            true,
            bigEndian(structs.getLong(name + 8)),
            bigEndian(structs.getLong(name + 16)),
            structs.getInt(name + 24),
            port)
        : address(false, 0, Integer.toUnsignedLong(bigEndian(structs.getInt(name + 4))), 0, port);
  }

  static InetSocketAddress address(boolean ipv6, long high, long low, int scope, int port) {
    try {
      InetAddress ip;
      if (ipv6) {
        byte[] bits = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        ip = Inet6Address.getByAddress(null, bits, scope == 0 ? -1 : scope);
      } else {
        ip = InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array());
      }
      return new InetSocketAddress(ip, port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  /** Without scope; IPv4 if it is mapped. */
  static InetSocketAddress plain(boolean ipv6, long high, long low, int port) {
    return ipv6 && high == 0 && low >>> 32 == MAPPED
        ? address(false, 0, low & 0xFFFF_FFFFL, 0, port)
        : address(ipv6, high, low, 0, port);
  }

  /** Whether two came from the same address and port. */
  boolean sameClient(int i, int j) {
    int a = in.name(i);
    int b = in.name(j);
    if (structs.getLong(a) != structs.getLong(b)) { // family, port, IPv4 address or flow
      return false;
    }
    return structs.getShort(a) == AF_INET
        || (structs.getLong(a + 8) == structs.getLong(b + 8)
            && structs.getLong(a + 16) == structs.getLong(b + 16)
            && structs.getInt(a + 24) == structs.getInt(b + 24));
  }

  /** The rest of datagram {@code i} is dropped. */
  void shorten(int i, int length) {
    structs.putInt(in.header(i) + LENGTH, length);
  }

  /** How many the socket has lost before datagram {@code i}; 0 if the kernel does not say. */
  int overflow(int i) {
    return Control.overflow(
        structs, in.control(i), (int) structs.getLong(in.header(i) + CONTROL_LENGTH));
  }

  /** IPv4 addresses that are mapped to IPv6 (RFC 4291, 2.5.5.2) become IPv4 again. */
  void unmap(int count) {
    for (int i = 0; i < count; i++) {
      int name = in.name(i);
      if (structs.getShort(name) == AF_INET6
          && structs.getLong(name + 8) == 0
          && structs.getInt(name + 16) == bigEndian(MAPPED)) {
        structs.putShort(name, AF_INET);
        structs.putInt(name + 4, structs.getInt(name + 20));
        structs.putLong(name + 8, 0);
      }
    }
  }

  int length(int i) {
    return structs.getInt(in.header(i) + LENGTH);
  }

  /** A byte of the payload of a datagram, at an index below its length. */
  byte byteAt(int i, int index) {
    return payload.get(i * STRIDE + index);
  }

  /** The payload of a datagram; to be read at once. */
  ByteBuffer payload(int i) {
    return payload.asReadOnlyBuffer().position(i * STRIDE).limit(i * STRIDE + length(i));
  }

  /** Where all payloads are, in the byte order of the machine; see {@link #start}. */
  ByteBuffer memory() {
    return payload;
  }

  /** Where that of a datagram begins. */
  int start(int i) {
    return i * STRIDE;
  }

  /** Whether a datagram begins as a PROXY header of version 2 does. */
  boolean hasSignature(int i) {
    return length(i) >= 16
        && payload.getLong(start(i)) == bigEndian(SIGNATURE)
        && payload.getInt(start(i) + 8) == bigEndian(SIGNATURE_END);
  }

  /** Takes the first bytes of a datagram off. */
  void strip(int i, int bytes) {
    int left = length(i) - bytes;
    payload.put(start(i), payload, start(i) + bytes, left);
    structs.putInt(in.header(i) + LENGTH, left);
  }

  /** What the kernel has told about datagram {@code i}; see {@link Control}. */
  void readControl(int i, Control into) {
    into.read(structs, in.control(i), (int) structs.getLong(in.header(i) + CONTROL_LENGTH));
  }

  // For sockets that cannot read into this memory by themselves.

  /** Room for the payload of the next datagram. */
  ByteBuffer room(int i) {
    return payload.duplicate().position(i * STRIDE).limit(i * STRIDE + BYTES);
  }

  /** A datagram has been put into its {@link #room}. */
  void came(int i, boolean ipv6, long high, long low, int scope, int port, int length) {
    putName(in.name(i), ipv6, high, low, scope, port);
    structs.putInt(in.header(i) + LENGTH, length);
    structs.putLong(in.header(i) + CONTROL_LENGTH, 0);
  }

  /** What the {@code k}-th that goes out carries. */
  ByteBuffer outPayload(int k) {
    if (structs.getLong(out.header(k) + IOV_COUNT) == 2) {
      int preamble = (int) structs.getLong(out.iov(k) + 8);
      int part = (int) (structs.getLong(out.iov(k) + IOV_NEXT) - payloadAt);
      int length = (int) structs.getLong(out.iov(k) + IOV_NEXT + 8);
      return ByteBuffer.allocate(preamble + length)
          .put(structs.duplicate().position(preambleAt).limit(preambleAt + preamble))
          .put(payload.duplicate().position(part).limit(part + length))
          .flip();
    }
    long at = structs.getLong(out.iov(k)) - payloadAt;
    int length = (int) structs.getLong(out.iov(k) + 8);
    ByteBuffer elsewhere = outElsewhere;
    return elsewhere != null && k == 0
        ? elsewhere.duplicate()
        : payload.duplicate().position((int) at).limit((int) at + length);
  }

  /** Where the {@code k}-th that goes out goes to. */
  InetSocketAddress destination(int k) {
    return addressAt(out.name(k));
  }

  // What is to go out.

  /** The {@code k}-th that goes out is the {@code i}-th that came in. */
  void send(int k, int i, boolean ipv6, long high, long low, int scope, int port) {
    address(k, ipv6, high, low, scope, port);
    point(k, payloadAt + (long) i * STRIDE, length(i));
  }

  /** The {@code k}-th that goes out is a part of the {@code i}-th that came in. */
  void sendPart(int k, int i, int offset, int length, ServerAddress to) {
    address(k, to.ipv6, to.high, to.low, 0, to.port);
    point(k, payloadAt + start(i) + offset, length);
  }

  /** As {@link #sendPart}, behind the preamble. */
  void sendPartWithPreamble(int k, int i, int offset, int length, ServerAddress to, int preamble) {
    address(k, to.ipv6, to.high, to.low, 0, to.port);
    point(k, structsAt + preambleAt, preamble);
    structs.putLong(out.iov(k) + IOV_NEXT, payloadAt + start(i) + offset);
    structs.putLong(out.iov(k) + IOV_NEXT + 8, length);
    structs.putLong(out.header(k) + IOV_COUNT, 2);
  }

  /** The first of those that went out had preambles, perhaps; what goes out next has none. */
  void withoutPreambles(int count) {
    for (int k = 0; k < count; k++) {
      structs.putLong(out.header(k) + IOV_COUNT, 1);
    }
  }

  /**
   * Makes the PROXY header, version 2, for what goes out with one: of a client's datagram to the
   * address that it has asked, both of one family.
   *
   * @return its bytes
   */
  int preamble(
      boolean ipv6,
      long clientHigh,
      long clientLow,
      int clientPort,
      long askedHigh,
      long askedLow,
      int askedPort) {
    int at = preambleAt;
    structs.putLong(at, bigEndian(SIGNATURE));
    structs.putInt(at + 8, bigEndian(SIGNATURE_END));
    structs.put(at + 12, (byte) 0x21); // version 2, PROXY
    structs.put(at + 13, (byte) (ipv6 ? 0x22 : 0x12)); // DGRAM
    structs.putShort(at + 14, bigEndian((short) (ipv6 ? 36 : 12)));
    at += 16;
    if (ipv6) {
      structs.putLong(at, bigEndian(clientHigh));
      structs.putLong(at + 8, bigEndian(clientLow));
      structs.putLong(at + 16, bigEndian(askedHigh));
      structs.putLong(at + 24, bigEndian(askedLow));
      at += 32;
    } else {
      structs.putInt(at, bigEndian((int) clientLow));
      structs.putInt(at + 4, bigEndian((int) askedLow));
      at += 8;
    }
    structs.putShort(at, bigEndian((short) clientPort));
    structs.putShort(at + 2, bigEndian((short) askedPort));
    return at + 4 - preambleAt;
  }

  /** The first that goes out is in a direct buffer of somebody else's. */
  void send(ByteBuffer from, boolean ipv6, long high, long low, int scope, int port) {
    address(0, ipv6, high, low, scope, port);
    point(0, Buffer.memoryAddress(from) + from.position(), from.remaining());
    outElsewhere = from;
  }

  private void address(int k, boolean ipv6, long high, long low, int scope, int port) {
    structs.putLong(out.header(k), structsAt + out.name(k));
    structs.putInt(out.header(k) + NAME_LENGTH, ipv6 ? SOCKADDR_IN6 : SOCKADDR_IN);
    putName(out.name(k), ipv6, high, low, scope, port);
  }

  private void point(int k, long at, int length) {
    if (k == 0) {
      outElsewhere = null;
    }
    structs.putLong(out.iov(k), at);
    structs.putLong(out.iov(k) + 8, length);
    structs.putLong(out.header(k) + CONTROL_LENGTH, 0);
  }

  /** What the kernel is to do with the {@code k}-th that goes out; behind {@code send}. */
  void writeControl(int k, Control from, boolean ipv6) {
    structs.putLong(out.header(k) + CONTROL_LENGTH, from.write(structs, out.control(k), ipv6));
  }

  /** How many datagrams the {@code k}-th that goes out is. */
  int datagramsOut(int k) {
    int length = (int) structs.getLong(out.iov(k) + 8);
    int segment = segment(k);
    return segment == 0 ? 1 : (length + segment - 1) / segment;
  }

  // Trains that cannot go out as such.

  /** Whether the {@code k}-th that goes out is several datagrams. */
  boolean isTrain(int k) {
    return segment(k) > 0;
  }

  private int segment(int k) {
    int length = (int) structs.getLong(out.header(k) + CONTROL_LENGTH);
    return Control.writtenSegment(structs, out.control(k), length);
  }

  /** Makes the {@code k}-th that goes out the first of its datagrams. */
  void uncouple(int k) {
    trainSegment = segment(k);
    trainLeft = (int) structs.getLong(out.iov(k) + 8);
    int header = out.header(k);
    structs.putLong(header + CONTROL, structsAt + out.control(k) + Control.SEGMENT_BYTES);
    structs.putLong(
        header + CONTROL_LENGTH, structs.getLong(header + CONTROL_LENGTH) - Control.SEGMENT_BYTES);
    structs.putLong(out.iov(k) + 8, Math.min(trainSegment, trainLeft));
  }

  /** Makes it the next of them; false if it was the last. */
  boolean nextOfTrain(int k) {
    trainLeft -= trainSegment;
    if (trainLeft <= 0) {
      structs.putLong(out.header(k) + CONTROL, structsAt + out.control(k));
      return false;
    }
    structs.putLong(out.iov(k), structs.getLong(out.iov(k)) + trainSegment);
    structs.putLong(out.iov(k) + 8, Math.min(trainSegment, trainLeft));
    return true;
  }

  private void putName(int at, boolean ipv6, long high, long low, int scope, int port) {
    structs.putShort(at, ipv6 ? AF_INET6 : AF_INET);
    structs.putShort(at + 2, bigEndian((short) port));
    if (ipv6) {
      structs.putInt(at + 4, 0);
      structs.putLong(at + 8, bigEndian(high));
      structs.putLong(at + 16, bigEndian(low));
      structs.putInt(at + 24, scope);
    } else {
      structs.putInt(at + 4, bigEndian((int) low));
      structs.putLong(at + 8, 0);
    }
  }

  static short bigEndian(short value) {
    return LITTLE ? Short.reverseBytes(value) : value;
  }

  static int bigEndian(int value) {
    return LITTLE ? Integer.reverseBytes(value) : value;
  }

  static long bigEndian(long value) {
    return LITTLE ? Long.reverseBytes(value) : value;
  }
}
