package io.jvs.balancing;

import io.jvs.model.Persistence;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import io.jvs.persistence.TemplateTable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries the remembered clients of one service from generation to generation. Servers count their
 * templates, and people are told when there are too many.
 */
final class TemplateKeeper implements TemplateTable.Observer<ServerState> {
  private final Supplier<VirtualService> service;
  private final Listeners listeners;
  private final RandomGenerator random;
  private final LongAdder evicted = new LongAdder();

  /**
   * @param service the definition in force
   */
  TemplateKeeper(Supplier<VirtualService> service, Listeners listeners, RandomGenerator random) {
    this.service = service;
    this.listeners = listeners;
    this.random = random;
  }

  static TemplateRules rules(VirtualService service) {
    Persistence persistence = service.persistence();
    return persistence == null ? TemplateRules.DEFAULT : persistence.rules();
  }

  /** Control side: templates stay while clients are known in the same way. */
  @Nullable TemplateTable<ServerState> next(
      VirtualService definition, @Nullable Generation before) {
    TemplateTable<ServerState> present = before == null ? null : before.templates();
    Persistence persistence = definition.persistence();
    if (persistence == null) {
      if (present != null) {
        present.close();
      }
      return null;
    }
    return present == null
        ? new TemplateTable<ServerState>(persistence, definition.address(), random.nextLong(), this)
        : present.with(persistence, definition.address());
  }

  /** Clients of servers that are out go elsewhere for good, if {@code rule} asks for that. */
  static void forget(Generation now, VirtualService rule, Predicate<ServerState> out) {
    TemplateTable<ServerState> templates = now.templates();
    if (templates != null && rules(rule).expireDown()) {
      templates.forget(out);
    }
  }

  long evictions() {
    return evicted.sum();
  }

  @Override
  public void counted(ServerState server, int change) {
    server.templates.add(change);
  }

  @Override
  public void evicted() {
    evicted.increment();
    VirtualService now = service.get();
    listeners.tell(new LoadBalancerEvent.TemplateEvicted(now.name(), rules(now).maximum()));
  }
}
