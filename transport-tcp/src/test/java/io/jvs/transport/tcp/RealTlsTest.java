package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.transport.tcp.TcpOptions.FirstBytes;
import io.jvs.transport.tcp.TcpOptions.FirstBytes.What;
import io.jvs.transport.tcp.hello.ClientHello;
import io.jvs.transport.tcp.hello.Hello;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of OpenSSL's client and two of its servers, neither of which can read the other's. */
class RealTlsTest {
  private final Path directory;

  RealTlsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void need() {
    RealProgram.need("openssl", "openssl");
  }

  private RealProgram server(InetSocketAddress address, String... more) throws Exception {
    Path certificate = directory.resolve("certificate.pem");
    if (!certificate.toFile().exists()) {
      String made =
          RealProgram.run(
              directory,
              "",
              "openssl",
              "req",
              "-x509",
              "-newkey",
              "rsa:2048",
              "-nodes",
              "-days",
              "2",
              "-subj",
              "/CN=shop.example",
              "-keyout",
              directory.resolve("key.pem").toString(),
              "-out",
              certificate.toString());
      assertThat(certificate).as(made).exists();
    }
    List<String> command = new ArrayList<>(List.of("openssl", "s_server", "-www"));
    command.addAll(List.of("-accept", "127.0.0.1:" + address.getPort()));
    command.addAll(List.of("-cert", certificate.toString()));
    command.addAll(List.of("-key", directory.resolve("key.pem").toString()));
    command.addAll(List.of(more));
    return RealProgram.start(
        directory.resolve("server-" + address.getPort()),
        List.of(address),
        command.toArray(String[]::new));
  }

  /** {@code New} or {@code Reused}: what became of the session; the next one goes on with it. */
  private String visit(InetSocketAddress address, boolean resume, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof"));
    command.addAll(List.of("-connect", "127.0.0.1:" + address.getPort()));
    String session = directory.resolve("session.pem").toString();
    command.addAll(List.of("-sess_out", session));
    if (resume) {
      command.addAll(List.of("-sess_in", session));
    }
    command.addAll(List.of(more));
    String printed =
        RealProgram.run(directory, "GET / HTTP/1.0\r\n\r\n", command.toArray(String[]::new));
    for (String word : List.of("New", "Reused")) {
      if (printed.contains("\n" + word + ", TLSv")) {
        return word;
      }
    }
    throw new AssertionError(printed);
  }

  private static Rig rig(InetSocketAddress one, InetSocketAddress two) {
    return Rig.of(
        TcpEngine.AUTO,
        service ->
            service
                .transportOptions(
                    TcpOptions.DEFAULT.withFirstBytes(FirstBytes.of(What.TLS_SESSION)))
                .persistence(Persistence.applicationKey(Duration.ofMinutes(1)))
                .realServer(RealServer.of(one))
                .realServer(RealServer.of(two)));
  }

  @Test
  void up_to_tls_1_2_tickets_and_ids_lead_back_to_the_server_that_gave_them_out() throws Exception {
    for (String[] how : new String[][] {{"-tls1_2"}, {"-tls1_2", "-no_ticket"}}) {
      InetSocketAddress one = Sockets.freeAddress();
      InetSocketAddress two = Sockets.freeAddress();
      try (RealProgram first = server(one);
          RealProgram second = server(two);
          Rig rig = rig(one, two)) {
        assertThat(visit(rig.address, false, how)).isEqualTo("New");
        for (int i = 0; i < 4; i++) {
          assertThat(visit(rig.address, true, how)).as("visit %s", i).isEqualTo("Reused");
          assertThat(visit(rig.address, false, how.clone())).isEqualTo("New"); // the turn goes on
          assertThat(visit(rig.address, true, how)).isEqualTo("Reused");
        }
        assertThat(first).isNotSameAs(second);
      }
    }
  }

  /** Tickets are issued encrypted: who has issued one is known when it has been taken once. */
  @Test
  void of_tls_1_3_a_ticket_that_is_used_again_leads_to_the_server_that_took_it() throws Exception {
    InetSocketAddress one = Sockets.freeAddress();
    InetSocketAddress two = Sockets.freeAddress();
    String kept = directory.resolve("kept.pem").toString();
    try (RealProgram first = server(one, "-num_tickets", "1");
        RealProgram second = server(two, "-num_tickets", "1");
        Rig rig = rig(one, two)) {
      assertThat(visit(rig.address, false, "-tls1_3", "-sess_out", kept)).isEqualTo("New");
      assertThat(visit(rig.address, false, "-tls1_3", "-sess_in", kept))
          .as("the other server's turn")
          .isEqualTo("New");
      for (int i = 0; i < 4; i++) {
        assertThat(visit(rig.address, false, "-tls1_3", "-sess_in", kept)).isEqualTo("Reused");
      }
      assertThat(rig.balancer.templates()).isEqualTo(1);
      assertThat(first).isNotSameAs(second);
    }
  }

  /** What a program sends first to a server that never answers. */
  private Hello firstOf(String... command) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Hello> found =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket client = listening.accept()) {
                  return firstOf(client);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      String[] words =
          Arrays.stream(command)
              .map(word -> word.replace("PORT", Integer.toString(listening.getLocalPort())))
              .toArray(String[]::new);
      RealProgram.run(directory, "", words);
      return found.get();
    }
  }

  private static Hello firstOf(Socket client) throws IOException {
    byte[] soFar = {};
    client.setSoTimeout(10_000);
    while (true) {
      Hello hello = Hello.read(ByteBuffer.wrap(soFar));
      if (hello != Hello.Incomplete.INSTANCE) {
        return hello;
      }
      soFar = Arrays.copyOf(soFar, soFar.length + 1);
      soFar[soFar.length - 1] = client.getInputStream().readNBytes(1)[0];
    }
  }

  @Test
  void openssl_and_curl_ask_for_a_host_or_for_none() throws Exception {
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      Hello named =
          firstOf(
              "openssl",
              "s_client",
              version,
              "-connect",
              "127.0.0.1:PORT",
              "-servername",
              "Shop.example");
      assertThat(((ClientHello) named).host()).isEqualTo("shop.example");
      Hello unnamed =
          firstOf("openssl", "s_client", version, "-connect", "127.0.0.1:PORT", "-noservername");
      assertThat(((ClientHello) unnamed).host()).isNull();
    }
    RealProgram.need("curl", "curl");
    Hello curl =
        firstOf(
            "curl",
            "-sk",
            "--max-time",
            "5",
            "--resolve",
            "shop.example:PORT:127.0.0.1",
            "https://shop.example:PORT/");
    assertThat(((ClientHello) curl).host()).isEqualTo("shop.example");
  }
}
