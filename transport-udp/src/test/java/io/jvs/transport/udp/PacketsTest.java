package io.jvs.transport.udp;

import static io.jvs.transport.udp.LabNetwork.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Capture;
import io.jvs.lab.network.Needed;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a packet capture shows, on either side of the director; wires take 1,500 bytes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PacketsTest {
  private static final int[] SIZES = {0, 1, 1_452, 1_453, 1_472, 1_473, 9_000, 65_507};

  private static final List<String> CLIENTS = List.of("10.1.0.", "fd01::");

  private final LabNetwork lab = new LabNetwork();
  private final Path folder;

  PacketsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void datagrams_of_every_size_have_good_checksums_whole_and_in_fragments() throws Exception {
    realChecksums();
    Peer[] servers = {lab.server("10.2.0.2", 5353), lab.server("fd02::2", 5353)};
    List<VirtualService> services = new ArrayList<>();
    for (String ip : CLIENTS) {
      for (int i = 0; i < servers.length; i++) { // IPv4 and IPv6, to IPv4 and IPv6
        services.add(service(address(ip + "1", 53 + i), servers[i], UdpOptions.DEFAULT));
      }
    }
    lab.director(services.toArray(VirtualService[]::new));
    Capture capture = Capture.start(lab.director, folder.resolve("packets"), "c0", "s0");
    Random random = new Random(1);
    for (String ip : CLIENTS) {
      Peer client = lab.client(ip + "2");
      for (int i = 0; i < servers.length; i++) {
        for (int size : SIZES) {
          byte[] payload = new byte[size];
          random.nextBytes(payload);
          client.send(address(ip + "1", 53 + i), payload);
          Peer.Received question = servers[i].receive();
          assertThat(question.payload()).isEqualTo(payload);
          random.nextBytes(payload);
          servers[i].send(question.from(), payload);
          Peer.Received answer = client.receive();
          assertThat(answer.payload()).isEqualTo(payload);
          assertThat(answer.from()).isEqualTo(address(ip + "1", 53 + i));
        }
      }
    }
    capture.stop();
    // On each wire each way: one packet each, with the payload; its fragments are no UDP to tshark.
    assertThat(capture.rows("udp", "udp.checksum.status", "udp.checksum"))
        .hasSize(4 * 4 * SIZES.length)
        .allMatch(row -> row.startsWith("1 "))
        .noneMatch(row -> row.endsWith(" 0x0000"));
    assertThat(capture.rows("ip.flags.mf == 1 || ipv6.fraghdr.more == 1", "frame.number"))
        .hasSizeGreaterThan(4 * 4 * 45);
  }

  /** Each datagram has 1,300 bytes; the smaller wire takes 1,280 with all headers. */
  @ParameterizedTest
  @ValueSource(ints = {1_500, 1_280})
  void trains_arrive_whole_although_the_next_wire_takes_less(int mtu) throws Exception {
    Needed.command("ethtool", "ethtool");
    lab.director.sh("ethtool -K s0 tx off; ip link set s0 mtu " + mtu);
    lab.server.sh("ip link set d0 mtu " + mtu);
    Peer[] servers = {lab.server("10.2.0.2", 5353), lab.server("fd02::2", 5353)};
    List<VirtualService> services = new ArrayList<>();
    for (int i = 0; i < servers.length; i++) {
      services.add(service(address(CLIENTS.get(i) + "1", 53), servers[i], UdpOptions.DEFAULT));
    }
    UdpTransport transport = lab.director(services.toArray(VirtualService[]::new));
    Capture capture = Capture.start(lab.director, folder.resolve("packets"), "c0", "s0");
    for (int i = 0; i < servers.length; i++) {
      try (PacketSender client = sender(address(CLIENTS.get(i) + "2", 0))) {
        byte[] train =
            client.sendTrain(address(CLIENTS.get(i) + "1", 53), 1_300, 20 * 1_300 + 77, i);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        for (int k = 0; k < 21; k++) {
          byte[] part = servers[i].receive().payload();
          assertThat(part).hasSize(k == 20 ? 77 : 1_300);
          arrived.write(part);
        }
        assertThat(arrived.toByteArray()).isEqualTo(train);
      }
    }
    capture.stop();
    assertThat(transport.status().dropped(UdpDrop.TOO_LONG)).isZero();
    assertThat(transport.status().dropped(UdpDrop.NOT_SENT)).isZero();
    assertThat(capture.rows("frame.interface_name == c0 && udp", "udp.length"))
        .as("whole trains")
        .containsOnly(Integer.toString(8 + 20 * 1_300 + 77))
        .hasSize(2);
    assertThat(capture.rows("frame.interface_name == s0 && udp", "udp.checksum.status"))
        .hasSize(42)
        .containsOnly("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.1", "fd01::1", "::"})
  void tos_with_ecn_and_ttl_are_passed_on_both_ways(String ip) throws Exception {
    boolean six = ip.equals("fd01::1");
    Peer server = lab.server(six ? "fd02::2" : "10.2.0.2", 5353);
    InetSocketAddress asked = address(six ? ip : "10.1.0.1", 53);
    UdpTransport transport =
        lab.director(
            VirtualService.udp(ip, 53)
                .realServer(server.realServer())
                .transportOptions(
                    UdpOptions.DEFAULT
                        .withPassTos(true)
                        .withPassTtl(true)
                        .withListening(
                            new UdpOptions.Listening(null, ip.equals("::"), 0, false, 0)))
                .build());
    Capture capture = Capture.start(lab.director, folder.resolve("packets"), "s0", "c0");
    try (PacketSender client = sender(address(six ? "fd01::2" : "10.1.0.2", 0))) {
      client.send(asked, 0xBB, 1);
      Rig.await("its time is over", () -> transport.status().dropped(UdpDrop.EXPIRED) == 1);
      client.send(asked, 0xBB, 17); // EF, congestion experienced
      InetSocketAddress port = server.receive().from();
      try (PacketSender answering = lab.server.call(() -> other(server))) {
        answering.send(port, 0x2A, 9);
        Rig.await(
            "answered",
            () -> transport.status().dropped(UdpDrop.STRAY) == 1); // it has another port
      }
      server.close();
      try (PacketSender answering = lab.server.call(() -> PacketSender.at(server.address()))) {
        answering.send(port, 0x2B, 1);
        Rig.await("its time is over", () -> transport.status().dropped(UdpDrop.EXPIRED) == 2);
        answering.send(port, 0x2B, 9);
      }
      capture.stop();
      String[] fields =
          six ? new String[] {"ipv6.tclass", "ipv6.hlim"} : new String[] {"ip.dsfield", "ip.ttl"};
      assertThat(capture.rows("udp.dstport == 5353", fields))
          .as("to the server")
          .containsExactly(row(six, 0xBB, 16));
      assertThat(capture.rows("udp.srcport == 53", fields))
          .as("to the client")
          .containsExactly(row(six, 0x2B, 8));
    }
  }

  @Test
  void headers_are_what_others_understand() throws Exception {
    Peer four = lab.server("10.2.0.2", 5353);
    Peer six = lab.server("fd02::2", 5353);
    UdpOptions every = UdpOptions.DEFAULT.withProxyTo(ProxyTo.EVERY);
    lab.director(
        service(address("10.1.0.1", 53), four, every), service(address("fd01::1", 53), six, every));
    Capture capture = Capture.start(lab.director, folder.resolve("packets"), "s0");
    try (PacketSender client4 = sender(address("10.1.0.2", 4444));
        PacketSender client6 = sender(address("fd01::2", 4446))) {
      byte[] train = client4.sendTrain(address("10.1.0.1", 53), 400, 5 * 400 + 1, 7);
      client6.send(address("fd01::1", 53), 0, 64);
      ByteArrayOutputStream arrived = new ByteArrayOutputStream();
      for (int i = 0; i < 6; i++) {
        byte[] each = four.receive().payload();
        arrived.write(each, 28, each.length - 28);
      }
      assertThat(arrived.toByteArray()).as("each of a train has its header").isEqualTo(train);
      assertThat(six.receive().payload()).hasSize(52 + 64);
    }
    capture.stop();
    assertThat(
            capture.rows(
                "proxy && ip",
                "proxy.v2.version",
                "proxy.v2.cmd",
                "proxy.v2.addr_family_protocol",
                "proxy.src.ipv4",
                "proxy.srcport",
                "proxy.dst.ipv4",
                "proxy.dstport"))
        .hasSize(6)
        .containsOnly("2 1 0x12 10.1.0.2 4444 10.1.0.1 53");
    assertThat(
            capture.rows(
                "proxy && ipv6",
                "proxy.v2.version",
                "proxy.v2.cmd",
                "proxy.v2.addr_family_protocol",
                "proxy.src.ipv6",
                "proxy.srcport",
                "proxy.dst.ipv6",
                "proxy.dstport"))
        .containsExactly("2 1 0x22 fd01::2 4446 fd01::1 53");
  }

  @Test
  void the_rest_of_a_train_stays_one_behind_its_first_datagram() throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    InetSocketAddress asked = address("10.1.0.1", 53);
    lab.director(service(asked, server, UdpOptions.DEFAULT.withProxyTo(ProxyTo.FIRST)));
    try (PacketSender client = sender(address("10.1.0.2", 4444))) {
      byte[] train = client.sendTrain(asked, 400, 5 * 400 + 1, 7);
      ByteArrayOutputStream arrived = new ByteArrayOutputStream();
      for (int i = 0; i < 6; i++) {
        byte[] each = server.receive().payload();
        assertThat(each).hasSize(i == 0 ? 428 : i == 5 ? 1 : 400);
        arrived.write(each, i == 0 ? 28 : 0, each.length - (i == 0 ? 28 : 0));
      }
      assertThat(arrived.toByteArray()).isEqualTo(train);
    }
  }

  private PacketSender sender(InetSocketAddress address) {
    return lab.client.call(() -> PacketSender.at(address));
  }

  private static PacketSender other(Peer server) throws Exception {
    return PacketSender.at(new InetSocketAddress(server.address().getAddress(), 0));
  }

  private static String row(boolean six, int tos, int ttl) {
    return (six ? "0x%08x %d" : "0x%02x %d").formatted(tos, ttl);
  }

  /** Else wires between namespaces carry them unfinished, and fragments and trains in one piece. */
  private void realChecksums() {
    Needed.command("ethtool", "ethtool");
    lab.client.sh("ethtool -K d0 tx off");
    lab.director.sh("ethtool -K c0 tx off; ethtool -K s0 tx off");
    lab.server.sh("ethtool -K d0 tx off");
  }

  private static VirtualService service(InetSocketAddress at, Peer server, UdpOptions options) {
    return VirtualService.udp(at)
        .realServer(RealServer.of(SocketAddresses.format(server.address())))
        .transportOptions(options)
        .build();
  }
}
