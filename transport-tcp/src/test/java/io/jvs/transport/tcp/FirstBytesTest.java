package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Persistence;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpOptions.FirstBytes;
import io.jvs.transport.tcp.TcpOptions.FirstBytes.What;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Clients that are known by what they send first. */
class FirstBytesTest {
  /** What the JDK's TLS sends first to a host. */
  static byte[] hello(String host) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    engine.setSSLParameters(parameters);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  private static byte[] rdp(String user) {
    byte[] cookie = ("Cookie: mstshash=" + user + "\r\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer packet = ByteBuffer.allocate(11 + cookie.length);
    packet.putInt(0x0300_0000 | packet.capacity()).put((byte) (6 + cookie.length));
    packet.put((byte) 0xE0).put(new byte[5]).put(cookie);
    byte[] bytes = new byte[packet.flip().remaining()];
    packet.get(bytes);
    return bytes;
  }

  private static UnaryOperator<VirtualService.Builder> by(What what) {
    return service ->
        service.transportOptions(
            TcpOptions.DEFAULT.withFirstBytes(new FirstBytes(what, Duration.ofSeconds(1), 4096)));
  }

  private static UnaryOperator<VirtualService.Builder> persistentBy(What what) {
    return service ->
        by(what).apply(service).persistence(Persistence.applicationKey(Duration.ofMinutes(1)));
  }

  /** Sends it and gets it back: the server, told by how many it has accepted. */
  private static void exchange(Rig rig, byte[] first) throws IOException {
    try (Socket client = Sockets.connect(rig.address)) {
      client.getOutputStream().write(first);
      assertThat(client.getInputStream().readNBytes(first.length)).isEqualTo(first);
    }
  }

  @Engines
  void a_host_has_a_server_of_its_own(TcpEngine engine) throws Exception {
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, persistentBy(What.SNI), one, two)) {
      for (int i = 0; i < 3; i++) {
        exchange(rig, hello("shop.example"));
        exchange(rig, hello("SHOP.example"));
        exchange(rig, hello("mail.example"));
      }
      assertThat(List.of(one.accepted(), two.accepted())).containsExactlyInAnyOrder(6, 3);
      assertThat(rig.transport.status().withoutKey()).isZero();
    }
  }

  @Engines
  void policies_that_hash_addresses_hash_the_host(TcpEngine engine) throws Exception {
    for (String policy : List.of("sh", "mh", "dh")) {
      try (TestServer one = TestServer.echo();
          TestServer two = TestServer.echo();
          Rig rig =
              Rig.of(engine, service -> by(What.SNI).apply(service).scheduler(policy), one, two)) {
        for (int i = 0; i < 16; i++) { // by chance, one policy in 32,000 would have all on one
          exchange(rig, hello("shop" + i + ".example"));
        }
        int before = one.accepted();
        assertThat(before).as(policy).isBetween(1, 15);
        for (int i = 0; i < 16; i++) {
          exchange(rig, hello("shop" + i + ".example"));
        }
        assertThat(one.accepted()).as(policy).isEqualTo(2 * before);
      }
    }
  }

  @Engines
  void an_rdp_user_comes_back_to_his_session(TcpEngine engine) throws Exception {
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, persistentBy(What.RDP_COOKIE), one, two)) {
      for (String user : List.of("ann", "bob", "ann", "ann")) {
        exchange(rig, rdp(user));
      }
      assertThat(List.of(one.accepted(), two.accepted())).containsExactlyInAnyOrder(3, 1);
    }
  }

  @Engines
  void who_sends_something_else_or_too_little_is_served_without_a_key_and_counted(TcpEngine engine)
      throws Exception {
    byte[] hello = hello("shop.example");
    byte[] endless = new byte[6000]; // a hello that is longer than what is looked at
    endless[0] = 22;
    endless[1] = 3;
    endless[3] = 0x3F;
    endless[5] = 1;
    endless[7] = 0x3E;
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, persistentBy(What.SNI), one, two)) {
      exchange(rig, "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      exchange(rig, java.util.Arrays.copyOf(hello, 20)); // and nothing more in time
      exchange(rig, endless);
      exchange(rig, rdp("ann"));
      assertThat(List.of(one.accepted(), two.accepted())).containsExactly(2, 2);
      assertThat(rig.transport.status().withoutKey()).isEqualTo(4);
      assertThat(rig.balancer.templates()).isZero();
    }
  }

  @Engines
  void a_server_that_speaks_first_is_heard_when_patience_ends(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.that(socket -> Sockets.send(socket, "220 ready"));
        Rig rig = Rig.of(engine, by(What.SNI), server)) {
      assertThat(Sockets.receive(rig.client(), 9)).isEqualTo("220 ready");
    }
  }

  @Engines
  void made_up_sessions_are_not_remembered(TcpEngine engine) throws Exception {
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, persistentBy(What.TLS_SESSION), one, two)) {
      for (int i = 0; i < 4; i++) {
        exchange(rig, hello("shop.example")); // each with an id that stands for nothing
      }
      assertThat(rig.balancer.templates()).isZero();
      assertThat(List.of(one.accepted(), two.accepted())).containsExactly(2, 2);
    }
  }
}
