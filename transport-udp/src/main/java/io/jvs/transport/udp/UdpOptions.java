package io.jvs.transport.udp;

import io.jvs.model.Durations;
import io.jvs.model.Network;
import io.jvs.model.Protocol;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualService;
import io.jvs.transport.listening.Given;
import io.jvs.transport.listening.OptionChecks;
import io.jvs.transport.listening.ServiceSockets;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the UDP transport carries one service; {@link #DEFAULT} is as plain as can be.
 *
 * @param responses how many datagrams answer each one of a client, after which the flow is over: 0
 *     for services that never answer, such as syslog; -1 if nobody knows, so that a flow ends by
 *     its timeout alone (nginx's {@code proxy_responses})
 * @param retryAfter how long a server may be silent towards a client whom it owes an answer before
 *     what it has not answered goes to another one, 10 ms to 1 minute, or null for never. What an
 *     ICMP error says is acted on at once in any case
 * @param joined whether trains of equal datagrams are handed over as they are (UDP_GRO and
 *     UDP_SEGMENT), which spares bulk most of its cost; Linux only
 * @param passTos whether the type of service, ECN included, is passed on both ways; Linux only
 * @param passTtl whether the time to live (hop limit) is passed on both ways, less one as by a
 *     router; datagrams whose time is over are dropped and counted, without an ICMP error. Linux
 *     only
 * @param listening how clients get in
 * @param outgoing from where real servers are asked
 * @param proxyFrom senders whose flows begin with a PROXY header, version 2, which names the real
 *     client: with the first datagram, or with each one, and then a sender may speak for many
 *     clients from one port. What has no header is of the client that was named last; if there is
 *     none, it is refused ({@link io.jvs.balancing.Refused.Cause#BAD_START}). A sender that names
 *     clients with the first datagram only can be fooled by them: what they send next may look like
 *     a header. From anybody else a header is payload like any other. Empty for nobody
 * @param proxyTo which datagrams to real servers begin with a PROXY header; those that would be too
 *     long with it (65,507 bytes, 65,527 with IPv6) are dropped and counted
 * @param quic how connections of QUIC are known, or null for services of anything else
 */
public record UdpOptions(
    int responses,
    @Nullable Duration retryAfter,
    boolean joined,
    boolean passTos,
    boolean passTtl,
    Listening listening,
    Outgoing outgoing,
    List<Network> proxyFrom,
    ProxyTo proxyTo,
    @Nullable QuicRouting quic)
    implements TransportOptions {
  /** Any number of answers, no retry but after ICMP errors, trains are kept. */
  public static final UdpOptions DEFAULT = new Parts().options();

  public UdpOptions {
    proxyFrom = List.copyOf(proxyFrom);
    if (responses < -1 || responses > 1_000_000) {
      throw new IllegalArgumentException(
          "udp: responses " + responses + " (expected: 0 to 1000000, or -1 for any number)");
    }
    if (retryAfter != null
        && (retryAfter.toMillis() < 10 || retryAfter.compareTo(Duration.ofMinutes(1)) > 0)) {
      throw new IllegalArgumentException(
          "udp: retry after "
              + Durations.format(retryAfter)
              + " (expected: 10 ms to 1 minute, or none)");
    }
  }

  /** Those of the service, or the defaults. */
  static UdpOptions of(VirtualService service) {
    UdpOptions given = service.transportOptions(UdpOptions.class);
    return given == null ? DEFAULT : given;
  }

  /** What the service asks of its sockets. */
  static ServiceSockets sockets(VirtualService service) {
    UdpOptions options = of(service);
    return new ServiceSockets(
        service,
        Protocol.UDP,
        options.listening.dual(),
        options.listening.port(),
        options.outgoing.clientAddress());
  }

  /** Whether this sender is to name the client that it sends for. */
  boolean trusts(InetAddress sender) {
    for (Network network : proxyFrom) {
      if (network.contains(sender)) {
        return true;
      }
    }
    return false;
  }

  /**
   * How clients get in.
   *
   * @param device the only network device through which datagrams may come, and answers go
   *     (SO_BINDTODEVICE), or null for any
   * @param dual whether the wildcard address of IPv6 takes IPv4 clients too; they are seen with
   *     their IPv4 addresses
   * @param receiveBuffer bytes (SO_RCVBUF), up to 1073741824, 0 for the transport's choice; the
   *     system may give less
   * @param transparent whether datagrams for foreign addresses that the firewall directs here are
   *     taken (IP_TRANSPARENT, iptables' TPROXY)
   * @param port where to listen, on the wildcard address of the family, for a service of all ports,
   *     of many, or with a firewall mark: the one that TPROXY is told, and nobody else's; 0 for the
   *     service's own. With {@code transparent} only, and not with {@code dual}. One event loop
   *     carries such a service; up to 1024 addresses and ports of it can be in use at a time, each
   *     of which is a socket, since answers leave from there
   */
  public record Listening(
      @Nullable String device, boolean dual, int receiveBuffer, boolean transparent, int port) {
    public static final Listening DEFAULT = new Listening(null, false, 0, false, 0);

    public Listening {
      new OptionChecks(Protocol.UDP)
          .checkDevice(device)
          .check("receive buffer", receiveBuffer, 0, 1 << 30)
          .checkPort(port, transparent, dual);
    }

    /** What was given: {@code device eth0, dual}. */
    @Override
    public String toString() {
      return new Given()
          .add("device", device)
          .add("dual", dual)
          .add("receive buffer", receiveBuffer)
          .add("transparent", transparent)
          .add("port", port)
          .toString();
    }
  }

  /**
   * From where real servers are asked.
   *
   * @param sources addresses of this machine, used in turn among those of the server's family;
   *     empty for what the routing says. How many ports all of them have together is {@link
   *     UdpTransport#mostDescriptors}
   * @param clientAddress whether real servers see the client's own address and port
   *     (IP_TRANSPARENT), as with LVS-NAT; their way back must lead through this machine. Each flow
   *     then takes a descriptor. Another port where the client's is taken, and where the families
   *     of client and server differ, the address that routing says
   */
  public record Outgoing(List<InetAddress> sources, boolean clientAddress) {
    public static final Outgoing DEFAULT = new Outgoing(List.of(), false);

    public Outgoing {
      sources = List.copyOf(sources);
      new OptionChecks(Protocol.UDP).checkSources(sources, clientAddress);
    }

    /** What was given: {@code sources [192.0.2.1]}. */
    @Override
    public String toString() {
      return new Given()
          .add("sources", sources)
          .add("the client's address", clientAddress)
          .toString();
    }
  }

  /** Which datagrams to real servers begin with a PROXY header, version 2. */
  public enum ProxyTo {
    NONE,
    /** The first of a flow, and the first after it has moved to another server. */
    FIRST,
    /** Each one, as DNS servers such as PowerDNS, dnsdist and BIND want it. */
    EVERY
  }

  /** As nginx's {@code proxy_responses}. */
  public UdpOptions withResponses(int datagrams) {
    return with(parts -> parts.responses = datagrams);
  }

  public UdpOptions withRetryAfter(@Nullable Duration time) {
    return with(parts -> parts.retryAfter = time);
  }

  public UdpOptions withJoined(boolean on) {
    return with(parts -> parts.joined = on);
  }

  public UdpOptions withPassTos(boolean on) {
    return with(parts -> parts.passTos = on);
  }

  public UdpOptions withPassTtl(boolean on) {
    return with(parts -> parts.passTtl = on);
  }

  public UdpOptions withListening(Listening newListening) {
    return with(parts -> parts.listening = newListening);
  }

  public UdpOptions withOutgoing(Outgoing newOutgoing) {
    return with(parts -> parts.outgoing = newOutgoing);
  }

  public UdpOptions withProxyFrom(List<Network> senders) {
    return with(parts -> parts.proxyFrom = senders);
  }

  public UdpOptions withProxyTo(ProxyTo which) {
    return with(parts -> parts.proxyTo = which);
  }

  public UdpOptions withQuic(@Nullable QuicRouting routing) {
    return with(parts -> parts.quic = routing);
  }

  private UdpOptions with(Consumer<Parts> change) {
    Parts parts = new Parts();
    parts.responses = responses;
    parts.retryAfter = retryAfter;
    parts.joined = joined;
    parts.passTos = passTos;
    parts.passTtl = passTtl;
    parts.listening = listening;
    parts.outgoing = outgoing;
    parts.proxyFrom = proxyFrom;
    parts.proxyTo = proxyTo;
    parts.quic = quic;
    change.accept(parts);
    return parts.options();
  }

  /** To change one of many; at first the defaults. */
  private static final class Parts {
    int responses = -1;
    @Nullable Duration retryAfter;
    boolean joined = true;
    boolean passTos;
    boolean passTtl;
    Listening listening = Listening.DEFAULT;
    Outgoing outgoing = Outgoing.DEFAULT;
    List<Network> proxyFrom = List.of();
    ProxyTo proxyTo = ProxyTo.NONE;
    @Nullable QuicRouting quic;

    UdpOptions options() {
      return new UdpOptions(
          responses,
          retryAfter,
          joined,
          passTos,
          passTtl,
          listening,
          outgoing,
          proxyFrom,
          proxyTo,
          quic);
    }
  }

  /** What differs from the defaults. */
  @Override
  public String toString() {
    return "udp options"
        + (responses < 0 ? "" : " responses " + responses)
        + (retryAfter == null ? "" : " retry after " + Durations.format(retryAfter))
        + (joined ? "" : " datagrams one by one")
        + (passTos ? " passes TOS" : "")
        + (passTtl ? " passes TTL" : "")
        + (listening.equals(Listening.DEFAULT) ? "" : " listening " + listening)
        + (outgoing.equals(Outgoing.DEFAULT) ? "" : " outgoing " + outgoing)
        + (proxyFrom.isEmpty() ? "" : " PROXY from " + proxyFrom)
        + (proxyTo == ProxyTo.NONE ? "" : " PROXY to servers, " + proxyTo)
        + (quic == null ? "" : " QUIC " + quic);
  }
}
