package io.jvs.launcher.running;

import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A transport for the services that ask for it, and for no others. Before the first of them it is
 * not touched at all: the kernel's would need rights that nobody has to have for the proxy alone.
 */
final class ChosenTransport implements Transport {
  private final Transport transport;
  private final Predicate<VirtualService> chosen;
  private boolean used;

  ChosenTransport(Transport transport, Predicate<VirtualService> chosen) {
    this.transport = transport;
    this.chosen = chosen;
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    return chosen.test(service)
        ? transport.objection(service)
        : Optional.of("the service asks for another transport");
  }

  @Override
  public void apply(List<Assignment> desired) {
    if (used || !desired.isEmpty()) {
      used = true;
      transport.apply(desired);
    }
  }

  @Override
  public void close(Duration drain) {
    if (used) { // one that carries nothing has opened nothing
      transport.close(drain);
    }
  }
}
