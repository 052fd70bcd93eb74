package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.feedback.LoadScript;
import io.jvs.health.TcpConnect;
import io.jvs.launcher.configuration.ControlAddress.Loopback;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
import io.jvs.launcher.running.Transports;
import io.jvs.model.AccessList;
import io.jvs.model.AgentDeclaration;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Failover;
import io.jvs.model.Failover.WhenDown;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.Forwarding;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.Network;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SchedulerSpec;
import io.jvs.model.ServiceLimits;
import io.jvs.model.SlowStart;
import io.jvs.model.SocketAddresses;
import io.jvs.model.StatusRanges;
import io.jvs.model.TemplateRules;
import io.jvs.model.Timeouts;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.model.WeightCorrection;
import io.jvs.resilience.EjectionTime;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.Window;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.tcp.TcpEngine;
import io.jvs.transport.tcp.TcpOptions;
import io.jvs.transport.tcp.WhenFull;
import io.jvs.transport.udp.QuicRouting;
import io.jvs.transport.udp.QuicServerIds;
import io.jvs.transport.udp.UdpEngine;
import io.jvs.transport.udp.UdpOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
  private static final Path EXAMPLES = Path.of("examples");

  private final Path directory;

  ConfigurationFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void parts_of_a_service_that_need_each_other_are_read_together() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("together.yaml"),
            """
            services:
              - address: tcp 127.0.0.1:8443
                persistence: { key: application, timeout: 5m }
                tcp: { firstBytes: tls-session }
                realServers: [10.0.0.1:443]
              - address: fwmark 7 IPv4
                tcp: { listening: { transparent: true, port: 50080 } }
                access: { deny: [192.0.2.0/24] }
                limits: { perClient: 10 }
                persistence: 5m
                realServers: [10.0.0.1:0]
                fallback: 10.0.0.2:0
            """);

    List<VirtualService> services = read(file).services();

    assertThat(services.get(0).persistence()).isInstanceOf(Persistence.ApplicationKey.class);
    assertThat(services.get(1).limits().perClient()).isEqualTo(10);
    assertThat(services.get(1).access().deny()).hasSize(1);
  }

  @Test
  void every_key_of_the_large_example_arrives() throws Exception {
    Configuration read = read(EXAMPLES.resolve("everything.yaml"));

    assertThat(read.control())
        .isEqualTo(new UnixSocket(EXAMPLES.resolve("everything.sock").toAbsolutePath()));
    assertThat(read.drain()).isEqualTo(Duration.ofSeconds(30));
    assertThat(read.tcp())
        .isEqualTo(new TcpSettings(2, 1024, 9000, WhenFull.REFUSE, TcpEngine.AUTO));
    assertThat(read.connectionLog())
        .isEqualTo(
            new ConnectionLogSettings(
                EXAMPLES.resolve("connections.log").toAbsolutePath(), 0.01, true, 500));
    assertThat(read.udp()).isEqualTo(new UdpSettings(2, 100_000, UdpEngine.AUTO));
    assertThat(read.services())
        .containsExactly(
            VirtualService.tcp("127.0.0.1", 8080)
                .name("web")
                .scheduler("wlc")
                .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 24, 64))
                .timeouts(Timeouts.DEFAULT)
                .attempts(3)
                .access(
                    new AccessList(
                        List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")),
                        List.of(Network.parse("127.9.0.0/16"))))
                .limits(
                    new ServiceLimits(
                        5000,
                        100,
                        ServiceLimits.Rate.of(1000, Duration.ofSeconds(1)),
                        new ServiceLimits.Rate(20, Duration.ofSeconds(1), 50),
                        new ServiceLimits.Queue(500, Duration.ofSeconds(5))))
                .weightCorrection(WeightCorrection.DEFAULT)
                .health(
                    HealthDeclaration.all(
                        new CheckDeclaration(
                            new TcpConnect(),
                            CheckTarget.port(8090),
                            CheckTiming.DEFAULT
                                .every(Duration.ofSeconds(2))
                                .timeout(Duration.ofSeconds(1))
                                .rise(2)
                                .fall(3))))
                .agent(
                    new AgentDeclaration(
                        new CheckTarget("127.0.0.1", 5555, SocketAddresses.parseIp("127.0.0.1")),
                        "web\n",
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1)))
                .feedback(
                    FeedbackDeclaration.of(
                        new LoadScript(List.of("/bin/echo", "1"), Duration.ofSeconds(2)),
                        FeedbackDeclaration.Meaning.LOAD))
                .transportOptions(
                    new TcpOptions(
                        new TcpOptions.Listening(2048, null, false, 256, false, 0),
                        new TcpOptions.SocketOptions(
                            new TcpOptions.KeepAlive(
                                Duration.ofMinutes(2), Duration.ofSeconds(10), 3),
                            Duration.ofSeconds(30),
                            262_144,
                            262_144),
                        new TcpOptions.SocketOptions(null, Duration.ofSeconds(10), 0, 0),
                        new TcpOptions.Outgoing(
                            List.of(SocketAddresses.parseIp("127.0.0.1")), false),
                        List.of(Network.parse("10.0.0.0/8")),
                        new TcpOptions.ProxyHeader(2, false, true, false),
                        TcpOptions.FirstBytes.of(TcpOptions.FirstBytes.What.SNI)))
                .fallback(RealServer.of("127.0.0.1:9999"))
                .realServer(
                    RealServer.of("127.0.0.1:8081")
                        .withWeight(3)
                        .withLimits(new ConnectionLimits(100, 80))
                        .withMetadata(Map.of("zone", "a", "rack", "7")))
                .realServer("127.0.0.1:8082")
                .realServer("app.example:8083")
                .build(),
            VirtualService.udp("127.0.0.1", 5300)
                .name("dns")
                .scheduler("wrr")
                .onePacket(true)
                .transportOptions(
                    UdpOptions.DEFAULT
                        .withResponses(1)
                        .withRetryAfter(Duration.ofMillis(500))
                        .withListening(new UdpOptions.Listening(null, false, 4_194_304, false, 0))
                        .withOutgoing(
                            new UdpOptions.Outgoing(
                                List.of(SocketAddresses.parseIp("127.0.0.1")), false))
                        .withProxyFrom(List.of(Network.parse("10.0.0.0/8"))))
                .realServer("127.0.0.11:53")
                .realServer("127.0.0.12:53")
                .build(),
            VirtualService.udp("127.0.0.1", 8443)
                .name("http3")
                .transportOptions(
                    UdpOptions.DEFAULT.withQuic(
                        QuicRouting.by(
                                QuicServerIds.encrypted(
                                    0,
                                    3,
                                    13,
                                    "8f95f09245765f80256934e50c66207f",
                                    Map.of(
                                        "c4605e", SocketAddresses.parse("127.0.0.11:443"),
                                        "350d28", SocketAddresses.parse("127.0.0.12:443"))))
                            .withLearned(true)))
                .realServer(RealServer.of("127.0.0.11:443"))
                .realServer(RealServer.of("127.0.0.12:443"))
                .build(),
            VirtualService.at(
                    new VirtualAddress.Endpoint(
                        Protocol.TCP,
                        SocketAddresses.parseIp("127.0.0.1"),
                        new PortRange(9000, 9003)))
                .name("ports")
                .scheduler("rr")
                .preferZone("a")
                .subset("edge-1", 20)
                .realServer("[::1]:0")
                .realServer("127.0.0.2:0")
                .build());
  }

  @Test
  void tcp_options_have_short_forms_and_are_none_when_they_say_nothing() throws Exception {
    List<VirtualService> services =
        read("""
            services:
              - address: tcp 127.0.0.1:1
                tcp:
                  listening: { device: eth0, transparent: true }
                  clientSockets: { keepAlive: { idle: 1m } }
                  outgoing: { clientAddress: true }
                  proxyFrom: ["2001:db8::/32", 192.0.2.1]
                  proxyTo: v1
                  firstBytes: rdp-cookie
                realServers: []
              - address: fwmark 7 IPv4
                tcp: { listening: { transparent: true, port: 50080 } }
                realServers: [10.0.0.1:0]
              - address: tcp 127.0.0.1:2
                tcp: { listening: {}, clientSockets: {}, outgoing: { sources: [] } }
                realServers: []
            """)
            .services();

    assertThat(services.get(0).transportOptions())
        .isEqualTo(
            new TcpOptions(
                new TcpOptions.Listening(0, "eth0", false, 0, true, 0),
                new TcpOptions.SocketOptions(
                    new TcpOptions.KeepAlive(Duration.ofMinutes(1), Duration.ofSeconds(10), 3),
                    null,
                    0,
                    0),
                TcpOptions.SocketOptions.DEFAULT,
                new TcpOptions.Outgoing(List.of(), true),
                List.of(Network.parse("2001:db8::/32"), Network.parse("192.0.2.1")),
                new TcpOptions.ProxyHeader(1, false, false, false),
                TcpOptions.FirstBytes.of(TcpOptions.FirstBytes.What.RDP_COOKIE)));
    assertThat(services.get(1).transportOptions())
        .isEqualTo(
            TcpOptions.DEFAULT.withListening(
                new TcpOptions.Listening(0, null, false, 0, true, 50_080)));
    assertThat(services.get(2).transportOptions()).isNull();
  }

  @Test
  void options_of_udp_are_read_and_a_firewall_mark_may_have_those_of_both() throws Exception {
    List<VirtualService> services =
        readAll(
                """
            services:
              - address: udp 127.0.0.1:1
                udp:
                  responses: 1
                  retryAfter: 200ms
                  joined: false
                  passTos: true
                  passTtl: true
                  listening: { device: eth0, dual: true, receiveBuffer: 1048576 }
                  outgoing: { sources: [192.0.2.1] }
                  proxyFrom: [10.0.0.0/8]
                  proxyTo: every
                realServers: []
              - address: fwmark 7 IPv4
                tcp: { listening: { transparent: true, port: 50080 } }
                udp: { listening: { transparent: true, port: 50081 } }
                realServers: [10.0.0.1:0]
              - { address: "udp 127.0.0.1:2", udp: { joined: true, listening: {} }, realServers: [] }
              - { address: fwmark 8 IPv4, udp: {}, realServers: [] }
            """)
            .services();

    assertThat(services.get(0).transportOptions())
        .isEqualTo(
            new UdpOptions(
                1,
                Duration.ofMillis(200),
                false,
                true,
                true,
                new UdpOptions.Listening("eth0", true, 1_048_576, false, 0),
                new UdpOptions.Outgoing(List.of(SocketAddresses.parseIp("192.0.2.1")), false),
                List.of(Network.parse("10.0.0.0/8")),
                UdpOptions.ProxyTo.EVERY,
                null));
    assertThat(services.get(1).transportOptions())
        .isEqualTo(
            new TransportOptions.Several(
                List.of(
                    TcpOptions.DEFAULT.withListening(
                        new TcpOptions.Listening(0, null, false, 0, true, 50_080)),
                    UdpOptions.DEFAULT.withListening(
                        new UdpOptions.Listening(null, false, 0, true, 50_081)))));
    assertThat(services.get(2).transportOptions()).isNull();
    assertThat(services.get(3).transportOptions())
        .as("it says whom the mark is for")
        .isEqualTo(UdpOptions.DEFAULT);
  }

  @Test
  void the_transport_is_a_word_for_all_or_settings_of_each() throws Exception {
    Configuration words =
        read(
            """
            transport: ipvs
            services:
              - { name: kernel, address: "udp 127.0.0.1:1", realServers: [] }
              - { name: any, transport: userspace, address: "udp 127.0.0.1:2", realServers: [] }
              - { name: own, transport: udp, address: "udp 127.0.0.1:3", realServers: [] }
            """);
    assertThat(words.inKernel()).containsExactly("kernel");
    Configuration settings =
        read(
            """
            transport: { udp: { threads: 2, maxFlows: 5000, engine: nio }, ipvs: {} }
            services: [{ address: "udp 127.0.0.1:1", realServers: [] }]
            """);
    assertThat(settings.udp()).isEqualTo(new UdpSettings(2, 5000, UdpEngine.NIO));
    assertThat(settings.inKernel()).isEmpty();
  }

  @Test
  void health_failover_and_slow_start_say_all_that_the_model_knows() throws Exception {
    VirtualService service =
        read("""
            state: state.json
            maintenance: /srv/maintenance
            services:
              - name: web
                address: tcp 127.0.0.1:80
                health:
                  interval: 5s
                  need: any
                  startsDown: true
                  checks:
                    - tcp-connect
                    - { check: tcp-connect, host: 10.0.0.9, port: 81, bind: 127.0.0.1, whileFailing: 500ms, jitter: 0, fall: 5 }
                failover: { whenDown: quiesce, resetConnections: true, quorum: 3, hysteresis: 1, panic: 40 }
                slowStart: { window: 30s, aggression: 1.5, minimum: 5 }
                realServers:
                  - 10.0.0.1:80
                  - { address: 10.0.0.2:80, health: { check: tcp-connect, startsDown: true } }
            """)
            .services()
            .get(0);
    CheckTiming slow =
        CheckTiming.DEFAULT.every(Duration.ofSeconds(5)).timeout(Duration.ofSeconds(5));
    assertThat(service.health())
        .isEqualTo(
            new HealthDeclaration(
                List.of(
                    new CheckDeclaration(new TcpConnect(), CheckTarget.SERVER, slow),
                    new CheckDeclaration(
                        new TcpConnect(),
                        new CheckTarget("10.0.0.9", 81, SocketAddresses.parseIp("127.0.0.1")),
                        slow.whileFailing(Duration.ofMillis(500)).jitterPercent(0).fall(5))),
                1,
                true));
    assertThat(service.failover()).isEqualTo(new Failover(WhenDown.QUIESCE, true, 3, 1, 40));
    assertThat(service.slowStart()).isEqualTo(new SlowStart(Duration.ofSeconds(30), 1.5, 5));
    assertThat(service.realServers().get(1).health())
        .isEqualTo(HealthDeclaration.of(new TcpConnect()).startingDown());
  }

  @Test
  void settings_of_feedback_and_agent_arrive_one_by_one() throws Exception {
    VirtualService read =
        read("services: [{ address: tcp 127.0.0.1:80, agent: { port: 1, interval: 7s },"
                + " feedback: { script: x, tells: weight, interval: 3s, smoothing: 0s, maxStep: 1,"
                + " floor: 2, ceiling: 400, deadBand: 5 }, realServers: [10.0.0.1:80] }]")
            .services()
            .get(0);

    Duration interval = Duration.ofSeconds(7);
    assertThat(read.agent())
        .isEqualTo(new AgentDeclaration(CheckTarget.port(1), "", interval, interval));
    LoadScript script = new LoadScript(List.of("x"), Duration.ofSeconds(3));
    assertThat(read.feedback())
        .isEqualTo(
            new FeedbackDeclaration(
                script,
                FeedbackDeclaration.Meaning.WEIGHT,
                Duration.ofSeconds(3),
                Duration.ZERO,
                0.01,
                0.02,
                4,
                0.05));
  }

  @Test
  void what_is_left_out_has_the_default_of_the_model() throws Exception {
    Configuration read =
        read("services: [{ address: tcp 127.0.0.1:80, realServers: [10.0.0.1:80] }]");

    assertThat(read)
        .isEqualTo(
            new Configuration(
                null,
                Configuration.DEFAULT_DRAIN,
                TcpSettings.DEFAULT,
                UdpSettings.DEFAULT,
                IpvsSettings.DEFAULT,
                null,
                Housekeeping.NONE,
                new Policies(List.of(), Schedulers.builtIn()),
                List.of(VirtualService.tcp("127.0.0.1", 80).realServer("10.0.0.1:80").build()),
                Set.of(),
                Map.of(),
                List.of()));
  }

  @Test
  void in_band_settings_are_read_beside_their_services() throws Exception {
    Configuration read =
        read(
            """
            services:
              - { name: plain, address: "tcp 127.0.0.1:80", realServers: [10.0.0.1:80] }
              - { name: usual, address: "tcp 127.0.0.1:81", realServers: [10.0.0.1:80], inBand: {} }
              - name: own
                address: tcp 127.0.0.1:82
                realServers: [10.0.0.1:80]
                health: tcp-connect
                inBand:
                  failureRate: 30
                  slowCall: 250ms
                  slowRate: 60
                  consecutiveConnectFailures: 3
                  consecutiveFailures: 7
                  failedStatus: 500-599 429
                  minimumCalls: 8
                  window: 100
                  successRateFactor: 1900
                  ejectionTime: 10m
                  maxEjected: 20
                  confirm: true
            """);

    Duration tenMinutes = Duration.ofMinutes(10);
    assertThat(read.inBand())
        .containsOnly(
            Map.entry("usual", InBandDeclaration.DEFAULT),
            Map.entry(
                "own",
                InBandDeclaration.DEFAULT
                    .failureRate(30)
                    .slowCalls(Duration.ofMillis(250), 60)
                    .consecutiveConnectFailures(3)
                    .consecutiveFailures(7)
                    .failedStatus(StatusRanges.parse("500-599 429"))
                    .window(new Window.Calls(100), 8)
                    .successRateFactor(1.9)
                    .ejectionTime(new EjectionTime(tenMinutes, tenMinutes, 2, 10))
                    .maxEjected(20)
                    .confirm(true)));
  }

  @Test
  void short_forms_mean_the_usual_values() throws Exception {
    VirtualService read =
        service(
            "scheduler: { name: wrr, flags: [] }, persistence: 5m, health: tcp-connect,"
                + " fallback: { address: 10.0.0.9:80 }");

    assertThat(read.scheduler()).isEqualTo(SchedulerSpec.of("wrr"));
    assertThat(read.persistence()).isEqualTo(Persistence.sourceAddress(Duration.ofMinutes(5)));
    assertThat(read.health()).isEqualTo(HealthDeclaration.of(new TcpConnect()));
    assertThat(read.fallback()).isEqualTo(RealServer.of("10.0.0.9:80"));
  }

  @Test
  void a_netmask_is_a_prefix() throws Exception {
    assertThat(service("persistence: { key: source-port, maxTemplates: 5 }").persistence())
        .isEqualTo(
            Persistence.sourcePort(Persistence.DEFAULT_TIMEOUT)
                .withRules(new TemplateRules(5, false, false)));
    assertThat(
            service("persistence: { key: source, expireQuiesced: true, expireDown: true }")
                .persistence())
        .isEqualTo(
            Persistence.sourceAddress(Persistence.DEFAULT_TIMEOUT)
                .withRules(new TemplateRules(1_000_000, true, true)));
    assertThat(service("weightCorrection: {}").weightCorrection())
        .isEqualTo(WeightCorrection.DEFAULT);
    assertThat(service("weightCorrection: { start: 50, minimum: 1, steps: 10 }").weightCorrection())
        .isEqualTo(new WeightCorrection(50, 1, 10));
    assertThat(service("onePacket: false").onePacket()).isFalse();
    VirtualService dns =
        readAll(
                "services: [{ address: udp 192.0.2.1:53, realServers: [], onePacket: true,"
                    + " persistence: { timeout: 9s, key: application } }]")
            .services()
            .get(0);
    assertThat(dns.onePacket()).isTrue();
    assertThat(dns.persistence()).isEqualTo(Persistence.applicationKey(Duration.ofSeconds(9)));
    assertThat(service("persistence: { netmask: 255.255.240.0 }").persistence())
        .isEqualTo(new Persistence.SourceNetwork(Persistence.DEFAULT_TIMEOUT, 20, 128));
  }

  @Test
  void a_service_may_have_no_real_server_yet() throws Exception {
    assertThat(read("services: [{ address: tcp 127.0.0.1:80, realServers: [] }]").services())
        .first()
        .satisfies(service -> assertThat(service.realServers()).isEmpty());
  }

  @Test
  void aliases_repeat_values() throws Exception {
    List<VirtualService> services = read(EXAMPLES.resolve("shared.yaml")).services();

    assertThat(services).hasSize(2);
    assertThat(services.get(0).realServers()).hasSize(2).isEqualTo(services.get(1).realServers());
    assertThat(services.get(0).health()).isNotNull().isEqualTo(services.get(1).health());
  }

  @Test
  void forwarding_and_addresses_that_need_the_kernel_are_read_where_something_carries_them()
      throws Exception {
    Configuration read =
        readAll(
            """
            services:
              - address: fwmark 7 IPv6
                realServers:
                  - { address: 10.0.0.1:0, forwarding: DR }
                  - { address: 10.0.0.2:0, forwarding: TUN }
                  - address: 10.0.0.3:0
                    forwarding: { method: TUN, type: gue, port: 6080, checksum: remcsum }
              - address: udp [2001:db8::1]:53
                realServers: []
            """);

    assertThat(read.services())
        .extracting(VirtualService::name)
        .containsExactly("fwmark 7 IPv6", "udp [2001:db8::1]:53");
    assertThat(read.services().get(0).realServers())
        .extracting(RealServer::forwarding)
        .containsExactly(
            Forwarding.DR, Forwarding.TUN, Forwarding.gue(6080, Forwarding.TunnelChecksum.REMCSUM));
  }

  @Test
  void control_may_be_a_loopback_port_or_a_path_from_the_file_on() throws Exception {
    String rest = "\nservices: [{ address: tcp 127.0.0.1:80, realServers: [] }]";
    assertThat(read("control: \"[::1]:7700\"" + rest).control())
        .isEqualTo(new Loopback(SocketAddresses.parse("[::1]:7700")));
    assertThat(read("control: ./jvs.sock" + rest).control())
        .isEqualTo(new UnixSocket(directory.resolve("jvs.sock")));
  }

  @Test
  void a_byte_order_mark_is_no_harm() throws Exception {
    assertThat(read("\uFEFFservices: [{ address: tcp 127.0.0.1:80, realServers: [] }]").services())
        .hasSize(1);
  }

  private VirtualService service(String more) throws Exception {
    return read("services: [{ address: tcp 127.0.0.1:80, realServers: [10.0.0.1:80], "
            + more
            + " }]")
        .services()
        .get(0);
  }

  private Configuration read(String text) throws IOException, ConfigurationException {
    return read(Files.writeString(directory.resolve("test.yaml"), text));
  }

  private static Configuration read(Path file) throws ConfigurationException {
    return ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection);
  }

  /** As if there were a transport for everything. */
  private Configuration readAll(String text) throws IOException, ConfigurationException {
    Path file = Files.writeString(directory.resolve("test.yaml"), text);
    return ConfigurationFile.read(
        file, Schedulers.builtIn(), (carrier, service) -> Optional.empty());
  }
}
