package io.jvs.health;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.Judge;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServiceControl;
import io.jvs.balancing.WeightAdjustment;
import io.jvs.balancing.WeightSource;
import io.jvs.health.AgentAnswer.State;
import io.jvs.model.AgentDeclaration;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The agent of one server: asked every interval, also while an operator works on the server, since
 * the agent itself may have ordered that. Each answer changes what it names and nothing else. No
 * answer is not an answer: the last one stays in force, and after a while there is a warning. Timer
 * thread only.
 */
final class AgentWatch {
  private static final int SILENCE = 3;
  private static final String NAME = "agent";

  private final LoadBalancer balancer;
  private final CheckRunner runner;
  private final Recurrence questions;
  private VirtualService service;
  private RealServer server;
  private AgentDeclaration agent;
  private String lastAnswer = "";
  private int unanswered;

  AgentWatch(
      LoadBalancer balancer,
      CheckRunner runner,
      VirtualService service,
      RealServer server,
      AgentDeclaration agent) {
    this.balancer = balancer;
    this.runner = runner;
    this.service = service;
    this.server = server;
    this.agent = agent;
    this.questions =
        new Recurrence(runner.timer(), this::ask, () -> this.agent.interval().toNanos());
  }

  /** First asked at a random moment of the first interval. */
  void start(RandomGenerator random) {
    questions.in(random.nextLong(agent.interval().toNanos()));
  }

  /** From now on as declared; what the agent said last stays. */
  void follow(VirtualService newService, RealServer newServer, AgentDeclaration newAgent) {
    boolean sooner = newAgent.interval().compareTo(agent.interval()) < 0;
    service = newService;
    server = newServer;
    agent = newAgent;
    if (sooner && !questions.isRunning()) {
      questions.in(agent.interval().toNanos());
    }
  }

  void stop() {
    questions.stop();
  }

  private void ask() {
    CheckTiming timing = CheckTiming.DEFAULT.every(agent.interval()).timeout(agent.timeout());
    CheckDeclaration question =
        new CheckDeclaration(new AgentQuestion(agent.send()), agent.target(), timing);
    questions.await(runner.run(service, server, question), this::ended);
  }

  private void ended(CheckResult result) {
    if (result.passed()) {
      unanswered = 0;
      answered(result.detail());
    } else if (++unanswered >= SILENCE) {
      warn(
          "no answer "
              + SILENCE
              + " times in a row, "
              + (lastAnswer.isEmpty() ? "" : "what it said last stays, '" + lastAnswer + "': ")
              + result.detail());
    }
  }

  private void answered(String line) {
    lastAnswer = AgentQuestion.shown(line);
    AgentAnswer answer = AgentAnswer.parse(line);
    InetSocketAddress address = server.address();
    ServiceControl control = balancer.control();
    if (answer.admin() != null) {
      order(answer.admin());
    }
    if (answer.percent() != null) {
      // More than a source may ask for is as much as it may.
      double factor = Math.min(answer.percent() / 100.0, WeightAdjustment.MAX_FACTOR);
      control.adjust(
          address,
          WeightSource.AGENT,
          WeightAdjustment.factor(factor, "agent says " + answer.percent() + "%"));
    }
    if (answer.maxConnections() != null) {
      int most = answer.maxConnections();
      control.limit(address, most == 0 ? Integer.MAX_VALUE : most, "agent says maxconn:" + most);
    }
    if (answer.state() != null) {
      boolean up = answer.state() == State.UP;
      String text = answer.text().isEmpty() ? "" : ": " + AgentQuestion.shown(answer.text());
      control.judge(address, Judge.AGENT, up ? null : "agent says " + answer.state() + text);
    }
    warn(
        answer.notUnderstood().isEmpty()
            ? null
            : "not understood: '"
                + AgentQuestion.shown(String.join(" ", answer.notUnderstood()))
                + "' (expected: N%, maxconn:N, ready, drain, maint, up, down, fail or stopped)");
  }

  private void order(AgentAnswer.Admin admin) {
    AdminOrder order =
        switch (admin) {
          case READY -> null;
          case DRAIN -> AdminOrder.of(AdminOrder.Kind.DRAIN, NAME, "agent says drain");
          case MAINT -> AdminOrder.of(AdminOrder.Kind.MAINTENANCE, NAME, "agent says maint");
        };
    order(order);
  }

  private void order(@Nullable AdminOrder order) {
    try {
      balancer.control().order(server.address(), Orderer.AGENT, order);
    } catch (IllegalArgumentException e) {
      // The server has left a moment ago, and this watch will hear of it.
    }
  }

  private void warn(@Nullable String warning) {
    balancer.control().warn(server.address(), NAME, warning);
  }

  /** Nobody asks any more, so nobody would ever take back what the agent has said. */
  void takeBack() {
    InetSocketAddress address = server.address();
    ServiceControl control = balancer.control();
    order((AdminOrder) null);
    control.adjust(address, WeightSource.AGENT, null);
    control.limit(address, null, "the agent is not asked any more");
    control.judge(address, Judge.AGENT, null);
    warn(null);
  }
}
