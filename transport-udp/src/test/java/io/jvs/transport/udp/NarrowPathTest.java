package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Namespace;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Where datagrams that could be joined are larger than what a packet takes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NarrowPathTest {
  private static final int BURSTS = 20;
  private static final int AT_ONCE = 20;

  @Test
  void datagrams_that_cannot_go_as_a_train_go_one_by_one() {
    try (Namespace network = Namespace.open("narrow")) {
      network.sh("ip link set lo mtu 1280");
      network.run(
          () -> {
            try (Peer server = Peer.server();
                Rig rig =
                    Rig.of(
                        UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(1),
                        "127.0.0.1",
                        service -> service,
                        server)) {
              Peer client = rig.client();
              byte[] payload = new byte[1_400];
              for (int burst = 0; burst < BURSTS; burst++) {
                sendAll(client, rig, payload, burst); // faster than they are forwarded
                for (int i = 0; i < AT_ONCE; i++) {
                  byte[] came = server.receive().payload();
                  assertThat(came).hasSize(1_400);
                  assertThat(came[0]).isEqualTo((byte) burst);
                  assertThat(came[1]).isEqualTo((byte) i);
                }
              }
              assertThat(rig.transport.status().dropped(UdpDrop.TOO_LONG)).isZero();
              assertThat(rig.transport.status().dropped(UdpDrop.NOT_SENT)).isZero();
            }
          });
    }
  }

  private static void sendAll(Peer client, Rig rig, byte[] payload, int burst) throws Exception {
    for (int i = 0; i < AT_ONCE; i++) {
      payload[0] = (byte) burst;
      payload[1] = (byte) i;
      client.send(rig.address, Arrays.copyOf(payload, payload.length));
    }
  }
}
