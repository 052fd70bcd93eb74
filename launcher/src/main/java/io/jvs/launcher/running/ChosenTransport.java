package io.jvs.launcher.running;

import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transport for the services that ask for it, and for no others. Before the first of them it is
 * not touched at all: the kernel's would need rights that nobody has to have for the proxies alone,
 * and what nobody needs shall take no time to load.
 */
final class ChosenTransport<T extends Transport> implements Transport {
  private final String name;
  private final Supplier<T> maker;
  private final Predicate<VirtualService> chosen;
  private @Nullable T made; // the control side's
  private volatile @Nullable T used; // read by any thread

  /**
   * Makes nothing yet.
   *
   * @param maker is asked once, by the control side
   */
  ChosenTransport(String name, Supplier<T> maker, Predicate<VirtualService> chosen) {
    this.name = name;
    this.maker = maker;
    this.chosen = chosen;
  }

  /** The transport, once it has carried something, or null. Any thread. */
  @Nullable T used() {
    return used;
  }

  @Override
  public String name() {
    return name;
  }

  private T transport() {
    T present = made;
    if (present == null) {
      present = maker.get();
      made = present;
    }
    return present;
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    return chosen.test(service)
        ? transport().objection(service)
        : Optional.of("the service asks for another transport");
  }

  @Override
  public void apply(List<Assignment> desired) {
    if (used != null || !desired.isEmpty()) {
      T transport = transport();
      used = transport;
      transport.apply(desired);
    }
  }

  @Override
  public void close(Duration drain) {
    T transport = used;
    if (transport != null) { // one that carries nothing has opened nothing
      transport.close(drain);
    }
  }
}
