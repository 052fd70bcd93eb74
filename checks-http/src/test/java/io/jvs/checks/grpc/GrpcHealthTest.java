package io.jvs.checks.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.NginxServer;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckResult;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.FreeAddresses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against grpc-java's own health service, nginx, and servers that lie. */
class GrpcHealthTest {
  private static final CheckTable TABLE = new CheckTable();
  private final List<Server> servers = new ArrayList<>();

  /** The first exchange of a JVM takes longer than those that must time out. */
  @BeforeAll
  static void warmUp() throws Exception {
    try (LyingServer server = LyingServer.start(LyingServer.closes())) {
      TABLE.run(GrpcHealth.server(), "closes", server.address());
    }
  }

  @AfterAll
  static void print() {
    TABLE.close();
  }

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
  }

  private InetSocketAddress start(Consumer<NettyServerBuilder> services, String ip)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(SocketAddresses.parseIp(ip), 0));
    services.accept(builder);
    Server server = builder.build().start();
    servers.add(server);
    return new InetSocketAddress(SocketAddresses.parseIp(ip), server.getPort());
  }

  private static CheckResult check(GrpcHealth check, InetSocketAddress server) throws Exception {
    return TABLE.run(check, "grpc-java", server);
  }

  @Test
  void the_health_service_is_asked_over_both_families() throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus("shop.v1.Orders", ServingStatus.SERVING);
    health.setStatus("shop.v1.Stock", ServingStatus.NOT_SERVING);
    health.setStatus("shop.v1.New", ServingStatus.UNKNOWN);
    for (String ip : List.of("127.0.0.1", "::1")) {
      InetSocketAddress server = start(b -> b.addService(health.getHealthService()), ip);
      assertThat(check(GrpcHealth.server(), server)).isEqualTo(CheckResult.passed("SERVING"));
      assertThat(check(GrpcHealth.of("shop.v1.Orders"), server).passed()).isTrue();
      assertThat(check(GrpcHealth.of("shop.v1.Stock"), server))
          .isEqualTo(CheckResult.failed("NOT_SERVING (expected: SERVING)"));
      assertThat(check(GrpcHealth.of("shop.v1.New"), server))
          .isEqualTo(CheckResult.failed("UNKNOWN (expected: SERVING)"));
      assertThat(check(GrpcHealth.of("shop.v1.Cart"), server))
          .isEqualTo(
              CheckResult.failed(
                  "the server does not know service 'shop.v1.Cart' (grpc-status 5 NOT_FOUND:"
                      + " 'unknown service shop.v1.Cart')"));
    }
  }

  @Test
  void over_tls_by_alpn(@TempDir Path directory) throws Exception {
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("grpc", "dns:orders.example", "-1d", 8);
    HealthStatusManager health = new HealthStatusManager();
    InetSocketAddress server =
        start(
            b ->
                b.addService(health.getHealthService())
                    .useTransportSecurity(own.certificate().toFile(), own.key().toFile()),
            "127.0.0.1");
    TlsSettings tls =
        TlsSettings.DEFAULT.trusting(certificates.authority()).serverName("orders.example");
    CheckResult result = check(GrpcHealth.server().tls(tls), server);
    assertThat(result.detail()).isEqualTo("SERVING");
    assertThat(result.warning()).startsWith("certificate expires in 6 days");
    assertThat(check(GrpcHealth.server().tls(tls.serverName("x.example")), server))
        .isEqualTo(CheckResult.failed("certificate is for orders.example, not x.example"));
    assertThat(check(GrpcHealth.server(), server).passed()).isFalse();
  }

  @Test
  void a_server_without_the_health_service_is_told() throws Exception {
    InetSocketAddress server = start(b -> {}, "127.0.0.1");
    assertThat(check(GrpcHealth.server(), server))
        .isEqualTo(
            CheckResult.failed(
                "the server has no health service (grpc-status 12 UNIMPLEMENTED: 'Method not"
                    + " found: grpc.health.v1.Health/Check')"));
  }

  static List<Arguments> answers() {
    return List.of(
        Arguments.of(bytes(), "UNKNOWN (expected: SERVING)"),
        Arguments.of(bytes(8, 3), "SERVICE_UNKNOWN (expected: SERVING)"),
        Arguments.of(bytes(8, 7), "health status 7 (expected: 1, SERVING)"),
        Arguments.of(bytes(8), "not a health answer: a message that ends within a number"),
        Arguments.of(bytes(0, 1), "not a health answer: a field with number 0"),
        Arguments.of(bytes(11), "not a health answer: a field of type 3"),
        Arguments.of(
            bytes(18, 9, 1), "not a health answer: a field that is longer than the message"),
        Arguments.of(
            bytes(8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1),
            "not a health answer: a number of more than 10 bytes"),
        Arguments.of(new byte[5000], "an answer of more than 4096 bytes (expected: 7)"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void wrong_messages_are_told(byte[] message, String reason) throws Exception {
    InetSocketAddress server =
        start(
            b ->
                b.addService(
                    service(
                        answer -> {
                          answer.onNext(message);
                          answer.onCompleted();
                        })),
            "127.0.0.1");
    assertThat(TABLE.run(GrpcHealth.server(), "gRPC with another message", server))
        .isEqualTo(CheckResult.failed(reason));
  }

  @Test
  void a_newer_message_with_more_fields_is_understood() throws Exception {
    byte[] message = bytes(18, 2, 65, 66, 8, 1, 25, 1, 2, 3, 4, 5, 6, 7, 8, 37, 1, 2, 3, 4, 40, 9);
    InetSocketAddress server =
        start(
            b ->
                b.addService(
                    service(
                        answer -> {
                          answer.onNext(message);
                          answer.onCompleted();
                        })),
            "127.0.0.1");
    assertThat(TABLE.run(GrpcHealth.server(), "gRPC with more fields", server))
        .isEqualTo(CheckResult.passed("SERVING"));
  }

  @Test
  void a_status_is_told_with_its_message() throws Exception {
    InetSocketAddress server =
        start(
            b ->
                b.addService(
                    service(
                        answer ->
                            answer.onError(
                                Status.UNAVAILABLE
                                    .withDescription("going down: 100% ü\nsoon")
                                    .asRuntimeException()))),
            "127.0.0.1");
    assertThat(TABLE.run(GrpcHealth.server(), "gRPC that goes down", server))
        .isEqualTo(CheckResult.failed("grpc-status 14 UNAVAILABLE: 'going down: 100% \\xc3\\xbc'"));
  }

  @Test
  void a_web_server_is_told(@TempDir Path directory) throws Exception {
    InetSocketAddress two = FreeAddresses.tcp();
    InetSocketAddress one = FreeAddresses.tcp();
    NginxServer nginx =
        NginxServer.start(
            Files.createDirectory(directory.resolve("nginx")),
            "server { listen %s http2; listen %s; return 404; }"
                .formatted(SocketAddresses.format(two), SocketAddresses.format(one)));
    try {
      assertThat(TABLE.run(GrpcHealth.server(), "nginx", two))
          .isEqualTo(CheckResult.failed("not gRPC: status 404, content type 'text/html'"));
      assertThat(TABLE.run(GrpcHealth.server(), "nginx without HTTP/2", one).detail())
          .startsWith("not HTTP/2: the server answered 'HTTP/1.1 400 Bad Request'");
    } finally {
      nginx.stop();
    }
  }

  static List<Arguments> lies() {
    return List.of(
        Arguments.of(
            "hangs",
            LyingServer.hangs(),
            "timed out after 300ms waiting for the answer to POST /grpc.health.v1.Health/Check"),
        Arguments.of(
            "closes", LyingServer.closes(), "the server closed the connection without an answer"),
        Arguments.of("garbage", LyingServer.garbage(3), "not HTTP/2: the server answered '"),
        Arguments.of(
            "drips SETTINGS",
            LyingServer.drips("\0\0\0\4\0\0\0\0\0", Duration.ofMillis(5)),
            "timed out after 300ms waiting for the answer to POST /grpc.health.v1.Health/Check"),
        Arguments.of(
            "goes away",
            LyingServer.answers("\0\0\0\4\0\0\0\0\0\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            "the server went away: NO_ERROR"),
        Arguments.of(
            "endless SETTINGS", LyingServer.endless("", "\0\0\0\4\0\0\0\0\0"), "timed out"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void lies_are_seen_through(String name, LyingServer.Lie lie, String reason) throws Exception {
    try (LyingServer server = LyingServer.start(lie)) {
      boolean waits = reason.startsWith("timed out");
      CheckResult result =
          TABLE.run(
              GrpcHealth.server(),
              name,
              server.address(),
              waits ? CheckTable.SHORT : CheckTable.PATIENCE);
      assertThat(result.passed()).isFalse();
      assertThat(result.detail()).startsWith(reason);
    }
  }

  private static ServerServiceDefinition service(Consumer<StreamObserver<byte[]>> answer) {
    MethodDescriptor<byte[], byte[]> check =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .build();
    return ServerServiceDefinition.builder("grpc.health.v1.Health")
        .addMethod(check, ServerCalls.asyncUnaryCall((request, to) -> answer.accept(to)))
        .build();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** Messages as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
