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
 * former. With {@value #MAX} datagrams that is 4.2 MB, touched only as far as batches and datagrams
 * ever were large: a few hundred kilobytes where there are no trains. On its loop only; used within
 * one call, so one is enough for all sockets of a loop.
 *
 * <p>Addresses are kept as in {@link io.jvs.model.Flow}: an IPv6 address in two longs, an IPv4
 * address in the low 32 bits of the lower one.
 */
final class Messages {
  /** Datagrams of one batch. */
  static final int MAX = 64;

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

  private static final int IOV_BYTES = 16; // base, length
  private static final int NAME_BYTES = 32; // sockaddr_in6 has 28
  private static final int CONTROL_BYTES = 128;

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  static final short AF_INET = 2;
  static final short AF_INET6 = 10;
  private static final int SOCKADDR_IN = 16; // family, port, address
  private static final int SOCKADDR_IN6 = 28; // family, port, flow, address, scope

  private final ByteBuffer structs;
  private final ByteBuffer payload;
  private final long structsAt;
  private final long payloadAt;
  private final Half in;
  private final Half out; // one more, see outAlone
  private final int count;
  private @Nullable ByteBuffer outElsewhere; // the first that goes out, if it is not in the payload
  private int outMessages;
  private int outParts; // of all messages
  private int dirty; // so many of those that come in must be made ready again

  Messages() {
    this(MAX);
  }

  Messages(int count) {
    dirty = count;
    this.count = count;
    int half = (count + 1) * (HEADER + IOV_BYTES + NAME_BYTES + CONTROL_BYTES);
    structs = ByteBuffer.allocateDirect(2 * half).order(ByteOrder.nativeOrder());
    payload = ByteBuffer.allocateDirect(count * STRIDE).order(ByteOrder.nativeOrder());
    structsAt = Buffer.memoryAddress(structs);
    payloadAt = Buffer.memoryAddress(payload);
    in = new Half(0, count + 1);
    out = new Half(half, count + 1);
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

  int length(int i) {
    return structs.getInt(in.header(i) + LENGTH);
  }

  /** The payload of a datagram; to be read at once. */
  ByteBuffer payload(int i) {
    return payload.asReadOnlyBuffer().position(i * STRIDE).limit(i * STRIDE + length(i));
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

  /** What the {@code k}-th that goes out carries, if it is one datagram of one part. */
  ByteBuffer outPayload(int k) {
    int iov = iovOf(k);
    long at = structs.getLong(iov) - payloadAt;
    int length = (int) structs.getLong(iov + 8);
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

  /** How many there are; some may be trains. */
  int outCount() {
    return outMessages;
  }

  /** They have gone, or are lost. */
  void sent() {
    outMessages = 0;
    outParts = 0;
    outElsewhere = null;
  }

  /** The next one that goes out is the {@code i}-th that came in. */
  void send(int i, boolean ipv6, long high, long low, int scope, int port) {
    address(outMessages, ipv6, high, low, scope, port);
    point(outMessages, payloadAt + (long) i * STRIDE, length(i));
    outMessages++;
  }

  /** The only one that goes out is in a direct buffer of somebody else's. */
  void send(ByteBuffer from, boolean ipv6, long high, long low, int scope, int port) {
    sent();
    address(0, ipv6, high, low, scope, port);
    point(0, Buffer.memoryAddress(from) + from.position(), from.remaining());
    outMessages = 1;
    outElsewhere = from;
  }

  /** The {@code i}-th that came in goes behind the last one that goes out, in the same message. */
  void join(int i) {
    int header = out.header(outMessages - 1);
    structs.putLong(header + IOV_COUNT, structs.getLong(header + IOV_COUNT) + 1);
    part(payloadAt + (long) i * STRIDE, length(i));
  }

  private void address(int k, boolean ipv6, long high, long low, int scope, int port) {
    structs.putInt(out.header(k) + NAME_LENGTH, ipv6 ? SOCKADDR_IN6 : SOCKADDR_IN);
    putName(out.name(k), ipv6, high, low, scope, port);
  }

  private void point(int k, long at, int length) {
    structs.putLong(out.header(k) + IOV, structsAt + out.iov(outParts));
    structs.putLong(out.header(k) + IOV_COUNT, 1);
    structs.putLong(out.header(k) + CONTROL_LENGTH, 0);
    part(at, length);
  }

  private void part(long at, int length) {
    structs.putLong(out.iov(outParts), at);
    structs.putLong(out.iov(outParts) + 8, length);
    outParts++;
  }

  private int iovOf(int k) {
    return (int) (structs.getLong(out.header(k) + IOV) - structsAt);
  }

  /** What the kernel is to do with the last one that goes out; behind {@code send}. */
  void writeControl(Control from, boolean ipv6) {
    int k = outMessages - 1;
    structs.putLong(out.header(k) + CONTROL_LENGTH, from.write(structs, out.control(k), ipv6));
  }

  /** Bytes of each datagram of the {@code k}-th that goes out, or 0 if it is one. */
  int outSegment(int k) {
    return Control.segment(
        structs, out.control(k), (int) structs.getLong(out.header(k) + CONTROL_LENGTH));
  }

  /** How many datagrams the {@code k}-th that goes out is. */
  int outDatagrams(int k) {
    int segment = outSegment(k);
    return segment == 0 ? 1 : (outBytes(k) + segment - 1) / segment;
  }

  private int outBytes(int k) {
    int bytes = 0;
    int parts = (int) structs.getLong(out.header(k) + IOV_COUNT);
    for (int part = 0; part < parts; part++) {
      bytes += (int) structs.getLong(iovOf(k) + part * IOV_BYTES + 8);
    }
    return bytes;
  }

  /**
   * For sendmmsg(2): the {@code n}-th datagram of the {@code k}-th that goes out, alone. Only the
   * next call uses it.
   */
  long outAlone(int k, int n) {
    int alone = out.header(count); // behind all others
    int from = out.header(k);
    for (int at = 0; at < HEADER; at += Long.BYTES) {
      structs.putLong(alone + at, structs.getLong(from + at));
    }
    int control = out.control(count);
    int controlLength =
        Control.withoutSegment(
            structs, out.control(k), (int) structs.getLong(from + CONTROL_LENGTH), control);
    structs.putLong(alone + CONTROL, structsAt + control);
    structs.putLong(alone + CONTROL_LENGTH, controlLength);
    structs.putLong(alone + IOV, structsAt + out.iov(count));
    structs.putLong(alone + IOV_COUNT, 1);
    int segment = outSegment(k);
    int parts = (int) structs.getLong(from + IOV_COUNT);
    int first = iovOf(k);
    boolean train = parts == 1; // as it came; else each part is one datagram
    long at = structs.getLong(train ? first : first + n * IOV_BYTES);
    int skipped = train ? n * segment : 0;
    int length = (int) structs.getLong((train ? first : first + n * IOV_BYTES) + 8) - skipped;
    structs.putLong(out.iov(count), at + skipped);
    structs.putLong(out.iov(count) + 8, Math.min(segment, length));
    return structsAt + alone;
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
