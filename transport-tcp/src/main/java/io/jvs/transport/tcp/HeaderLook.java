package io.jvs.transport.tcp;

import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.Reading;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Looks for the PROXY header of a sender that must send one, and takes it off. */
final class HeaderLook implements Look {
  /** TLVs may carry certificates; haproxy takes as much. */
  private static final int LONGEST = 16 * 1024;

  private final Duration patience;
  private @Nullable Header header;
  private @Nullable String refusal;

  HeaderLook(Duration patience) {
    this.patience = patience;
  }

  /** What was found, or null. */
  @Nullable Header header() {
    return header;
  }

  /** Why nothing was found, or null. */
  @Nullable String refusal() {
    return refusal;
  }

  @Override
  public int atMost() {
    return LONGEST;
  }

  @Override
  public Duration patience() {
    return patience;
  }

  @Override
  public int seen(ByteBuffer soFar, boolean last) {
    Reading reading = HeaderReader.read(soFar, LONGEST);
    if (reading instanceof Reading.Complete complete) {
      header = complete.header();
      return complete.length();
    }
    if (reading instanceof Reading.Malformed malformed) {
      refusal = malformed.reason();
    } else if (last) {
      refusal =
          "no PROXY header within "
              + Reasons.text(patience)
              + " or before its FIN, but "
              + soFar.remaining()
              + " bytes";
    } else {
      return MORE;
    }
    return 0;
  }
}
