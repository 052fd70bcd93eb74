package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Refused;
import io.jvs.model.Network;
import io.jvs.model.Persistence;
import io.jvs.model.Timeouts;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Reading;
import io.jvs.proxyprotocol.Tlv;
import io.jvs.transport.tcp.TcpOptions.ProxyHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** PROXY headers from those who must send them, and to real servers. */
class ProxyProtocolTest {
  private static final TcpOptions FROM_HERE =
      TcpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")));
  private static final TcpOptions FROM_ELSEWHERE =
      TcpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("192.0.2.0/24")));

  private static Rig rig(TcpEngine engine, TcpOptions options, TestServer... servers) {
    return Rig.of(
        engine,
        service ->
            service
                .transportOptions(options)
                .timeouts(Timeouts.DEFAULT.withConnect(Duration.ofSeconds(1))),
        servers);
  }

  private static void send(Socket socket, ByteBuffer bytes) throws IOException {
    byte[] all = new byte[bytes.remaining()];
    bytes.get(all);
    socket.getOutputStream().write(all);
  }

  /** The header that a real server gets first. */
  private static Header header(Socket atServer) throws IOException {
    byte[] soFar = {};
    while (true) {
      Reading reading = HeaderReader.read(ByteBuffer.wrap(soFar), 4096);
      if (reading instanceof Reading.Complete complete) {
        return complete.header();
      }
      assertThat(reading).isEqualTo(Reading.Incomplete.INSTANCE);
      soFar = java.util.Arrays.copyOf(soFar, soFar.length + 1);
      soFar[soFar.length - 1] = atServer.getInputStream().readNBytes(1)[0];
    }
  }

  private static Header from(String source) throws IOException {
    return new Header(
        new Endpoints.Inet(
            false,
            new InetSocketAddress(InetAddress.getByName(source), 4711),
            new InetSocketAddress(
                InetAddress.getByName(source.contains(":") ? "2001:db8::1" : "198.51.100.1"), 443)),
        List.of());
  }

  /** A client stays with its server. */
  private static Rig persistent(
      TcpEngine engine, TcpOptions options, TestServer one, TestServer two) {
    return Rig.of(
        engine,
        service ->
            service
                .transportOptions(options)
                .persistence(Persistence.sourceAddress(Duration.ofMinutes(1))),
        one,
        two);
  }

  @Engines
  void the_header_is_taken_off_and_what_follows_is_served(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, FROM_HERE, server)) {
      for (ByteBuffer header :
          List.of(
              HeaderWriter.version1(from("203.0.113.7")),
              HeaderWriter.version2(from("2001:db8::7"), true),
              HeaderWriter.version2(Header.LOCAL, false))) {
        Socket client = rig.client();
        send(client, header);
        Sockets.ping(client);
      }
    }
  }

  @Engines
  void the_header_says_who_the_client_is(TcpEngine engine) throws Exception {
    try (TestServer one = TestServer.passive();
        TestServer two = TestServer.passive();
        Rig rig = persistent(engine, FROM_HERE, one, two)) {
      for (int i = 0; i < 9; i++) {
        String client = i % 3 == 1 ? "203.0.113.8" : "203.0.113.7";
        send(rig.client(), HeaderWriter.version2(from(client), false));
        int sent = i + 1; // two loops at once might find the same server idle
        Sockets.await("a connection", () -> one.accepted() + two.accepted() == sent);
      }
      assertThat(List.of(one.accepted(), two.accepted())).containsExactlyInAnyOrder(6, 3);
      assertThat(rig.balancer.templates()).isEqualTo(2);
    }
  }

  @Engines
  void a_sender_that_speaks_for_itself_is_the_client(TcpEngine engine) throws Exception {
    try (TestServer one = TestServer.passive();
        TestServer two = TestServer.passive();
        Rig rig =
            persistent(
                engine, FROM_HERE.withProxyTo(new ProxyHeader(1, false, false, false)), one, two)) {
      Header datagram =
          new Header(
              Endpoints.Inet.of(
                  true,
                  new InetSocketAddress("203.0.113.7", 1),
                  new InetSocketAddress("203.0.113.8", 2)),
              List.of());
      send(rig.client(), HeaderWriter.version2(Header.LOCAL, false));
      Sockets.await("the first", () -> one.accepted() + two.accepted() == 1);
      for (Header header :
          List.of(new Header(Endpoints.Unknown.INSTANCE, List.of()), datagram, Header.LOCAL)) {
        send(rig.client(), HeaderWriter.version2(header, false));
      }
      Sockets.await("four", () -> one.accepted() + two.accepted() == 4);
      assertThat(rig.balancer.templates()).isEqualTo(1);
      Socket first = (one.accepted() == 4 ? one : two).next();
      assertThat(((Endpoints.Inet) header(first).endpoints()).source().getAddress())
          .isEqualTo(InetAddress.getLoopbackAddress());
    }
  }

  @Engines
  void from_others_it_is_not_taken(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, FROM_ELSEWHERE, server)) {
      Socket client = rig.client();
      Sockets.send(client, "PROXY UNKNOWN\r\n");
      assertThat(Sockets.receive(client, 15)).isEqualTo("PROXY UNKNOWN\r\n");
    }
  }

  @Engines
  void bad_missing_and_late_headers_are_refused_and_counted(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, FROM_HERE, server)) {
      Socket bad = rig.client();
      Sockets.send(bad, "GET / HTTP/1.1\r\n\r\n");
      assertThat(Sockets.ending(bad)).isEqualTo("reset");
      Socket late = rig.client();
      Sockets.send(late, "PROXY ");
      assertThat(Sockets.ending(late)).isEqualTo("reset");
      Socket missing = rig.client();
      missing.shutdownOutput();
      assertThat(Sockets.ending(missing)).isEqualTo("reset");
      assertThat(rig.balancer.refused(Refused.Cause.BAD_START)).isEqualTo(3);
      assertThat(rig.events.get(0).toString())
          .matches(
              "web: refused \\(bad-start\\): 127.0.0.1:\\d+: begins with 'GET / HTTP/1.1\\\\x0d"
                  + "\\\\x0a…' instead of a PROXY header");
      assertThat(rig.events.get(1).toString())
          .endsWith("no PROXY header within 1 s or before its FIN, but 6 bytes");
      assertThat(rig.events.get(2).toString()).endsWith("but 0 bytes");
      assertThat(server.accepted()).isZero();
      rig.awaitConnections(0);
    }
  }

  @Engines
  void servers_get_a_header_of_either_version(TcpEngine engine) throws Exception {
    for (int version = 1; version <= 2; version++) {
      TcpOptions options =
          TcpOptions.DEFAULT.withProxyTo(new ProxyHeader(version, false, false, false));
      try (TestServer server = TestServer.passive();
          Rig rig = rig(engine, options, server)) {
        Socket client = rig.client();
        Socket atServer = server.next(); // before the client has said a word
        assertThat(header(atServer))
            .isEqualTo(
                new Header(
                    new Endpoints.Inet(
                        false, (InetSocketAddress) client.getLocalSocketAddress(), rig.address),
                    List.of()));
        Sockets.send(client, "hello");
        assertThat(Sockets.receive(atServer, 5)).isEqualTo("hello");
        Sockets.await(
            "bytes", () -> rig.status(server).bytesFromClients() == 5); // and not those of ours
      }
    }
  }

  @Engines
  void what_a_sender_says_is_passed_on_with_what_we_know(TcpEngine engine) throws Exception {
    TcpOptions options = FROM_HERE.withProxyTo(new ProxyHeader(2, true, true, true));
    Header said = from("2001:db8::7");
    Tlv vendor = Tlv.of(0xEA, "vpce-1");
    byte[] hello = FirstBytesTest.hello("shop.example");
    try (TestServer server = TestServer.passive();
        Rig rig = rig(engine, options, server)) {
      Socket client = rig.client();
      send(client, HeaderWriter.version2(new Header(said.endpoints(), List.of(vendor)), true));
      client.getOutputStream().write(hello);
      Socket atServer = server.next();
      Header header = header(atServer);
      assertThat(header.endpoints()).isEqualTo(said.endpoints());
      assertThat(header.tlvs()).startsWith(vendor, Tlv.of(Tlv.AUTHORITY, "shop.example"));
      assertThat(text(header.first(Tlv.UNIQUE_ID).orElseThrow())).matches("[0-9a-f]{16}");
      assertThat(atServer.getInputStream().readNBytes(hello.length)).isEqualTo(hello);

      Socket second = rig.client();
      Tlv id = Tlv.of(Tlv.UNIQUE_ID, "theirs");
      Tlv host = Tlv.of(Tlv.AUTHORITY, "theirs.example");
      send(second, HeaderWriter.version2(new Header(said.endpoints(), List.of(id, host)), true));
      second.getOutputStream().write(hello);
      assertThat(header(server.next()).tlvs()).containsExactly(id, host);
    }
  }

  private static String text(Tlv tlv) {
    return new String(tlv.value(), StandardCharsets.UTF_8);
  }

  @Engines
  void of_ids_each_connection_has_its_own(TcpEngine engine) throws Exception {
    TcpOptions options = TcpOptions.DEFAULT.withProxyTo(new ProxyHeader(2, false, true, false));
    try (TestServer server = TestServer.passive();
        Rig rig = rig(engine, options, server)) {
      rig.client();
      Header first = header(server.next());
      rig.client();
      assertThat(header(server.next()).tlvs()).hasSize(1).isNotEqualTo(first.tlvs());
    }
  }
}
