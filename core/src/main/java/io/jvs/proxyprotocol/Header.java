package io.jvs.proxyprotocol;

import java.util.List;
import java.util.Optional;

/**
 * What a PROXY header says.
 *
 * @param tlvs what version 2 says beside addresses, in the order of the header. Checksums and
 *     padding are no part of it: they belong to the bytes
 */
public record Header(Endpoints endpoints, List<Tlv> tlvs) {
  /** A sender that speaks for itself, such as a health check. */
  public static final Header LOCAL = new Header(Endpoints.Local.INSTANCE, List.of());

  public Header {
    tlvs = List.copyOf(tlvs);
    for (Tlv tlv : tlvs) {
      if (tlv.type() == Tlv.CRC32C || tlv.type() == Tlv.NOOP) {
        throw new IllegalArgumentException(
            tlv + " in a PROXY header (expected: those that say something about the connection)");
      }
    }
    if (endpoints == Endpoints.Local.INSTANCE && !tlvs.isEmpty()) {
      throw new IllegalArgumentException(
          "PROXY header of a sender itself: " + tlvs + " (expected: none, receivers skip them)");
    }
  }

  /** The first of this type. */
  public Optional<Tlv> first(int type) {
    return tlvs.stream().filter(tlv -> tlv.type() == type).findFirst();
  }
}
