package io.jvs.transport.udp;

import static io.jvs.transport.udp.LabNetwork.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the system of a client makes of it when no real server takes what it sends. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnreachableClientTest {
  private final LabNetwork lab = new LabNetwork();

  @AfterEach
  void close() {
    lab.close();
  }

  /** As a program has that wants to hear of errors: it sends to one address. */
  private DatagramSocket client(InetSocketAddress asked) throws IOException {
    return lab.client.call(
        () -> {
          DatagramSocket socket = new DatagramSocket();
          socket.connect(asked);
          socket.setSoTimeout(20_000);
          return socket;
        });
  }

  private static void assertRefused(DatagramSocket client) throws IOException {
    send(client, "question");
    assertThatThrownBy(() -> receive(client)).isInstanceOf(PortUnreachableException.class);
  }

  private static void send(DatagramSocket client, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    client.send(new DatagramPacket(bytes, bytes.length));
  }

  private static String receive(DatagramSocket client) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    client.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  /** At one address and at all of them; servers of the other family too. */
  @ParameterizedTest
  @CsvSource({
    "10.1.0.1, 10.1.0.1, 10.2.0.2:9",
    "0.0.0.0, 10.1.0.1, 10.2.0.2:9",
    "fd01::1, fd01::1, [fd02::2]:9",
    "::, fd01::1, [fd02::2]:9",
    "fd01::1, fd01::1, 10.2.0.2:9"
  })
  void that_a_closed_port_is_all_there_is_goes_on_to_the_client(
      String ip, String asked, String closed) throws Exception {
    UdpTransport transport =
        lab.director(
            VirtualService.udp(ip, 53).name("dns").realServer(RealServer.of(closed)).build());
    try (DatagramSocket client = client(address(asked, 53))) {
      assertRefused(client);
      assertRefused(client);
    }
    Rig.await("both are counted", () -> transport.status().unreachableTold() == 2);
    assertThat(transport.status().flows()).isZero();
  }

  /** As the kernel's director does. */
  @Test
  void whoever_finds_no_server_at_all_is_told() throws Exception {
    UdpTransport transport = lab.director(VirtualService.udp("10.1.0.1", 53).name("dns").build());
    try (DatagramSocket client = client(address("10.1.0.1", 53))) {
      assertRefused(client);
    }
    assertThat(transport.status().dropped(UdpDrop.REFUSED)).isEqualTo(1);
  }

  @Test
  void the_end_of_a_server_is_told_to_its_clients_which_may_begin_anew() throws Exception {
    Peer dying = lab.server("10.2.0.2", 5301);
    Peer alive = lab.server("10.2.0.2", 5302);
    lab.director(
        VirtualService.udp("10.1.0.1", 53)
            .name("game")
            .realServer(dying.realServer())
            .realServer(alive.realServer())
            .build());
    try (DatagramSocket client = client(address("10.1.0.1", 53))) {
      send(client, "hello");
      dying.send(dying.receive().from(), "welcome");
      assertThat(receive(client)).isEqualTo("welcome");
      dying.close();

      assertRefused(client); // what only that server would have understood

      send(client, "hello");
      assertThat(alive.receive().text()).isEqualTo("hello");
    }
  }

  /** From an address that the director has not got. */
  @Test
  void clients_that_tproxy_sends_are_told_too() throws Exception {
    lab.directForeign();
    lab.director(
        VirtualService.at(VirtualAddress.udp("192.0.2.1", 53))
            .realServer(RealServer.of("10.2.0.2:9"))
            .transportOptions(
                UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, false, 0, true, 0)))
            .build());
    try (DatagramSocket client = client(address("192.0.2.1", 53))) {
      assertRefused(client);
    }
  }
}
