package io.jvs.transport.tcp;

import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Tlv;
import io.jvs.transport.tcp.TcpOptions.ProxyHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The PROXY header that a real server gets: what the sender has said, and what we know beside. */
final class Preamble {
  private Preamble() {}

  /**
   * @param peer whom we see ourselves
   * @param local where it has connected to
   * @param introduction what it has said, or null for nothing
   * @param id of the connection; asked for only if it is needed
   */
  static ByteBuffer of(
      ProxyHeader wanted,
      InetSocketAddress peer,
      InetSocketAddress local,
      @Nullable Introduction introduction,
      Supplier<String> id) {
    Header said = introduction == null ? null : introduction.header();
    Endpoints endpoints =
        said == null
                || said.endpoints() == Endpoints.Local.INSTANCE
                || said.endpoints() == Endpoints.Unknown.INSTANCE
            ? Endpoints.Inet.of(false, peer, local)
            : said.endpoints();
    if (wanted.version() == 1) {
      return HeaderWriter.version1(new Header(endpoints, List.of()));
    }
    Header known = new Header(endpoints, said == null ? List.of() : said.tlvs());
    List<Tlv> tlvs = new ArrayList<>(known.tlvs());
    String host = introduction == null ? null : introduction.host();
    if (wanted.authority() && host != null && known.first(Tlv.AUTHORITY).isEmpty()) {
      tlvs.add(Tlv.of(Tlv.AUTHORITY, host));
    }
    if (wanted.uniqueId() && known.first(Tlv.UNIQUE_ID).isEmpty()) {
      tlvs.add(Tlv.of(Tlv.UNIQUE_ID, id.get()));
    }
    return HeaderWriter.version2(new Header(endpoints, tlvs), wanted.checksum());
  }
}
