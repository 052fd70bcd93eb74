package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** A client sends no faster than it may, whatever ports it sends from. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PacketLimitTest {
  private static final Rate FIVE_A_DAY = new Rate(5, Duration.ofDays(1), 5);

  private static VirtualService.Builder limited(VirtualService.Builder service) {
    return service.limits(ServiceLimits.NONE.withPacketsPerClient(FIVE_A_DAY));
  }

  private static long dropped(Rig rig) {
    return rig.transport.status().dropped(UdpDrop.TOO_MANY_PACKETS);
  }

  @Engines
  void what_is_too_much_is_dropped_and_counted(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, PacketLimitTest::limited, server)) {
      Peer client = rig.client();
      for (int i = 0; i < 9; i++) {
        client.send(rig.address, "datagram " + i);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(server.receive().text()).isEqualTo("datagram " + i);
      }
      Rig.await("four dropped", () -> dropped(rig) == 4);
      assertThat(Objects.requireNonNull(rig.balancer.intake()).droppedPackets()).isEqualTo(4);
      assertThat(rig.flows()).isEqualTo(1);
    }
  }

  @Engines
  void another_port_of_the_client_does_not_help_it(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, PacketLimitTest::limited, server)) {
      for (int i = 0; i < 12; i++) { // on both loops
        rig.client().send(rig.address, "datagram");
      }
      Rig.await("seven dropped", () -> dropped(rig) == 7);
      for (int i = 0; i < 5; i++) {
        server.receive();
      }
      assertThat(rig.flows()).as("those that may not send have none").isEqualTo(5);
    }
  }

  @Engines
  void answers_are_not_limited(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, PacketLimitTest::limited, server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      for (int i = 0; i < 20; i++) {
        server.send(port, "answer");
        assertThat(client.receive().text()).isEqualTo("answer");
      }
      assertThat(dropped(rig)).isZero();
    }
  }

  @Engines
  void a_limit_that_comes_later_holds_for_present_flows(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer client = rig.client();
      for (int i = 0; i < 20; i++) {
        client.send(rig.address, "datagram");
        server.receive();
      }
      rig.apply(limited(rig.service.toBuilder()).build());
      for (int i = 0; i < 7; i++) {
        client.send(rig.address, "datagram");
      }
      Rig.await("two dropped", () -> dropped(rig) == 2);
      rig.apply(rig.service);
      client.send(rig.address, "free again");
      for (int i = 0; i < 5; i++) {
        server.receive();
      }
      assertThat(server.receive().text()).isEqualTo("free again");
    }
  }

  @Engines
  void who_was_named_in_the_first_datagram_only_is_limited_in_the_others_too(UdpEngine engine)
      throws Exception {
    UdpOptions trusting = UdpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("127.0.0.0/8")));
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, service -> limited(service).transportOptions(trusting), server)) {
      Peer proxy = rig.client();
      proxy.send(rig.address, named(1, "first"));
      for (int i = 0; i < 7; i++) {
        proxy.send(rig.address, "more");
      }
      Rig.await("three dropped", () -> dropped(rig) == 3);
    }
  }

  @Engines
  void those_whom_a_trusted_sender_names_are_limited_and_not_the_sender(UdpEngine engine)
      throws Exception {
    UdpOptions trusting = UdpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("127.0.0.0/8")));
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, service -> limited(service).transportOptions(trusting), server)) {
      Peer proxy = rig.client();
      for (int i = 0; i < 7; i++) {
        proxy.send(rig.address, named(1, "one " + i));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(server.receive().text()).isEqualTo("one " + i);
      }
      proxy.send(rig.address, named(2, "two"));
      assertThat(server.receive().text()).isEqualTo("two");
      Rig.await("two dropped", () -> dropped(rig) == 2);
    }
  }

  /** Behind a PROXY header of version 2 for a datagram of 203.0.113.N. */
  private static byte[] named(int client, String text) {
    return ByteBuffer.allocate(28 + text.length())
        .put("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 0x21)
        .put((byte) 0x12)
        .putShort((short) 12)
        .put(new byte[] {(byte) 203, 0, 113, (byte) client, 127, 0, 0, 1})
        .putShort((short) 4000)
        .putShort((short) 53)
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
