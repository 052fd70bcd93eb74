package io.jvs.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new connection or datagram that wants a real server: who asks, for what.
 *
 * <p>Addresses are kept as bits, because schedulers hash them and persistence masks them: an IPv6
 * address in two longs, an IPv4 address in the low 32 bits of the lower one. A flow of a call
 * inside the process may have no addresses at all; see {@link #any()} and {@link #keyed}.
 */
public final class Flow {
  private static final Flow ANY = new Flow(Protocol.TCP, null, null, 0, null);

  private final Protocol protocol;
  private final boolean addressed;
  private final boolean ipv6;
  private final int clientPort;
  private final int destinationPort;
  private final long clientHigh;
  private final long clientLow;
  private final long destinationHigh;
  private final long destinationLow;
  private final long mark;
  private final @Nullable Object key;

  private Flow(
      Protocol protocol,
      @Nullable InetSocketAddress client,
      @Nullable InetSocketAddress destination,
      long mark,
      @Nullable Object key) {
    this.protocol = protocol;
    this.addressed = client != null && destination != null;
    byte[] from = client == null ? new byte[4] : bytes("client", client);
    byte[] to = destination == null ? new byte[4] : bytes("destination", destination);
    this.ipv6 = from.length == 16;
    this.clientPort = client == null ? 0 : client.getPort();
    this.destinationPort = destination == null ? 0 : destination.getPort();
    this.clientHigh = high(from);
    this.clientLow = low(from);
    this.destinationHigh = high(to);
    this.destinationLow = low(to);
    this.mark = mark;
    this.key = key;
  }

  private Flow(Flow other, long mark, @Nullable Object key) {
    this.protocol = other.protocol;
    this.addressed = other.addressed;
    this.ipv6 = other.ipv6;
    this.clientPort = other.clientPort;
    this.destinationPort = other.destinationPort;
    this.clientHigh = other.clientHigh;
    this.clientLow = other.clientLow;
    this.destinationHigh = other.destinationHigh;
    this.destinationLow = other.destinationLow;
    this.mark = mark;
    this.key = key;
  }

  /** A call inside this process of which nothing is known. */
  public static Flow any() {
    return ANY;
  }

  /**
   * A call inside this process on behalf of somebody, such as a user or a session. Policies that
   * hash addresses hash the key instead, so that {@code sh} and {@code mh} give each key a server.
   *
   * @param key compared with {@code equals} and hashed; must not change
   */
  public static Flow keyed(Object key) {
    return new Flow(ANY, 0, Objects.requireNonNull(key));
  }

  /** A TCP connection from a client to a virtual address; both resolved. */
  public static Flow tcp(InetSocketAddress client, InetSocketAddress destination) {
    return of(Protocol.TCP, client, destination);
  }

  /** A UDP flow from a client to a virtual address; both resolved. */
  public static Flow udp(InetSocketAddress client, InetSocketAddress destination) {
    return of(Protocol.UDP, client, destination);
  }

  /** A flow from a client to a virtual address; both resolved. */
  public static Flow of(
      Protocol protocol, InetSocketAddress client, InetSocketAddress destination) {
    return new Flow(protocol, client, destination, 0, null);
  }

  /** The same with a firewall mark, 0 to 4294967295. */
  public Flow withMark(long newMark) {
    if (newMark < 0 || newMark > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("mark " + newMark + " (expected: 0 to 4294967295)");
    }
    return new Flow(this, newMark, key);
  }

  /** The same with a key that layer 7 found. Policies that hash addresses hash the key instead. */
  public Flow withKey(Object newKey) {
    return new Flow(this, mark, Objects.requireNonNull(newKey));
  }

  public Protocol protocol() {
    return protocol;
  }

  /** Whether client and destination are known; if not, their bits and ports are 0. */
  public boolean isAddressed() {
    return addressed;
  }

  public boolean isIpv6() {
    return ipv6;
  }

  public int clientPort() {
    return clientPort;
  }

  public int destinationPort() {
    return destinationPort;
  }

  /** The upper 64 bits of the client's IPv6 address; 0 for IPv4. */
  public long clientHigh() {
    return clientHigh;
  }

  /** The lower 64 bits of the client's IPv6 address, or the 32 bits of its IPv4 address. */
  public long clientLow() {
    return clientLow;
  }

  public long destinationHigh() {
    return destinationHigh;
  }

  public long destinationLow() {
    return destinationLow;
  }

  /** The firewall mark, or 0. */
  public long mark() {
    return mark;
  }

  /** What layer 7 or the application knows the client by, or null. */
  public @Nullable Object key() {
    return key;
  }

  @Override
  public String toString() {
    if (!addressed) {
      return key == null ? "in-process call" : "in-process call for " + key;
    }
    return protocol
        + " "
        + text(clientHigh, clientLow, clientPort)
        + " to "
        + text(destinationHigh, destinationLow, destinationPort)
        + (mark == 0 ? "" : " mark " + mark)
        + (key == null ? "" : " key " + key);
  }

  private String text(long high, long low, int port) {
    byte[] bits = new byte[ipv6 ? 16 : 4];
    for (int i = 0; i < bits.length; i++) {
      int fromEnd = bits.length - 1 - i;
      bits[i] = (byte) (fromEnd >= 8 ? high >>> (8 * (fromEnd - 8)) : low >>> (8 * fromEnd));
    }
    try {
      return SocketAddresses.format(new InetSocketAddress(InetAddress.getByAddress(bits), port));
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  private static byte[] bytes(String what, InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          what
              + " "
              + SocketAddresses.format(address)
              + " is a host name (expected: an IP address; resolve it first)");
    }
    return address.getAddress().getAddress();
  }

  private static long high(byte[] address) {
    return address.length == 16 ? read(address, 0, 8) : 0;
  }

  private static long low(byte[] address) {
    return address.length == 16 ? read(address, 8, 16) : read(address, 0, 4);
  }

  private static long read(byte[] bytes, int from, int to) {
    long bits = 0;
    for (int i = from; i < to; i++) {
      bits = (bits << 8) | (bytes[i] & 0xFF);
    }
    return bits;
  }
}
