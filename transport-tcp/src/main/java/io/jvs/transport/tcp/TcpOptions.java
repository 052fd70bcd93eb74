package io.jvs.transport.tcp;

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
import org.jspecify.annotations.Nullable;

/**
 * How the TCP transport carries one service; {@link #DEFAULT} is as plain as can be.
 *
 * @param listening how clients get in
 * @param clientSockets options of the sockets towards clients
 * @param serverSockets options of the sockets towards real servers
 * @param outgoing from where real servers are connected to
 * @param proxyFrom senders that begin each connection with a PROXY header, version 1 or 2, which
 *     names the real client; they must send it within the service's timeout for connecting, and
 *     from anybody else it is not taken but passed on as bytes like any other. Empty for nobody
 * @param proxyTo the PROXY header that real servers get, or null for none
 * @param firstBytes what to read of the client's first bytes, as key of persistence and of policies
 *     that hash, or null for nothing
 */
public record TcpOptions(
    Listening listening,
    SocketOptions clientSockets,
    SocketOptions serverSockets,
    Outgoing outgoing,
    List<Network> proxyFrom,
    @Nullable ProxyHeader proxyTo,
    @Nullable FirstBytes firstBytes)
    implements TransportOptions {
  /** All as the system and the transport think best. */
  public static final TcpOptions DEFAULT =
      new TcpOptions(
          Listening.DEFAULT,
          SocketOptions.DEFAULT,
          SocketOptions.DEFAULT,
          Outgoing.DEFAULT,
          List.of(),
          null,
          null);

  public TcpOptions {
    proxyFrom = List.copyOf(proxyFrom);
  }

  /** Those of the service, or the defaults. */
  static TcpOptions of(VirtualService service) {
    TcpOptions given = service.transportOptions(TcpOptions.class);
    return given == null ? DEFAULT : given;
  }

  /** What the service asks of its sockets. */
  static ServiceSockets sockets(VirtualService service) {
    TcpOptions options = of(service);
    return new ServiceSockets(
        service,
        Protocol.TCP,
        options.listening.dual(),
        options.listening.port(),
        options.outgoing.clientAddress());
  }

  public TcpOptions withListening(Listening newListening) {
    return new TcpOptions(
        newListening, clientSockets, serverSockets, outgoing, proxyFrom, proxyTo, firstBytes);
  }

  /** Of the sockets towards clients and of those towards real servers. */
  public TcpOptions withSockets(SocketOptions clients, SocketOptions servers) {
    return new TcpOptions(listening, clients, servers, outgoing, proxyFrom, proxyTo, firstBytes);
  }

  public TcpOptions withOutgoing(Outgoing newOutgoing) {
    return new TcpOptions(
        listening, clientSockets, serverSockets, newOutgoing, proxyFrom, proxyTo, firstBytes);
  }

  public TcpOptions withProxyFrom(List<Network> senders) {
    return new TcpOptions(
        listening, clientSockets, serverSockets, outgoing, senders, proxyTo, firstBytes);
  }

  public TcpOptions withProxyTo(@Nullable ProxyHeader header) {
    return new TcpOptions(
        listening, clientSockets, serverSockets, outgoing, proxyFrom, header, firstBytes);
  }

  public TcpOptions withFirstBytes(@Nullable FirstBytes what) {
    return new TcpOptions(
        listening, clientSockets, serverSockets, outgoing, proxyFrom, proxyTo, what);
  }

  /** What differs from the defaults. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("tcp options");
    add(out, "listening", listening, Listening.DEFAULT);
    add(out, "client sockets", clientSockets, SocketOptions.DEFAULT);
    add(out, "server sockets", serverSockets, SocketOptions.DEFAULT);
    add(out, "outgoing", outgoing, Outgoing.DEFAULT);
    add(out, "PROXY from", proxyFrom, List.of());
    add(out, "PROXY to servers", proxyTo, null);
    add(out, "first bytes", firstBytes, null);
    return out.toString();
  }

  private static void add(
      StringBuilder out, String what, @Nullable Object value, @Nullable Object usual) {
    if (value != null && !value.equals(usual)) {
      out.append(' ').append(what).append(' ').append(value);
    }
  }

  /**
   * How clients get in.
   *
   * @param backlog clients that may wait for being accepted, at each listening socket, 1 to
   *     1000000; 0 for that of the transport
   * @param device the only network device through which clients may come (SO_BINDTODEVICE), or null
   *     for any
   * @param dual whether the wildcard address of IPv6 takes IPv4 clients too; they are seen with
   *     their IPv4 addresses
   * @param fastOpen connections that may carry data in their SYN and are not established yet
   *     (TCP_FASTOPEN, RFC 7413); 0 for none
   * @param transparent whether packets for foreign addresses that the firewall directs here are
   *     taken (IP_TRANSPARENT, iptables' TPROXY)
   * @param port where to listen, on the wildcard address of the family, for a service of all ports,
   *     of many, or with a firewall mark: the one that TPROXY is told, and nobody else's; 0 for the
   *     service's own. With {@code transparent} only
   */
  public record Listening(
      int backlog,
      @Nullable String device,
      boolean dual,
      int fastOpen,
      boolean transparent,
      int port) {
    public static final Listening DEFAULT = new Listening(0, null, false, 0, false, 0);

    public Listening {
      new OptionChecks(Protocol.TCP)
          .check("backlog", backlog, 0, 1_000_000)
          .check("fast open", fastOpen, 0, 1_000_000)
          .checkDevice(device)
          .checkPort(port, transparent, dual);
    }

    /** What was given: {@code device eth0, dual}. */
    @Override
    public String toString() {
      return new Given()
          .add("backlog", backlog)
          .add("device", device)
          .add("dual", dual)
          .add("fast open", fastOpen)
          .add("transparent", transparent)
          .add("port", port)
          .toString();
    }
  }

  /**
   * Options of sockets, as in socket(7) and tcp(7); 0 and null for the system's.
   *
   * @param keepAlive when and how the other side is asked whether it is still there, or null
   * @param userTimeout how long bytes may stay unacknowledged (TCP_USER_TIMEOUT), 1 ms to 1 day, or
   *     null
   * @param sendBuffer bytes (SO_SNDBUF), which also turns off the system's own tuning
   * @param receiveBuffer bytes (SO_RCVBUF)
   */
  public record SocketOptions(
      @Nullable KeepAlive keepAlive,
      @Nullable Duration userTimeout,
      int sendBuffer,
      int receiveBuffer) {
    public static final SocketOptions DEFAULT = new SocketOptions(null, null, 0, 0);

    public SocketOptions {
      OptionChecks checks = new OptionChecks(Protocol.TCP);
      checks
          .check("send buffer", sendBuffer, 0, 1 << 30)
          .check("receive buffer", receiveBuffer, 0, 1 << 30);
      if (userTimeout != null) {
        checks.check("user timeout", userTimeout, Duration.ofMillis(1), Duration.ofDays(1));
      }
    }

    /** What was given: {@code user timeout 5s}. */
    @Override
    public String toString() {
      return new Given()
          .add("keep-alive", keepAlive)
          .add("user timeout", userTimeout == null ? null : Durations.format(userTimeout))
          .add("send buffer", sendBuffer)
          .add("receive buffer", receiveBuffer)
          .toString();
    }
  }

  /**
   * TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT.
   *
   * @param idle silence before the first question, whole seconds, 1 s to 32767 s
   * @param interval between two, likewise
   * @param count unanswered ones after which the connection is broken, 1 to 127
   */
  public record KeepAlive(Duration idle, Duration interval, int count) {
    private static final Duration MOST = Duration.ofSeconds(32_767);

    public KeepAlive {
      new OptionChecks(Protocol.TCP)
          .check("keep-alive idle", idle, Duration.ofSeconds(1), MOST)
          .check("keep-alive interval", interval, Duration.ofSeconds(1), MOST)
          .check("keep-alive count", count, 1, 127)
          .checkSeconds("keep-alive idle", idle)
          .checkSeconds("keep-alive interval", interval);
    }

    /** {@code after 30s, every 5s, 3 times}. */
    @Override
    public String toString() {
      return "after "
          + Durations.format(idle)
          + ", every "
          + Durations.format(interval)
          + ", "
          + count
          + " times";
    }
  }

  /**
   * From where real servers are connected to.
   *
   * @param sources addresses of this machine, used in turn among those of the server's family, so
   *     that their ports add up; empty for what the routing says
   * @param clientAddress whether real servers see the client's own address and port
   *     (IP_TRANSPARENT), as with LVS-NAT; their way back must lead through this machine. Another
   *     port where the client's is taken, and where the families of client and server differ, as
   *     they may with {@code dual} and host names, the address that routing says
   */
  public record Outgoing(List<InetAddress> sources, boolean clientAddress) {
    public static final Outgoing DEFAULT = new Outgoing(List.of(), false);

    public Outgoing {
      sources = List.copyOf(sources);
      new OptionChecks(Protocol.TCP).checkSources(sources, clientAddress);
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

  /**
   * The PROXY header that real servers get. What a sender has said in a header of its own is passed
   * on, its addresses and its TLVs too.
   *
   * @param version 1 or 2
   * @param authority whether to add the host name of the client's TLS hello (PP2_TYPE_AUTHORITY);
   *     without {@link TcpOptions#firstBytes} it is waited for as by {@link FirstBytes#of}
   * @param uniqueId whether to add an id of the connection, the same as in the connection log
   *     (PP2_TYPE_UNIQUE_ID)
   * @param checksum whether to add a checksum (PP2_TYPE_CRC32C)
   */
  public record ProxyHeader(int version, boolean authority, boolean uniqueId, boolean checksum) {
    public ProxyHeader {
      new OptionChecks(Protocol.TCP).check("PROXY version", version, 1, 2);
      if (version == 1 && (authority || uniqueId || checksum)) {
        throw new IllegalArgumentException(
            "tcp: PROXY version 1 has no room for authority, uniqueId and checksum (expected:"
                + " version 2)");
      }
    }
  }

  /**
   * What to read of the client's first bytes. They are not taken: the real server gets them all. A
   * client that sends something else, or too little in that time, is served without a key. Where
   * servers speak first, each client waits as long as that may take.
   *
   * @param what what to find
   * @param patience how long at most, 1 ms to 1 minute
   * @param atMost bytes, 64 to 65536
   */
  public record FirstBytes(What what, Duration patience, int atMost) {
    /** Five seconds, 16 KiB. */
    public static FirstBytes of(What what) {
      return new FirstBytes(what, Duration.ofSeconds(5), 16 * 1024);
    }

    public FirstBytes {
      new OptionChecks(Protocol.TCP)
          .check("first bytes patience", patience, Duration.ofMillis(1), Duration.ofMinutes(1))
          .check("first bytes at most", atMost, 64, 65_536);
    }

    /** What can be found. */
    public enum What {
      /** The host name that a TLS ClientHello asks for (RFC 6066 section 3), in lower case. */
      SNI,
      /**
       * The TLS session that a ClientHello wants to resume, so that it comes to the server that
       * can; with persistence by application key.
       *
       * <p>Up to TLS 1.2 servers give out session ids (RFC 5246) and tickets (RFC 5077) in the
       * clear, which are read on their way to the client: its next connection is for that server.
       * TLS 1.3 encrypts tickets, so only one that has been offered and accepted is known (RFC 8446
       * section 4.2.11): a client that uses a ticket again, or has a key of its own, stays with the
       * server that took it; one that uses each ticket once, as browsers do, is never recognised.
       * For those, {@link #SNI}, or persistence by source.
       */
      TLS_SESSION,
      /** The cookie or token of an RDP connection request (MS-RDPBCGR 2.2.1.1). */
      RDP_COOKIE
    }
  }
}
