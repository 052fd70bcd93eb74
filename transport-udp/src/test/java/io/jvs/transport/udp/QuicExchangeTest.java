package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.model.SocketAddresses;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.impl.QuicClientConnectionImpl;

/** Real servers and clients of QUIC, which encrypt everything but what the transport goes by. */
class QuicExchangeTest {
  /** Longer than any exchange on this machine takes, retransmissions included. */
  private static final int IN_VAIN_MILLIS = 1500;

  private static final String KEY = "8f95f09245765f80256934e50c66207f";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private static @Nullable EventLoopGroup group;
  private static @Nullable KeyManagerFactory key;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    assumeTrue(Quic.isAvailable(), () -> "no quiche here: " + Quic.unavailabilityCause());
    group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    key = key(directory);
  }

  @AfterAll
  static void stop() {
    if (group != null) {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  private static EventLoopGroup group() {
    return Objects.requireNonNull(group);
  }

  private static KeyManagerFactory key() {
    return Objects.requireNonNull(key);
  }

  private static KeyManagerFactory key(Path directory) throws Exception {
    Path store = directory.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD),
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(KeyStore.getInstance(store.toFile(), PASSWORD), PASSWORD);
    return factory;
  }

  private Rig rig(UdpEngine engine, List<QuicServer> servers, @Nullable QuicRouting routing)
      throws IOException {
    return open(
        Rig.of(
            engine,
            service -> {
              servers.forEach(server -> service.realServer(server.realServer()));
              return service.transportOptions(UdpOptions.DEFAULT.withQuic(routing));
            }));
  }

  private List<QuicServer> http3Servers() throws Exception {
    List<QuicServer> servers = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      servers.add(open(QuicServer.http3(group(), key(), name)));
    }
    return servers;
  }

  @Engines
  void a_client_whose_nat_changes_its_port_stays_with_its_server(UdpEngine engine)
      throws Exception {
    Rig rig = rig(engine, http3Servers(), QuicRouting.LEARNED);
    NatBox nat = open(new NatBox(group(), rig.address));
    Http3Client client = open(new Http3Client(group(), nat.address()));
    String server = client.get().get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 5; i++) { // and so from loop to loop
      nat.rebind();
      assertThat(client.get().get(10, TimeUnit.SECONDS)).isEqualTo(server);
    }
    assertThat(rig.transport.status().quicFollowed()).isEqualTo(5);
    assertThat(rig.transport.status().quicIds()).isBetween(2, 3); // the client's, Retry's, its own
  }

  @Engines
  void without_knowing_connection_ids_the_connection_is_lost(UdpEngine engine) throws Exception {
    Rig rig = rig(engine, http3Servers(), null);
    NatBox nat = open(new NatBox(group(), rig.address));
    Http3Client client = open(new Http3Client(group(), nat.address()));
    String server = client.get().get(10, TimeUnit.SECONDS);
    assertThat(client.get().get(10, TimeUnit.SECONDS)).isEqualTo(server);
    nat.rebind();
    CompletableFuture<String> answer = client.get();
    assertThatThrownBy(() -> answer.get(IN_VAIN_MILLIS, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  /** Three servers whose connection ids are what {@code ids} makes of their number. */
  private Map<String, InetSocketAddress> plainServers(
      List<QuicServer> servers, Function<byte[], QuicConnectionIdGenerator> ids) throws Exception {
    Map<String, InetSocketAddress> byId = new HashMap<>();
    for (int i = 1; i <= 3; i++) {
      byte[] id = {(byte) i, (byte) 0xD0, 0x5E};
      QuicServer server = open(QuicServer.plain(group(), key(), "" + i, ids.apply(id)));
      servers.add(server);
      byId.put(HexFormat.of().formatHex(id), server.address());
    }
    return byId;
  }

  private static QuicClientConnectionImpl connect(InetSocketAddress to) throws Exception {
    QuicClientConnection connection =
        QuicClientConnection.newBuilder()
            .uri(URI.create("quic://" + SocketAddresses.format(to)))
            .applicationProtocol(QuicServer.PLAIN)
            .noServerCertificateCheck()
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    connection.connect();
    return (QuicClientConnectionImpl) connection;
  }

  /** What the server says its name is. */
  private static CompletableFuture<String> ask(QuicClientConnection connection) throws IOException {
    QuicStream stream = connection.createStream(true);
    stream.getOutputStream().write("who?".getBytes(StandardCharsets.US_ASCII));
    stream.getOutputStream().close();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new String(stream.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** From another port, by another id that the server has told it under encryption. */
  private static void move(QuicClientConnectionImpl connection) {
    Rig.await("an id to move to", () -> connection.getDestinationConnectionIds().size() > 1);
    connection.nextDestinationConnectionId();
    connection.changeAddress();
  }

  @Engines
  void a_client_that_moves_to_another_id_stays_if_ids_say_the_server(UdpEngine engine)
      throws Exception {
    byte[] key = HexFormat.of().parseHex(KEY);
    List<QuicServer> servers = new ArrayList<>();
    Map<String, InetSocketAddress> byId = plainServers(servers, id -> new RoutableIds(2, id, key));
    Rig rig = rig(engine, servers, QuicRouting.by(QuicServerIds.encrypted(2, 3, 13, KEY, byId)));
    QuicClientConnectionImpl client = connect(rig.address);
    opened.add(client::close);
    String server = ask(client).get(10, TimeUnit.SECONDS);
    byte[] before = client.getDestinationConnectionId();
    move(client);
    assertThat(client.getDestinationConnectionId()).isNotEqualTo(before);
    assertThat(ask(client).get(10, TimeUnit.SECONDS)).isEqualTo(server);
    assertThat(rig.transport.status().quicFollowed()).isEqualTo(1);
  }

  /**
   * What nobody can see cannot be learnt; the documentation says so. A client that has sent
   * something by its next id before it moves, if only that it has got an answer, has shown it.
   */
  @Engines
  void a_client_that_moves_to_another_id_is_lost_if_ids_are_by_chance(UdpEngine engine)
      throws Exception {
    List<QuicServer> servers = new ArrayList<>();
    plainServers(servers, id -> QuicConnectionIdGenerator.randomGenerator());
    Rig rig = rig(engine, servers, QuicRouting.LEARNED);
    boolean lost = false;
    for (int i = 0; i < 5 && !lost; i++) {
      QuicClientConnectionImpl client = connect(rig.address);
      opened.add(client::close);
      assertThat(ask(client).get(10, TimeUnit.SECONDS)).isNotEmpty();
      client.changeAddress();
      assertThat(ask(client).get(10, TimeUnit.SECONDS)).isNotEmpty(); // by the same id
      move(client);
      lost = !isAnswered(ask(client));
    }
    assertThat(lost).isTrue();
  }

  private static boolean isAnswered(CompletableFuture<String> answer) throws Exception {
    try {
      return !answer.get(IN_VAIN_MILLIS, TimeUnit.MILLISECONDS).isEmpty();
    } catch (TimeoutException e) {
      return false;
    }
  }
}
