package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Network;
import io.jvs.model.RealServer;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Tlv;
import io.jvs.transport.tcp.TcpOptions.ProxyHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real haproxy and nginx read our PROXY headers, and we read theirs. */
class RealProxyProtocolTest {
  private static final TcpOptions FROM_HERE =
      TcpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")));
  private static final List<String> LOOPBACKS = List.of("127.0.0.1", "::1");

  private final Path directory;

  RealProxyProtocolTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static InetSocketAddress free(String ip) throws IOException {
    return Sockets.freeAddress(InetAddress.getByName(ip));
  }

  private static String text(InetSocketAddress address) {
    return io.jvs.model.SocketAddresses.format(address);
  }

  private RealProgram haproxy(String configuration, List<InetSocketAddress> listens)
      throws Exception {
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(
        file,
        """
        defaults
          timeout connect 5s
          timeout client 5s
          timeout server 5s
        """
            + configuration);
    return RealProgram.start(
        directory.resolve("haproxy.log"), listens, "haproxy", "-db", "-f", file.toString());
  }

  private RealProgram nginx(String configuration, List<InetSocketAddress> listens)
      throws Exception {
    Path file = directory.resolve("nginx.conf");
    String module = "/usr/lib/nginx/modules/ngx_stream_module.so"; // where Debian has it
    Files.writeString(
        file,
        """
        daemon off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        %2$s
        events { worker_connections 64; }
        %3$s
        """
            .formatted(
                directory,
                configuration.contains("stream {") && Files.exists(Path.of(module))
                    ? "load_module " + module + ";"
                    : "",
                configuration.replace("DIRECTORY", directory.toString())));
    return RealProgram.start(
        directory.resolve("nginx.log"),
        listens,
        "nginx",
        "-c",
        file.toString(),
        "-e",
        directory.resolve("start.log").toString());
  }

  /** The body of what an HTTP server answers, with this header in front, through JVS or not. */
  private static String get(InetSocketAddress address, @Nullable ByteBuffer header)
      throws IOException {
    try (Socket client = Sockets.connect(address)) {
      if (header != null) {
        byte[] bytes = new byte[header.remaining()];
        header.get(bytes);
        client.getOutputStream().write(bytes);
      }
      Sockets.send(client, "GET / HTTP/1.0\r\nHost: x\r\n\r\n");
      String all = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return all.substring(all.indexOf("\r\n\r\n") + 4).strip();
    } catch (java.net.SocketException e) {
      return "reset";
    }
  }

  private static Rig rig(TcpOptions options, InetSocketAddress vip, InetSocketAddress server) {
    return Rig.of(
        TcpEngine.AUTO,
        service ->
            service
                .address(io.jvs.model.VirtualAddress.of(io.jvs.model.Protocol.TCP, vip))
                .transportOptions(options)
                .realServer(RealServer.of(server)));
  }

  private static Header said(String source, String destination, Tlv... tlvs) throws IOException {
    return new Header(
        new Endpoints.Inet(
            false,
            new InetSocketAddress(InetAddress.getByName(source), 4711),
            new InetSocketAddress(InetAddress.getByName(destination), 443)),
        List.of(tlvs));
  }

  @Test
  void haproxy_reads_ours_with_tlvs_and_a_checksum() throws Exception {
    RealProgram.need("haproxy", "haproxy");
    InetSocketAddress v4 = free("127.0.0.1");
    InetSocketAddress v6 = free("::1");
    String configuration =
        """
        frontend web
          mode http
          bind %s accept-proxy
          bind %s accept-proxy
          http-request return status 200 content-type text/plain lf-string \
        "%%[src] %%[src_port] %%[dst] %%[dst_port] %%[fc_pp_authority] %%[fc_pp_unique_id]"
        """
            .formatted(text(v4), text(v6));
    Tlv authority = Tlv.of(Tlv.AUTHORITY, "shop.example");
    Header v4Said = said("203.0.113.7", "198.51.100.1", authority);
    Header v6Said = said("2001:db8::7", "2001:db8::1", authority);
    try (RealProgram haproxy = haproxy(configuration, List.of(v4, v6))) {
      for (InetSocketAddress server : List.of(v4, v6)) {
        InetSocketAddress vip = free("127.0.0.1");
        TcpOptions second = FROM_HERE.withProxyTo(new ProxyHeader(2, true, true, true));
        try (Rig rig = rig(second, vip, server)) {
          assertThat(get(rig.address, HeaderWriter.version2(v4Said, true)))
              .matches("203\\.0\\.113\\.7 4711 198\\.51\\.100\\.1 443 shop\\.example [0-9a-f]{16}");
          assertThat(get(rig.address, HeaderWriter.version2(v6Said, true)))
              .matches("2001:db8::7 4711 2001:db8::1 443 shop\\.example [0-9a-f]{16}");
        }
        TcpOptions first = FROM_HERE.withProxyTo(new ProxyHeader(1, false, false, false));
        try (Rig rig = rig(first, vip, server)) {
          assertThat(get(rig.address, HeaderWriter.version2(v6Said, true)))
              .startsWith("2001:db8::7 4711 2001:db8::1 443");
        }
      }
      byte[] wrong = new byte[HeaderWriter.version2(v4Said, true).remaining()];
      HeaderWriter.version2(v4Said, true).get(wrong);
      assertThat(get(v4, ByteBuffer.wrap(wrong))).startsWith("203.0.113.7");
      wrong[wrong.length - 1] ^= 1;
      assertThat(get(v4, ByteBuffer.wrap(wrong))).as("it does look").doesNotContain("203");
      assertThat(haproxy).isNotNull();
    }
  }

  @Test
  void nginx_reads_ours_with_tlvs_and_a_checksum() throws Exception {
    RealProgram.need("nginx", "nginx");
    InetSocketAddress server = free("127.0.0.1");
    String configuration =
        """
        http {
          access_log off;
          client_body_temp_path DIRECTORY/body;
          proxy_temp_path DIRECTORY/proxy;
          fastcgi_temp_path DIRECTORY/fastcgi;
          uwsgi_temp_path DIRECTORY/uwsgi;
          scgi_temp_path DIRECTORY/scgi;
          server {
            listen %s proxy_protocol;
            location / {
              default_type text/plain;
              return 200 "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr";
            }
          }
        }
        """
            .formatted(text(server));
    try (RealProgram nginx = nginx(configuration, List.of(server))) {
      for (ProxyHeader wanted :
          List.of(new ProxyHeader(1, false, false, false), new ProxyHeader(2, false, true, true))) {
        try (Rig rig = rig(FROM_HERE.withProxyTo(wanted), free("127.0.0.1"), server)) {
          assertThat(get(rig.address, HeaderWriter.version1(said("203.0.113.7", "198.51.100.1"))))
              .isEqualTo("203.0.113.7 4711 198.51.100.1");
          assertThat(get(rig.address, HeaderWriter.version1(said("2001:db8::7", "2001:db8::1"))))
              .isEqualTo("2001:db8::7 4711 2001:db8::1");
        }
        TcpOptions ours = TcpOptions.DEFAULT.withProxyTo(wanted);
        try (Rig rig = rig(ours, free("::1"), server)) {
          assertThat(get(rig.address, null)).matches("::1 \\d+ ::1");
        }
      }
      assertThat(nginx).isNotNull();
    }
  }

  /** A server that answers with the line of version 1 that JVS gives it. */
  private static TestServer tells() throws IOException {
    return TestServer.that(
        socket -> {
          StringBuilder line = new StringBuilder();
          for (int each = 0; each != '\n'; ) {
            each = socket.getInputStream().read();
            line.append((char) each);
          }
          socket.getInputStream().skipNBytes(4); // else nginx may close before it has read them
          Sockets.send(socket, line.toString());
        });
  }

  /** What a server behind JVS is told of a client that connects to somebody before JVS. */
  private static void assertToldOfClientsOf(InetSocketAddress address) throws IOException {
    try (Socket client = Sockets.connect(address)) {
      Sockets.send(client, "ping");
      String ip = io.jvs.model.SocketAddresses.format(address.getAddress());
      String told =
          new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      assertThat(told)
          .isEqualTo(
              "PROXY TCP%s %s %s %d %d"
                  .formatted(
                      ip.contains(":") ? 6 : 4, ip, ip, client.getLocalPort(), address.getPort()));
    }
  }

  @Test
  void we_read_what_haproxy_sends() throws Exception {
    RealProgram.need("haproxy", "haproxy");
    TcpOptions options = FROM_HERE.withProxyTo(new ProxyHeader(1, false, false, false));
    try (TestServer server = tells()) {
      for (String how :
          List.of("send-proxy", "send-proxy-v2 proxy-v2-options crc32c,unique-id,ssl")) {
        for (String ip : LOOPBACKS) {
          InetSocketAddress before = free(ip);
          try (Rig rig = rig(options, free("127.0.0.1"), server.address());
              RealProgram haproxy =
                  haproxy(
                      """
                      listen before
                        mode tcp
                        unique-id-format %%{+X}o%%ci-%%cp
                        bind %s
                        server jvs %s %s
                      """
                          .formatted(text(before), text(rig.address), how),
                      List.of(before))) {
            assertToldOfClientsOf(before);
            assertThat(haproxy).isNotNull();
          }
        }
      }
    }
  }

  @Test
  void we_read_what_nginx_sends() throws Exception {
    RealProgram.need("nginx", "nginx");
    RealProgram.need(
        Files.exists(Path.of("/usr/lib/nginx/modules/ngx_stream_module.so")),
        "nginx has no stream module; apt-get install libnginx-mod-stream");
    TcpOptions options = FROM_HERE.withProxyTo(new ProxyHeader(1, false, false, false));
    for (String ip : LOOPBACKS) {
      InetSocketAddress before = free(ip);
      try (TestServer server = tells();
          Rig rig = rig(options, free("127.0.0.1"), server.address());
          RealProgram nginx =
              nginx(
                  """
                  stream {
                    server {
                      listen %s;
                      proxy_protocol on;
                      proxy_pass %s;
                    }
                  }
                  """
                      .formatted(text(before), text(rig.address)),
                  List.of(before))) {
        assertToldOfClientsOf(before);
        assertThat(nginx).isNotNull();
      }
    }
  }
}
