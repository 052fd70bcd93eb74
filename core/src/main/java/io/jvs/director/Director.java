package io.jvs.director;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.OutcomeListener;
import io.jvs.balancing.ServiceStatus;
import io.jvs.balancing.StandingOrder;
import io.jvs.health.HealthMonitor;
import io.jvs.model.Ticker;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.JointTransport;
import io.jvs.transport.Transport;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several virtual services with what carries and checks them. It is told the desired state as a
 * whole and makes the difference: services that do not change are not touched.
 *
 * <p>Methods may be called by any thread; those that change something run one after the other.
 */
public final class Director implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Director.class.getName());
  private static final long DRAIN_POLL_NANOS = 5_000_000;

  private final JointTransport transports;
  private final Schedulers schedulers;
  private final Ticker ticker;
  private final KernelCompatibility compatibility;
  private final HealthMonitor health;
  private final List<LoadBalancerListener> balancerListeners;
  private final List<DirectorListener> listeners;
  private final List<StandingOrder> orders;
  private final Function<VirtualService, List<OutcomeListener>> outcomeListeners;
  private final ReentrantLock control = new ReentrantLock();
  private volatile Map<String, LoadBalancer> balancers = Map.of(); // in the order of definition
  private boolean closed; // under control

  private Director(Builder builder) {
    this.transports = new JointTransport(builder.transports);
    this.schedulers = builder.schedulers;
    this.ticker = builder.ticker;
    this.compatibility = builder.compatibility;
    this.health = builder.health == null ? new HealthMonitor() : builder.health;
    this.balancerListeners = List.copyOf(builder.balancerListeners);
    this.listeners = List.copyOf(builder.listeners);
    this.orders = List.copyOf(builder.orders);
    this.outcomeListeners = builder.outcomeListeners;
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes the services equal to {@code desired}; a second call with the same changes nothing.
   * Services are known by name. What a service no longer has lives on while connections use it.
   *
   * @throws IllegalArgumentException before anything changes, if a definition names an unknown
   *     scheduler or a check that cannot be run, or two have one name or meet at one address
   * @throws UnsupportedServiceException before anything changes, if no transport can carry one
   * @throws TransportException if the outside does not allow it; then everything is as before
   */
  public void apply(List<VirtualService> desired) {
    control.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the director is closed");
      }
      checkTogether(desired);
      desired.forEach(HealthMonitor::requireRunnable);
      desired.forEach(this::requireCarriable);
      Map<String, LoadBalancer> before = balancers;
      Map<String, LoadBalancer> after = new LinkedHashMap<>();
      for (VirtualService service : desired) {
        LoadBalancer present = before.get(service.name());
        after.put(service.name(), present == null ? newBalancer(service) : present);
      }
      List<LoadBalancer> fresh =
          after.values().stream().filter(each -> !before.containsValue(each)).toList();
      fresh.forEach(health::watch); // what is known to be down is down from the first flow on
      try {
        carry(desired, after);
      } catch (RuntimeException e) { // rethrown
        fresh.forEach(health::forget);
        throw e;
      }
      balancers = after;
      for (VirtualService service : desired) {
        follow(service, after, before);
      }
      before.forEach(
          (name, balancer) -> {
            if (!after.containsKey(name)) {
              balancer.close();
              health.forget(balancer);
              listeners.forEach(listener -> listener.serviceStopped(balancer));
            }
          });
    } finally {
      control.unlock();
    }
  }

  /**
   * The load balancer of a service.
   *
   * @throws IllegalArgumentException if there is no such service
   */
  public LoadBalancer balancer(String service) {
    Map<String, LoadBalancer> now = balancers;
    LoadBalancer balancer = now.get(service);
    if (balancer == null) {
      throw new IllegalArgumentException(
          "no virtual service '" + service + "' (expected: one of " + now.keySet() + ")");
    }
    return balancer;
  }

  /** All services, in the order of the last {@link #apply}. */
  public List<LoadBalancer> balancers() {
    return List.copyOf(balancers.values());
  }

  /** What checks the servers of the services. */
  public HealthMonitor health() {
    return health;
  }

  /** Orders in force about servers of all services. */
  public List<StandingOrder> orders() {
    return balancers.values().stream().flatMap(b -> b.control().orders().stream()).toList();
  }

  /** All services as they are now. */
  public List<ServiceStatus> status() {
    return balancers.values().stream().map(LoadBalancer::status).toList();
  }

  /** Stops at once: what is open is reset. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Admits nothing more, waits for present connections to end, and resets what is left at the
   * deadline. A second call does nothing.
   */
  public void close(Duration drain) {
    control.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      health.close();
      long deadline = ticker.nanoTime() + drain.toNanos();
      balancers.forEach(
          (name, balancer) -> {
            if (isInProcess(balancer.service())) {
              balancer.close(); // carried ones are closed behind their listeners
            }
          });
      transports.close(drain);
      for (LoadBalancer balancer : balancers.values()) {
        balancer.close();
        while (balancer.status().connections() > 0 && deadline - ticker.nanoTime() > 0) {
          LockSupport.parkNanos(DRAIN_POLL_NANOS); // calls in this process tell nobody of their end
        }
        listeners.forEach(listener -> listener.serviceStopped(balancer));
      }
    } finally {
      control.unlock();
    }
  }

  private static void checkTogether(List<VirtualService> desired) {
    for (int i = 0; i < desired.size(); i++) {
      for (int j = 0; j < i; j++) {
        VirtualService one = desired.get(j);
        VirtualService other = desired.get(i);
        if (one.name().equals(other.name())) {
          throw new IllegalArgumentException(
              "virtual service '" + one.name() + "' is defined twice (expected: different names)");
        }
        if (one.address().meets(other.address())) {
          throw new IllegalArgumentException(
              "virtual services '"
                  + one.name()
                  + "' and '"
                  + other.name()
                  + "' are both at "
                  + other.address()
                  + " (expected: different addresses or ports)");
        }
      }
    }
  }

  /** Whether there is its scheduler and what carries it. */
  private void requireCarriable(VirtualService service) {
    try {
      schedulers.find(service.scheduler());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "virtual service '" + service.name() + "': " + e.getMessage(), e);
    }
    if (isInProcess(service)) {
      return;
    }
    transports
        .objection(service)
        .ifPresent(
            objection -> {
              throw new UnsupportedServiceException(
                  "virtual service '"
                      + service.name()
                      + "' ("
                      + service.address()
                      + "): no transport can carry it: "
                      + objection);
            });
  }

  /** Called in this process, by nobody else. */
  private static boolean isInProcess(VirtualService service) {
    return service.address() instanceof VirtualAddress.None;
  }

  private LoadBalancer newBalancer(VirtualService service) {
    LoadBalancer.Builder builder =
        LoadBalancer.builder(service)
            .schedulers(schedulers)
            .ticker(ticker)
            .compatibility(compatibility);
    balancerListeners.forEach(builder::listener);
    outcomeListeners.apply(service).forEach(builder::outcomes);
    LoadBalancer balancer = builder.build();
    balancer
        .control()
        .restore(orders.stream().filter(o -> o.service().equals(service.name())).toList());
    return balancer;
  }

  private void carry(List<VirtualService> desired, Map<String, LoadBalancer> newBalancers) {
    List<Assignment> share = new ArrayList<>();
    for (VirtualService service : desired) {
      LoadBalancer balancer = newBalancers.get(service.name());
      if (!isInProcess(service) && balancer != null) {
        share.add(new Assignment(service, balancer));
      }
    }
    transports.apply(share);
  }

  private void follow(
      VirtualService service, Map<String, LoadBalancer> after, Map<String, LoadBalancer> before) {
    LoadBalancer balancer = after.get(service.name());
    if (balancer == null) {
      return; // cannot be: after has all desired services
    }
    if (!before.containsKey(service.name())) {
      LOG.log(Level.INFO, "{0} starts", service);
      listeners.forEach(listener -> listener.serviceStarted(balancer));
    } else if (!balancer.service().equals(service)) {
      balancer.apply(service);
    }
    health.watch(balancer, service);
  }

  /** Collects what a director works with. */
  public static final class Builder {
    private final List<Transport> transports = new ArrayList<>();
    private final List<LoadBalancerListener> balancerListeners = new ArrayList<>();
    private final List<DirectorListener> listeners = new ArrayList<>();
    private Schedulers schedulers = Schedulers.installed();
    private Ticker ticker = Ticker.system();
    private KernelCompatibility compatibility = KernelCompatibility.NEWEST;
    private @Nullable HealthMonitor health;
    private List<StandingOrder> orders = List.of();
    private Function<VirtualService, List<OutcomeListener>> outcomeListeners = service -> List.of();

    private Builder() {}

    /**
     * One more transport; the first without an objection carries a service, and one for each of its
     * options if it has {@linkplain TransportOptions.Several those of several}.
     */
    public Builder transport(Transport transport) {
      transports.add(transport);
      return this;
    }

    /** Default: {@link Schedulers#installed()}. */
    public Builder schedulers(Schedulers known) {
      this.schedulers = known;
      return this;
    }

    /** Default: {@link Ticker#system()}. */
    public Builder ticker(Ticker newTicker) {
      this.ticker = newTicker;
      return this;
    }

    /** Default: {@link KernelCompatibility#NEWEST}. */
    public Builder compatibility(KernelCompatibility newCompatibility) {
      this.compatibility = newCompatibility;
      return this;
    }

    /** Default: one with a thread of its own. Closed with the director. */
    public Builder health(HealthMonitor monitor) {
      this.health = monitor;
      return this;
    }

    /** Told of the events of all services. */
    public Builder listener(LoadBalancerListener listener) {
      balancerListeners.add(listener);
      return this;
    }

    /** Orders from before a restart; they hold from the first moment of their services. */
    public Builder orders(List<StandingOrder> known) {
      this.orders = known;
      return this;
    }

    /** Who hears what becomes of the connections of a service that starts. Default: nobody. */
    public Builder outcomes(Function<VirtualService, List<OutcomeListener>> listenersOf) {
      this.outcomeListeners = listenersOf;
      return this;
    }

    /** Told of services that come and go. */
    public Builder listener(DirectorListener listener) {
      listeners.add(listener);
      return this;
    }

    public Director build() {
      return new Director(this);
    }
  }
}
