package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Capture;
import io.jvs.lab.network.OwnNetwork;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.transport.tcp.TcpOptions.ProxyHeader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What tshark reads out of the PROXY headers that real servers get. */
class HeaderPacketsTest {
  @Engines
  void headers_are_what_others_understand(TcpEngine engine, @TempDir Path folder) throws Exception {
    Capture.needed();
    List<String> said =
        OwnNetwork.run(
            folder,
            "true",
            HeaderPacketsTest.class,
            engine.name(),
            folder.resolve("packets.pcapng").toString());
    assertThat(said).last().isEqualTo("all well");
  }

  /** On the network of its own. */
  public static void main(String[] arguments) throws Exception {
    Capture capture = Capture.start(Path.of(arguments[1]), 256, "lo");
    List<String> expected = new ArrayList<>();
    for (String ip : List.of("127.0.0.1", "::1")) {
      for (boolean checksum : new boolean[] {false, true}) {
        expected.add(introduce(TcpEngine.valueOf(arguments[0]), ip, checksum));
      }
    }
    capture.stop();
    assertThat(
            capture
                .rows(
                    "proxy",
                    "proxy.v2.version",
                    "proxy.v2.cmd",
                    "proxy.v2.addr_family_protocol",
                    "proxy.src.ipv4",
                    "proxy.src.ipv6",
                    "proxy.srcport",
                    "proxy.dst.ipv4",
                    "proxy.dst.ipv6",
                    "proxy.dstport",
                    "proxy.v2.length",
                    "proxy.bad_format")
                .stream()
                .distinct()) // the server echoes it
        .containsExactlyElementsOf(expected);
    System.out.println("all well");
  }

  /** Of a client that connects there; returns what tshark should say of it. */
  private static String introduce(TcpEngine engine, String ip, boolean checksum) throws Exception {
    TcpOptions options = TcpOptions.DEFAULT.withProxyTo(new ProxyHeader(2, false, false, checksum));
    InetSocketAddress address = Sockets.freeAddress(SocketAddresses.parseIp(ip));
    try (TestServer server = TestServer.at(ip, 0, TestServer.ECHO);
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service
                        .address(VirtualAddress.of(Protocol.TCP, address))
                        .transportOptions(options),
                server)) {
      Socket client = rig.client();
      Sockets.send(client, "ping");
      int length = (ip.equals("::1") ? 52 : 28) + (checksum ? 7 : 0) + 4;
      Sockets.receive(client, length); // the server gives back the header too
      String ends = ip.equals("::1") ? " ::1 " : ip + "  ";
      return "2 1 "
          + (ip.equals("::1") ? "0x21 " : "0x11 ")
          + ends
          + client.getLocalPort()
          + " "
          + ends
          + rig.address.getPort()
          + " "
          + ((ip.equals("::1") ? 36 : 12) + (checksum ? 7 : 0))
          + " ";
    }
  }
}
