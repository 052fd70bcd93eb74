package io.jvs.transport.udp;

import io.netty.channel.unix.Buffer;
import java.net.InetSocketAddress;
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
 * <p>Addresses are bits as {@link SocketAddressMemory} has them.
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

  // struct msghdr: name, its length, iov, their number, control, its length, flags;
  // struct mmsghdr: that, and the length of the message
  private static final int HEADER = 64;
  private static final int NAME_LENGTH = 8;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int LENGTH = 56;

  private static final int IOV_BYTES = 16; // base, length
  private static final int CONTROL_BYTES = 192;

  private final ByteBuffer structs;
  private final ByteBuffer payload;
  private final long structsAt;
  private final long payloadAt;
  private final Half in;
  private final Half out; // one more, see outAlone; the preamble is behind it
  private final PreambleWriter preamble;
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
    in = new Half(0, count, count);
    out = new Half(in.end, count + 1, 2 * count + 1); // each may have a preamble
    structs =
        ByteBuffer.allocateDirect(out.end + PreambleWriter.BYTES).order(ByteOrder.nativeOrder());
    preamble = new PreambleWriter(structs, out.end);
    payload = ByteBuffer.allocateDirect(count * STRIDE).order(ByteOrder.nativeOrder());
    structsAt = Buffer.memoryAddress(structs);
    payloadAt = Buffer.memoryAddress(payload);
    for (int i = 0; i < count; i++) {
      in.link(i);
      out.link(i);
      structs.putLong(in.iov(i), payloadAt + (long) i * STRIDE);
    }
  }

  /** Where the parts of one direction are within the memory. */
  private final class Half {
    private final int end;
    private final int headers;
    private final int iovs;
    private final int names;
    private final int controls;

    Half(int start, int messages, int parts) {
      headers = start;
      iovs = headers + messages * HEADER;
      names = iovs + parts * IOV_BYTES;
      controls = names + messages * SocketAddressMemory.BYTES;
      end = controls + messages * CONTROL_BYTES;
    }

    int header(int i) {
      return headers + i * HEADER;
    }

    int iov(int i) {
      return iovs + i * IOV_BYTES;
    }

    int name(int i) {
      return names + i * SocketAddressMemory.BYTES;
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

  /**
   * Makes room for a whole batch. What was to go out and has not is forgotten with the last one.
   */
  void clear() {
    sent();
    for (int i = 0; i < dirty; i++) {
      structs.putInt(in.header(i) + NAME_LENGTH, SocketAddressMemory.BYTES);
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
    return SocketAddressMemory.isIpv6(structs, in.name(i));
  }

  int clientPort(int i) {
    return SocketAddressMemory.port(structs, in.name(i));
  }

  long clientHigh(int i) {
    return SocketAddressMemory.high(structs, in.name(i));
  }

  long clientLow(int i) {
    return SocketAddressMemory.low(structs, in.name(i));
  }

  /** The network device of a link-local IPv6 address, else 0. */
  int clientScope(int i) {
    return SocketAddressMemory.scope(structs, in.name(i));
  }

  InetSocketAddress client(int i) {
    return SocketAddressMemory.read(structs, in.name(i));
  }

  /** Whether two came from the same address and port. */
  boolean sameClient(int i, int j) {
    return SocketAddressMemory.same(structs, in.name(i), in.name(j));
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

  /** Clients whose IPv4 addresses are mapped to IPv6 have those of IPv4 again. */
  void unmap(int count) {
    for (int i = 0; i < count; i++) {
      SocketAddressMemory.unmap(structs, in.name(i));
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
        && payload.getLong(start(i)) == NetworkOrder.of(PreambleWriter.SIGNATURE)
        && payload.getInt(start(i) + 8) == NetworkOrder.of(PreambleWriter.SIGNATURE_END);
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
    SocketAddressMemory.write(structs, in.name(i), ipv6, high, low, scope, port);
    structs.putInt(in.header(i) + LENGTH, length);
    structs.putLong(in.header(i) + CONTROL_LENGTH, 0);
  }

  /** What the {@code k}-th that goes out carries: one datagram, perhaps behind a preamble. */
  ByteBuffer outPayload(int k) {
    int iov = iovOf(k);
    ByteBuffer elsewhere = outElsewhere;
    if (elsewhere != null && k == 0) {
      return elsewhere.duplicate();
    }
    if (structs.getLong(out.header(k) + IOV_COUNT) == 1) {
      return part(iov);
    }
    ByteBuffer behind = part(iov + IOV_BYTES);
    int bytes = (int) structs.getLong(iov + 8);
    return ByteBuffer.allocate(bytes + behind.remaining())
        .put(structs.duplicate().position(out.end).limit(out.end + bytes))
        .put(behind)
        .flip();
  }

  private ByteBuffer part(int iov) {
    int at = (int) (structs.getLong(iov) - payloadAt);
    return payload.duplicate().position(at).limit(at + (int) structs.getLong(iov + 8));
  }

  /** Where the {@code k}-th that goes out goes to. */
  InetSocketAddress destination(int k) {
    return SocketAddressMemory.read(structs, out.name(k));
  }

  // What is to go out.

  /** How many there are; some may be trains. */
  int outCount() {
    return outMessages;
  }

  /** Whether those that are there must be sent before there is room for another one. */
  boolean outIsFull() {
    return outMessages == count;
  }

  /** They have gone, or are lost. */
  void sent() {
    outMessages = 0;
    outParts = 0;
    outElsewhere = null;
  }

  /** The next one that goes out is the {@code i}-th that came in. */
  void send(int i, boolean ipv6, long high, long low, int scope, int port) {
    begin(ipv6, high, low, scope, port);
    part(payloadAt + start(i), length(i));
  }

  /** The next one that goes out is a part of the {@code i}-th that came in. */
  void sendPart(int i, int offset, int length, ServerAddress to) {
    begin(to.ipv6, to.high, to.low, to.scope, to.port);
    part(payloadAt + start(i) + offset, length);
  }

  /** As {@link #sendPart}, behind the {@link #preamble} of so many bytes. */
  void sendPartWithPreamble(int i, int offset, int length, ServerAddress to, int bytes) {
    begin(to.ipv6, to.high, to.low, to.scope, to.port);
    part(structsAt + out.end, bytes);
    part(payloadAt + start(i) + offset, length);
  }

  /** The {@code i}-th that came in goes behind the last one that goes out, in the same message. */
  void join(int i) {
    part(payloadAt + start(i), length(i));
  }

  /** Makes the PROXY header for what goes out with one. There is one at a time. */
  PreambleWriter preamble() {
    return preamble;
  }

  /** The only one that goes out is in a direct buffer of somebody else's. */
  void send(ByteBuffer from, boolean ipv6, long high, long low, int scope, int port) {
    sent();
    begin(ipv6, high, low, scope, port);
    part(Buffer.memoryAddress(from) + from.position(), from.remaining());
    outElsewhere = from;
  }

  private void begin(boolean ipv6, long high, long low, int scope, int port) {
    int k = outMessages++;
    int header = out.header(k);
    structs.putInt(header + NAME_LENGTH, SocketAddressMemory.bytes(ipv6));
    SocketAddressMemory.write(structs, out.name(k), ipv6, high, low, scope, port);
    structs.putLong(header + IOV, structsAt + out.iov(outParts));
    structs.putLong(header + IOV_COUNT, 0);
    structs.putLong(header + CONTROL_LENGTH, 0);
  }

  /** Behind what the last one that goes out has already. */
  private void part(long at, int length) {
    int header = out.header(outMessages - 1);
    structs.putLong(header + IOV_COUNT, structs.getLong(header + IOV_COUNT) + 1);
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
    int lastIov = out.iov(2 * count);
    structs.putLong(alone + CONTROL, structsAt + control);
    structs.putLong(alone + CONTROL_LENGTH, controlLength);
    structs.putLong(alone + IOV, structsAt + lastIov);
    structs.putLong(alone + IOV_COUNT, 1);
    int segment = outSegment(k);
    int first = iovOf(k);
    boolean cameAsTrain = structs.getLong(from + IOV_COUNT) == 1; // else each part is one datagram
    int iov = cameAsTrain ? first : first + n * IOV_BYTES;
    int skipped = cameAsTrain ? n * segment : 0;
    int length = (int) structs.getLong(iov + 8) - skipped;
    structs.putLong(lastIov, structs.getLong(iov) + skipped);
    structs.putLong(lastIov + 8, Math.min(segment, length));
    return structsAt + alone;
  }
}
