package io.jvs.agent;

import static io.jvs.agent.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.agent.Answer.Admin;
import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceControl;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.AgentDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JVS as the client of agents, on real sockets: what {@code io.jvs.health} makes of answers. */
@Timeout(120)
class AgentWatchTest {
  private static final Duration OFTEN = Duration.ofMillis(100);
  private static final RealServer SERVER = RealServer.of("127.0.0.1:80").withWeight(10);

  private final AtomicInteger checks = new AtomicInteger();
  private final HealthDeclaration health =
      HealthDeclaration.of(
          FunctionCheck.of("counted", server -> checks.incrementAndGet() > 0),
          CheckTiming.DEFAULT.every(OFTEN));
  private final HealthMonitor monitor = new HealthMonitor();
  private final LoadBalancer balancer =
      LoadBalancer.of(VirtualService.inProcess("web").realServer(SERVER).build());
  private volatile Answer answer = Answer.NOTHING;

  @AfterEach
  void close() {
    monitor.close();
    balancer.close();
  }

  private AgentServer agent(int port) throws IOException {
    return AgentServer.builder()
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .answers(() -> answer)
        .start();
  }

  private void follow(VirtualService service) {
    balancer.apply(service);
    // While the monitor is changing something, others' changes wait for their turn.
    eventually("applied", () -> balancer.service().equals(service), balancer::service);
    monitor.watch(balancer);
  }

  private void ask(int port) {
    follow(balancer.service().toBuilder().health(health).agent(declaration(port, "")).build());
  }

  private static AgentDeclaration declaration(int port, String send) {
    return new AgentDeclaration(CheckTarget.port(port), send, OFTEN, OFTEN);
  }

  private static int port(AgentServer agent) {
    return agent.addresses().get(0).getPort();
  }

  private ServerStatus status() {
    return Objects.requireNonNull(balancer.status(SERVER.address()));
  }

  private void await(String what, Predicate<ServerStatus> condition) {
    eventually(what, () -> condition.test(status()), this::status);
  }

  @Test
  void each_word_has_its_effect_and_only_its_own() throws Exception {
    try (AgentServer agent = agent(0)) {
      answer = Answer.of(50);
      ask(port(agent));
      await("half of 10", s -> s.weight() == 5);
      assertThat(status().weightReason()).contains("agent says 50%");

      answer = Answer.NOTHING.admin(Admin.DRAIN);
      await("drained", s -> s.weight() == 0);
      assertThat(status().down()).isNull();
      answer = Answer.NOTHING.admin(Admin.READY);
      await("half of 10 still", s -> s.weight() == 5);

      answer = Answer.NOTHING.down("disk full");
      await("down", s -> s.down() != null);
      assertThat(Objects.requireNonNull(status().down()).reason())
          .contains("agent says down: disk full");
      answer = Answer.of(100);
      long asked = agent.answered();
      await("heard", s -> agent.answered() > asked + 2);
      assertThat(status().down()).as("a percentage is not up").isNotNull();
      answer = Answer.NOTHING.up();
      await("up", s -> s.down() == null && s.weight() == 10);

      answer = Answer.NOTHING.maxConnections(3);
      eventually(
          "the limit",
          () ->
              balancer.control().explain(SERVER.address()).history().stream()
                  .anyMatch(change -> change.consequence().equals("connection limit 3")),
          () -> balancer.control().explain(SERVER.address()));
    }
  }

  @Test
  void in_maintenance_checks_pause_and_the_agent_is_still_asked() throws Exception {
    try (AgentServer agent = agent(0)) {
      answer = Answer.NOTHING.admin(Admin.MAINT);
      ask(port(agent));
      await("excluded", ServerStatus::excluded);
      long asked = agent.answered();
      int before = checks.get();
      eventually("more questions", () -> agent.answered() > asked + 5, agent::answered);
      assertThat(checks.get()).isLessThanOrEqualTo(before + 1); // one may have been under way
      answer = Answer.NOTHING.admin(Admin.READY);
      await("in use", s -> !s.excluded());
      eventually("checks go on", () -> checks.get() > before + 1, checks::get);
    }
  }

  @Test
  void the_agent_does_not_undo_what_others_ordered() throws Exception {
    try (AgentServer agent = agent(0)) {
      ServiceControl control = balancer.control();
      control.order(
          SERVER.address(),
          Orderer.OPERATOR,
          AdminOrder.of(AdminOrder.Kind.DRAIN, "alice", "new kernel"));
      answer = Answer.of(80).admin(Admin.READY).up();
      ask(port(agent));
      await("heard", s -> agent.answered() > 3);
      assertThat(status().weight()).isZero();
      control.order(SERVER.address(), Orderer.OPERATOR, null);
      await("8 of 10", s -> s.weight() == 8);
    }
  }

  @Test
  void silence_changes_nothing_and_is_warned_of_until_there_is_an_answer() throws Exception {
    int port;
    try (AgentServer agent = agent(0)) {
      port = port(agent);
      answer = Answer.of(30);
      ask(port);
      await("3 of 10", s -> s.weight() == 3);
    }
    await("a warning", s -> s.warnings().containsKey("agent"));
    assertThat(status().warnings().get("agent"))
        .isEqualTo(
            "no answer 3 times in a row, what it said last stays, '30%': connection refused");
    assertThat(status().weight()).isEqualTo(3);
    assertThat(status().down()).isNull();
    try (AgentServer again = agent(port)) {
      await("no warning", s -> s.warnings().isEmpty());
      assertThat(again.answered()).isPositive();
    }
  }

  @Test
  void a_reload_keeps_what_was_said_and_without_an_agent_it_is_taken_back() throws Exception {
    try (AgentServer agent = agent(0)) {
      answer = Answer.of(50).admin(Admin.DRAIN).down("tired");
      ask(port(agent));
      await("down", s -> s.down() != null && !s.orders().isEmpty());
      answer = Answer.NOTHING;
      follow(balancer.service().toBuilder().scheduler("rr").build());
      long asked = agent.answered();
      await("asked on", s -> agent.answered() > asked + 3);
      assertThat(status().down()).isNotNull();
      assertThat(status().orders()).isNotEmpty();

      follow(balancer.service().toBuilder().agent(null).build());
      await("as configured", s -> s.down() == null && s.orders().isEmpty() && s.weight() == 10);
    }
  }

  @Test
  void an_order_of_an_agent_that_is_gone_ends_when_its_server_returns() throws Exception {
    try (AgentServer agent = agent(0)) {
      answer = Answer.NOTHING.admin(Admin.MAINT);
      ask(port(agent));
      await("excluded", ServerStatus::excluded);
      VirtualService service = balancer.service();
      RealServer other = RealServer.of("127.0.0.2:80");
      follow(service.toBuilder().realServers(List.of(other)).build());
      follow(service.toBuilder().agent(null).build());
      await("in use", s -> !s.excluded() && s.orders().isEmpty());
    }
  }

  @Test
  void what_is_to_be_sent_is_sent() throws Exception {
    try (RawAgent agent = new RawAgent("40%\n", 5)) {
      follow(balancer.service().toBuilder().agent(declaration(agent.port(), "web1\n")).build());
      await("4 of 10", s -> s.weight() == 4);
      assertThat(agent.heard).isEqualTo("web1\n");
    }
  }

  @Test
  void words_that_are_none_are_warned_of_and_the_others_count() throws Exception {
    try (RawAgent agent = new RawAgent("slow 40% \u0001\n", 0)) {
      ask(agent.port());
      await("4 of 10", s -> s.weight() == 4);
      await("a warning", s -> s.warnings().containsKey("agent"));
      assertThat(status().warnings().get("agent"))
          .startsWith("not understood: 'slow ?' (expected: N%, maxconn:N, ready");
    }
  }

  @Test
  void liars_are_warned_of_and_change_nothing() throws Exception {
    String[][] liars = {
      {"", "closed without an answer"},
      {"40%", "answer without a line end, '40%'"},
      {"x".repeat(40_000), "16384 bytes without a line end, '" + "x".repeat(60) + "...'"},
    };
    for (String[] each : liars) {
      try (RawAgent agent = new RawAgent(each[0], 0)) {
        ask(agent.port());
        await(each[1], s -> s.warnings().getOrDefault("agent", "").endsWith(each[1]));
        assertThat(status().weight()).isEqualTo(10);
      }
    }
  }

  @Test
  void an_agent_that_accepts_and_never_answers_is_given_up_in_time() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      ask(silent.getLocalPort());
      await(
          "a warning",
          s ->
              s.warnings()
                  .getOrDefault("agent", "")
                  .endsWith("timed out after 100ms waiting for the answer"));
      assertThat(status().weight()).isEqualTo(10);
    }
  }

  /** Hears so many bytes, and answers any text. */
  private static final class RawAgent implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final byte[] says;
    private final int hears;
    private volatile String heard = "";

    RawAgent(String says, int hears) throws IOException {
      this.says = says.getBytes(StandardCharsets.US_ASCII);
      this.hears = hears;
      Thread thread = new Thread(this::run, "raw-agent");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return listener.getLocalPort();
    }

    private void run() {
      while (!listener.isClosed()) {
        try (Socket client = listener.accept()) {
          heard = new String(client.getInputStream().readNBytes(hears), StandardCharsets.US_ASCII);
          client.getOutputStream().write(says);
          client.shutdownOutput();
          client.getInputStream().readAllBytes();
        } catch (IOException e) {
          // The client hangs up as soon as it has seen enough.
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
