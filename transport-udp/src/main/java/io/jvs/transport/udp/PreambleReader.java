package io.jvs.transport.udp;

import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.Reading;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header, version 2, that a datagram of a trusted sender begins with. Used again
 * for each; those with addresses alone are read without making anything. On its loop only.
 */
final class PreambleReader {
  /** No datagram is longer. */
  private static final int LONGEST = Messages.BYTES;

  static final int UNUSUAL = -1;

  private static final byte PROXY = 0x21; // version 2 of section 2.2
  private static final int FIXED = 16;
  private static final int ADDRESSES4 = 12;
  private static final int ADDRESSES6 = 36;

  boolean ipv6;
  long clientHigh;
  long clientLow;
  int clientPort;
  long askedHigh;
  long askedLow;
  int askedPort;

  /** Why the last one is none, or null. */
  @Nullable String refusal;

  /**
   * Reads it from the beginning of datagram {@code i}.
   *
   * @return its bytes; 0 if there is none; {@link #UNUSUAL} for {@link #readUnusual}
   */
  int read(Messages messages, int i) {
    refusal = null;
    if (!messages.hasSignature(i)) {
      return 0;
    }
    ByteBuffer memory = messages.memory();
    int at = messages.start(i);
    int transport = memory.get(at + 13) & 0x0F;
    int family = memory.get(at + 13) >> 4;
    int rest = Short.toUnsignedInt(NetworkOrder.of(memory.getShort(at + 14)));
    // A client of DNS over TLS and the like came by a stream, though its question is a datagram.
    boolean plain = memory.get(at + 12) == PROXY && (transport == 1 || transport == 2);
    if (plain && family == 1 && rest == ADDRESSES4 && messages.length(i) >= FIXED + rest) {
      ipv6 = false;
      clientHigh = 0;
      clientLow = Integer.toUnsignedLong(NetworkOrder.of(memory.getInt(at + 16)));
      askedHigh = 0;
      askedLow = Integer.toUnsignedLong(NetworkOrder.of(memory.getInt(at + 20)));
      ports(memory, at + 24);
      return FIXED + rest;
    }
    if (plain && family == 2 && rest == ADDRESSES6 && messages.length(i) >= FIXED + rest) {
      ipv6 = true;
      clientHigh = NetworkOrder.of(memory.getLong(at + 16));
      clientLow = NetworkOrder.of(memory.getLong(at + 24));
      askedHigh = NetworkOrder.of(memory.getLong(at + 32));
      askedLow = NetworkOrder.of(memory.getLong(at + 40));
      ports(memory, at + 48);
      return FIXED + rest;
    }
    return UNUSUAL;
  }

  private void ports(ByteBuffer memory, int at) {
    clientPort = Short.toUnsignedInt(NetworkOrder.of(memory.getShort(at)));
    askedPort = Short.toUnsignedInt(NetworkOrder.of(memory.getShort(at + 2)));
  }

  /**
   * One with more than addresses, without any, or wrong.
   *
   * @param local where the datagram was sent to: what a sender that speaks for itself has asked
   * @return its bytes; 0 if it is none, with a reason
   */
  int readUnusual(Messages messages, int i, InetSocketAddress local) {
    Reading reading = HeaderReader.read(messages.payload(i), LONGEST);
    if (!(reading instanceof Reading.Complete complete)) {
      refusal =
          reading instanceof Reading.Malformed malformed
              ? malformed.reason()
              : "PROXY header that goes on after its datagram of " + messages.length(i) + " bytes";
      return 0;
    }
    if (complete.header().endpoints() instanceof Endpoints.Inet inet) {
      set(inet.source(), inet.destination());
    } else { // it speaks for itself, or does not know
      Endpoints.Inet own = Endpoints.Inet.of(true, messages.client(i), local);
      set(own.source(), own.destination());
    }
    return complete.length();
  }

  private void set(InetSocketAddress client, InetSocketAddress asked) {
    ServerAddress from = new ServerAddress(client); // as bits
    ServerAddress to = new ServerAddress(asked);
    ipv6 = from.ipv6;
    clientHigh = from.high;
    clientLow = from.low;
    clientPort = from.port;
    askedHigh = to.high;
    askedLow = to.low;
    askedPort = to.port;
  }
}
