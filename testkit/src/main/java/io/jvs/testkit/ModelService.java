package io.jvs.testkit;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Refused.ServerReason;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ModelServer.Place;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer must look like and may answer, worked out from the definition and from what
 * has happened, without looking at the load balancer.
 */
final class ModelService {
  /** Whose client belongs to one server or none, or that let nobody over a line of their own. */
  private static final Set<String> DECLINING = Set.of("sh", "mh", "dh", "ovf");

  private final SimulationSettings settings;
  private final LoadBalancer balancer;
  private final Map<InetSocketAddress, ModelServer> servers = new LinkedHashMap<>();
  private final List<ModelServer> listed = new ArrayList<>(); // newest first
  private final ModelTemplates templates = new ModelTemplates();
  private final Set<String> expectedNews = new LinkedHashSet<>();
  private VirtualService definition;
  private @Nullable ModelServer fallback;
  private long refusals;

  ModelService(VirtualService definition, SimulationSettings settings, LoadBalancer balancer) {
    this.settings = settings;
    this.balancer = balancer;
    this.definition = definition.toBuilder().realServers(List.of()).fallback(null).build();
    apply(definition);
  }

  ModelTemplates templates() {
    return templates;
  }

  /** Whatever is known of the address; servers come into being when they are first spoken of. */
  ModelServer server(InetSocketAddress address) {
    return servers.computeIfAbsent(
        address, a -> new ModelServer(RealServer.of(a), settings.compatibility()));
  }

  /** Removes, edits, and puts new ones at the head in the order of the definition. */
  void apply(VirtualService desired) {
    expectedNews.clear();
    Map<InetSocketAddress, RealServer> wanted = new LinkedHashMap<>();
    desired.realServers().forEach(s -> wanted.put(s.address(), s));
    if (fallback != null
        && (desired.fallback() == null
            || !fallback.address().equals(desired.fallback().address()))) {
      fallback.leave();
      fallback = null;
    }
    boolean someLeft = false;
    for (ModelServer server : List.copyOf(listed)) {
      RealServer wish = wanted.remove(server.address());
      if (wish == null) {
        someLeft = true;
        server.leave();
        listed.remove(server);
        expectedNews.add("removed " + server.definition().name() + " with " + server.total());
      } else if (!wish.equals(server.definition())) {
        server.edit(wish);
        expectedNews.add("changed " + wish);
      }
    }
    wanted.forEach(
        (address, wish) -> {
          server(address).join(wish, Place.LISTED);
          listed.add(0, server(address));
          expectedNews.add("added " + wish);
        });
    RealServer newFallback = desired.fallback();
    if (newFallback != null && fallback == null) {
      fallback = server(newFallback.address());
      fallback.join(newFallback, Place.FALLBACK);
    } else if (newFallback != null && fallback != null) {
      fallback.edit(newFallback);
    }
    applyPersistence(desired, someLeft);
    definition = desired;
  }

  private void applyPersistence(VirtualService desired, boolean someLeft) {
    Persistence before = definition.persistence();
    Persistence after = desired.persistence();
    if (before == null || after == null || !keys(before).equals(keys(after))) {
      templates.clear();
    }
    if (someLeft && after != null && after.rules().expireDown()) {
      templates.forget(server -> server.place() == Place.GONE);
    }
  }

  /** What clients are known by; timeout and rules are no part of it. */
  private static List<Object> keys(Persistence persistence) {
    return persistence instanceof Persistence.SourceNetwork network
        ? List.of(network.ipv4Prefix(), network.ipv6Prefix())
        : List.of(persistence.getClass());
  }

  /** A check finds a server down or up. Verdicts on servers that are gone are not heard. */
  void verdict(ModelServer server, boolean down) {
    boolean news = down && !server.down();
    server.verdict(down);
    Persistence persistence = definition.persistence();
    if (news && server.down() && persistence != null && persistence.rules().expireDown()) {
      templates.forget(server::equals);
    }
  }

  /** The events of a change name each server that came, went or changed, and no other. */
  void checkNews(List<LoadBalancerEvent> news) {
    Set<String> told = new LinkedHashSet<>();
    for (LoadBalancerEvent event : news) {
      if (event instanceof LoadBalancerEvent.ServerAdded added) {
        told.add("added " + added.server());
      } else if (event instanceof LoadBalancerEvent.ServerRemoved removed) {
        told.add("removed " + removed.server().name() + " with " + removed.connections());
      } else if (event instanceof LoadBalancerEvent.ServerChanged changed) {
        told.add("changed " + changed.after());
      }
    }
    expect(told.equals(expectedNews), "events " + told + ", expected " + expectedNews);
  }

  /** Judges the choice for a flow, and takes note of the connection. */
  ModelConnection opened(Connection connection, Flow flow, Set<InetSocketAddress> tried, long now) {
    ModelServer chosen = server(connection.server().address());
    boolean usedUp = isUsedUp(tried);
    expect(
        !usedUp || chosen.place() == Place.FALLBACK,
        "attempt " + (tried.size() + 1) + " of at most " + definition.attempts());
    expect(!tried.contains(chosen.address()), chosen + " is offered again, tried are " + tried);
    expect(connection.address().equals(chosen.address()), "address " + connection.address());
    boolean tcp = settings.protocol() == Protocol.TCP;
    Persistence persistence = definition.persistence();
    ModelTemplates.Template template = null;
    String key = "";
    if (persistence != null) {
      key = ModelTemplates.key(flow, persistence);
      template = templates.find(key);
    }
    if (!usedUp && template != null && binds(template, tried)) {
      expect(
          chosen == template.server,
          chosen + " was chosen, but a template holds " + template.server);
    } else if (chosen.place() == Place.FALLBACK) {
      expect(!chosen.down(), chosen + " was chosen");
      if (!usedUp) {
        checkNobodyUsable(tried, "the fallback was chosen");
        cameInVain(template);
      }
      template = null;
    } else {
      boolean heedsLimits = !definition.scheduler().name().equals("lblc");
      expect(
          usable(chosen, tried) || (!heedsLimits && chosen.full() && mayHave(chosen, tried)),
          chosen + " was chosen");
      template =
          persistence == null
              ? null
              : templates.remember(key, chosen, persistence.timeout().toNanos());
    }
    return new ModelConnection(connection, chosen, template, tcp, now);
  }

  /** Whether the flow has been offered as often as it may be; only the fallback is left. */
  private boolean isUsedUp(Set<InetSocketAddress> tried) {
    return !tried.isEmpty() && tried.size() >= definition.attempts();
  }

  /**
   * A template holds for a full server and, unless the service says otherwise, for a quiesced one,
   * but not for one that is down or not listed.
   */
  private boolean binds(ModelTemplates.Template template, Set<InetSocketAddress> tried) {
    ModelServer server = template.server;
    Persistence persistence = definition.persistence();
    boolean letsGo =
        persistence != null
            && persistence.rules().expireQuiesced()
            && server.definition().weight() == 0;
    return !letsGo && server.isListed() && !server.down() && !tried.contains(server.address());
  }

  /** A template that binds nobody is given up when its client comes (ip_vs_check_template). */
  private void cameInVain(ModelTemplates.@Nullable Template template) {
    if (template != null && !binds(template, Set.of())) {
      templates.forget(template);
    }
  }

  private static boolean usable(ModelServer server, Set<InetSocketAddress> tried) {
    return mayHave(server, tried) && !server.full();
  }

  private static boolean mayHave(ModelServer server, Set<InetSocketAddress> tried) {
    return server.isListed()
        && server.definition().weight() > 0
        && !server.down()
        && !tried.contains(server.address());
  }

  private void checkNobodyUsable(Set<InetSocketAddress> tried, String but) {
    if (!settings.mayDecline() && !DECLINING.contains(definition.scheduler().name())) {
      for (ModelServer server : listed) {
        expect(!usable(server, tried), but + ", but usable is " + server);
      }
    }
  }

  void checkRefused(Refused refused, Flow flow, Set<InetSocketAddress> tried) {
    refusals++;
    ModelServer sorry = fallback;
    expect(
        sorry == null || sorry.down() || tried.contains(sorry.address()),
        refused + ", but there is the fallback " + sorry);
    if (isUsedUp(tried)) {
      expect(refused.cause() == Refused.Cause.ALL_TRIED, "attempts used up: " + refused);
    } else {
      checkNobodyUsable(tried, refused.toString());
      Persistence persistence = definition.persistence();
      ModelTemplates.Template template =
          persistence == null ? null : templates.find(ModelTemplates.key(flow, persistence));
      expect(
          template == null || !binds(template, tried),
          refused + ", but there is a template for the client");
      cameInVain(template);
    }
    expect(refused.servers().size() == listed.size(), "a reason per server: " + refused);
    for (int i = 0; i < listed.size(); i++) {
      ModelServer server = listed.get(i);
      ServerReason reason = refused.servers().get(i);
      expect(reason.server().equals(server.definition()), reason + " is not about " + server);
      boolean true_ =
          switch (reason.why()) {
            case TRIED -> tried.contains(server.address());
            case DOWN -> server.down();
            case QUIESCED -> server.definition().weight() == 0;
            case FULL -> server.full();
            case NOT_CHOSEN -> usable(server, tried);
          };
      expect(true_, reason + " is not true of " + server + ", tried are " + tried);
    }
  }

  /** No connection has been moved on by anybody but us, and listed servers count theirs. */
  void check(List<ModelConnection> open) {
    for (ModelConnection connection : open) {
      expect(
          connection.real.phase() == connection.phase(),
          connection.real + " should be " + connection.phase());
    }
    for (ModelServer server : listed) {
      ServerStatus shown = balancer.status(server.address());
      expect(
          shown != null
              && shown.active() == server.active()
              && shown.inactive() == server.inactive()
              && shown.full() == server.full(),
          "shown is " + shown + ", expected " + server);
    }
  }

  /**
   * Everything the load balancer shows must be so. Asking for it makes it drop dead templates, so a
   * simulation does it now and then only.
   */
  void checkStatus(List<ModelConnection> open) {
    ServiceStatus status = balancer.status();
    expect(status.service().equals(definition), "definition is " + status.service());
    expect(status.servers().size() == listed.size(), "servers " + status.servers());
    for (int i = 0; i < listed.size(); i++) {
      check(status.servers().get(i), listed.get(i));
    }
    List<ModelServer> gone = new ArrayList<>();
    for (ModelServer server : servers.values()) {
      if (server.place() == Place.GONE && server.total() > 0) {
        gone.add(server);
      }
    }
    expect(status.removed().size() == gone.size(), "removed " + status.removed() + ", not " + gone);
    for (ServerStatus shown : status.removed()) {
      check(shown, server(shown.server().address()));
    }
    ModelServer sorry = fallback;
    expect((status.fallback() == null) == (sorry == null), "fallback " + status.fallback());
    if (status.fallback() != null && sorry != null) {
      check(status.fallback(), sorry);
    }
    expect(
        status.connections() == open.size(),
        status.connections() + " connections, open are " + open.size());
    long refused = status.refused().values().stream().mapToLong(Long::longValue).sum();
    expect(refused == refusals, refused + " refused, expected " + refusals);
    expect(
        status.templates() == templates.live().size(),
        status.templates() + " templates, alive are " + templates.live().size());
  }

  private void check(ServerStatus shown, ModelServer server) {
    expect(
        shown.server().equals(server.definition())
            && shown.weight() == server.definition().weight()
            && shown.active() == server.active()
            && shown.inactive() == server.inactive()
            && shown.full() == server.full()
            && (shown.down() != null) == server.down(),
        "shown is " + shown + ", expected " + server);
    long alive = templates.live().stream().filter(t -> t.server == server).count();
    expect(
        shown.templates() == alive,
        shown.templates() + " templates of " + server + ", alive are " + alive);
  }

  private static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
