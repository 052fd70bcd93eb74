package io.jvs.transport;

import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several transports as one, all or nothing. A service goes to the first of them without an
 * objection.
 *
 * <p>One with {@linkplain TransportOptions.Several options of several} goes to one for each of
 * these, with one and the same load balancer. So a firewall mark can be for TCP and UDP together:
 * who is remembered (persistence) is remembered for both, as in the kernel (ip_vs_core.c, {@code
 * ip_vs_sched_persist}: templates of a mark have protocol IP).
 */
public final class JointTransport implements Transport {
  private final List<Transport> transports;
  private Map<Transport, List<Assignment>> carried = Map.of();
  private boolean closed;

  /** In the order in which they are asked and told. */
  public JointTransport(List<Transport> transports) {
    this.transports = List.copyOf(transports);
  }

  /** The names of all, such as {@code tcp, udp}. */
  @Override
  public String name() {
    return String.join(", ", transports.stream().map(Transport::name).toList());
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    return Optional.ofNullable(choose(service).objection());
  }

  @Override
  public void apply(List<Assignment> desired) {
    if (closed) {
      throw new IllegalStateException("the transports " + name() + " are closed");
    }
    Map<Transport, List<Assignment>> shares = new LinkedHashMap<>();
    transports.forEach(each -> shares.put(each, new ArrayList<>()));
    for (Assignment assignment : desired) {
      Choice choice = choose(assignment.service());
      if (choice.objection() != null) {
        throw new UnsupportedServiceException(
            "virtual service '" + assignment.service().name() + "': " + choice.objection());
      }
      choice.carriers().forEach(each -> share(shares, each).add(assignment));
    }
    List<Transport> done = new ArrayList<>();
    try {
      for (Transport each : transports) {
        each.apply(share(shares, each));
        done.add(each);
      }
    } catch (RuntimeException e) { // TransportException, or a fault of the transport
      for (Transport each : done) {
        try {
          each.apply(share(carried, each));
        } catch (RuntimeException again) {
          e.addSuppressed(again);
        }
      }
      throw e;
    }
    carried = shares;
  }

  private static List<Assignment> share(Map<Transport, List<Assignment>> of, Transport transport) {
    return of.getOrDefault(transport, List.of());
  }

  /** All at the same time, so that each has all of the time and none accepts until the end. */
  @Override
  public void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    List<Closing> all = transports.stream().map(each -> new Closing(each, drain)).toList();
    List<Thread> others =
        all.stream()
            .skip(1)
            .map(each -> new Thread(each, "jvs-close-" + each.transport.name()))
            .toList();
    others.forEach(Thread::start);
    all.stream().limit(1).forEach(Closing::run);
    others.forEach(JointTransport::await);
    RuntimeException first = null;
    for (Closing each : all) {
      if (first == null) {
        first = each.failure;
      } else if (each.failure != null) {
        first.addSuppressed(each.failure);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Who is interrupted has no time for draining, but must not leave anything open. */
  private static void await(Thread closing) {
    boolean interrupted = false;
    while (closing.isAlive()) {
      try {
        closing.join();
      } catch (InterruptedException e) {
        interrupted = true;
        closing.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Who carries a service; or why nobody does, and then nobody. */
  private record Choice(Set<Transport> carriers, @Nullable String objection) {
    static Choice nobody(String objection) {
      return new Choice(Set.of(), objection);
    }
  }

  private Choice choose(VirtualService service) {
    if (!(service.transportOptions() instanceof TransportOptions.Several several)) {
      return first(service);
    }
    Set<Transport> carriers = new LinkedHashSet<>();
    for (TransportOptions each : several.all()) {
      Choice one = first(service.toBuilder().transportOptions(each).build());
      if (one.objection() != null) {
        return Choice.nobody("for " + each + ": " + one.objection());
      }
      carriers.addAll(one.carriers());
    }
    for (Transport each : carriers) { // it may know its own options alone
      Optional<String> objection = each.objection(service);
      if (objection.isPresent()) {
        return Choice.nobody(each.name() + ": " + objection.get());
      }
    }
    return new Choice(carriers, null);
  }

  private Choice first(VirtualService service) {
    List<String> objections = new ArrayList<>();
    for (Transport each : transports) {
      Optional<String> objection = each.objection(service);
      if (objection.isEmpty()) {
        return new Choice(Set.of(each), null);
      }
      objections.add(each.name() + ": " + objection.get());
    }
    return Choice.nobody(
        objections.isEmpty()
            ? "there is none (expected: one that carries such services)"
            : String.join("; ", objections));
  }

  private static final class Closing implements Runnable {
    private final Transport transport;
    private final Duration drain;
    private @Nullable RuntimeException failure; // read after the end

    Closing(Transport transport, Duration drain) {
      this.transport = transport;
      this.drain = drain;
    }

    @Override
    public void run() {
      try {
        transport.close(drain);
      } catch (RuntimeException e) { // told when all the others are closed too
        failure = e;
      }
    }
  }
}
