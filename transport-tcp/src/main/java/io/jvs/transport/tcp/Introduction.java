package io.jvs.transport.tcp;

import io.jvs.model.Network;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.transport.tcp.TcpOptions.FirstBytes;
import io.jvs.transport.tcp.hello.ClientHello;
import io.jvs.transport.tcp.hello.Hello;
import io.jvs.transport.tcp.hello.RdpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is and what it asks for, by what it sends before it has a server: first the PROXY
 * header, if it comes from somebody who must send one, then its first bytes, if the service goes by
 * them. One for each connection of a service that wants either.
 */
final class Introduction {
  private final InetSocketAddress peer;
  private final @Nullable HeaderLook header;
  private final @Nullable HelloLook hello;
  private final @Nullable FirstBytes firstBytes;
  private int looks;

  private Introduction(
      InetSocketAddress peer,
      @Nullable HeaderLook header,
      @Nullable HelloLook hello,
      @Nullable FirstBytes firstBytes) {
    this.peer = peer;
    this.header = header;
    this.hello = hello;
    this.firstBytes = firstBytes;
  }

  /**
   * What there is to be looked at, or null if nothing is.
   *
   * @param patience how long a sender may take for its header
   */
  static @Nullable Introduction of(TcpOptions options, InetSocketAddress peer, Duration patience) {
    FirstBytes firstBytes = options.firstBytes();
    FirstBytes wanted = firstBytes;
    if (wanted == null && options.proxyTo() != null && options.proxyTo().authority()) {
      wanted = FirstBytes.of(FirstBytes.What.SNI);
    }
    boolean proxied = isIn(options.proxyFrom(), peer.getAddress());
    return wanted == null && !proxied
        ? null
        : new Introduction(
            peer,
            proxied ? new HeaderLook(patience) : null,
            wanted == null ? null : new HelloLook(wanted),
            firstBytes);
  }

  private static boolean isIn(List<Network> networks, InetAddress address) {
    for (int i = 0; i < networks.size(); i++) { // without an iterator for each client
      if (networks.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** What to look at next, or null if all has been seen. */
  @Nullable Look next() {
    if (looks == 0) {
      looks++;
      if (header != null) {
        return header;
      }
    }
    if (looks == 1) {
      looks++;
      return hello;
    }
    return null;
  }

  /** Whether a header must come first, and has not come yet. */
  boolean awaitsHeader() {
    return header != null && header.header() == null && header.refusal() == null;
  }

  /** Why the client cannot be served, or null. */
  @Nullable String refusal() {
    return header == null ? null : header.refusal();
  }

  /** The header that came, or null. */
  @Nullable Header header() {
    return header == null ? null : header.header();
  }

  /** Whose connection it is: the header's source, if it names one of TCP. */
  InetSocketAddress client() {
    Header said = header();
    if (said == null || !(said.endpoints() instanceof Endpoints.Inet inet) || inet.datagram()) {
      return peer;
    }
    InetSocketAddress source = inet.source();
    try { // which makes IPv4 again of what had to be written as IPv6
      return new InetSocketAddress(
          InetAddress.getByAddress(source.getAddress().getAddress()), source.getPort());
    } catch (UnknownHostException e) {
      throw new AssertionError("an address is one", e);
    }
  }

  /** The host name of its TLS hello, or null. */
  @Nullable String host() {
    ClientHello found = clientHello();
    return found == null ? null : found.host();
  }

  /** Its TLS hello, or null. */
  @Nullable ClientHello clientHello() {
    return hello != null && hello.hello() instanceof ClientHello found ? found : null;
  }

  /** What is sought in the first bytes as a key, or null. */
  FirstBytes.@Nullable What keyOf() {
    return firstBytes == null ? null : firstBytes.what();
  }

  /** The key that is sought, or null if there is none to be found. */
  @Nullable String key() {
    FirstBytes.What what = keyOf();
    if (what == null || hello == null) {
      return null;
    }
    Hello found = hello.hello();
    return switch (what) {
      case SNI -> host();
      case TLS_SESSION -> found instanceof ClientHello client ? client.session() : null;
      case RDP_COOKIE -> found instanceof RdpRequest request ? request.cookie() : null;
    };
  }
}
