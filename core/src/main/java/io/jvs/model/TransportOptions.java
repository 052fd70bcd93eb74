package io.jvs.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What only one kind of transport understands of a service, such as the options of its sockets. The
 * transport that carries the service says which class it expects, and refuses others. To be
 * compared by {@code equals}: a difference is a change of the service.
 */
public interface TransportOptions {
  /**
   * Those of several transports that carry one service together, such as TCP and UDP with the same
   * firewall mark.
   *
   * @param all one of each kind, two or more
   */
  record Several(List<TransportOptions> all) implements TransportOptions {
    public Several {
      all = List.copyOf(all);
      Set<Class<?>> kinds = new HashSet<>();
      for (TransportOptions each : all) {
        if (each instanceof Several || !kinds.add(each.getClass())) {
          throw new IllegalArgumentException(
              "transport options " + each + " (expected: one of each kind)");
        }
      }
      if (all.size() < 2) {
        throw new IllegalArgumentException(
            "transport options " + all + " (expected: of two or more transports, or itself alone)");
      }
    }

    @Override
    public String toString() {
      return all.stream().map(TransportOptions::toString).collect(Collectors.joining(", "));
    }
  }
}
