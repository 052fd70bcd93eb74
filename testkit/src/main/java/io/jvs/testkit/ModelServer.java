package io.jvs.testkit;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.scheduling.KernelCompatibility;
import java.net.InetSocketAddress;

/**
 * What the simulation knows of one server address, kept apart from the load balancer's own state
 * and written after the kernel's rules rather than after our code: the mark for "full" changes at
 * the very connection that the kernel changes it at.
 */
final class ModelServer {
  /** Where the server stands in the definition. */
  enum Place {
    LISTED,
    FALLBACK,
    GONE
  }

  private final KernelCompatibility kernel;
  private RealServer definition;
  private int active;
  private int inactive;
  private boolean full;
  private boolean down;
  private Place place = Place.GONE;

  /** The truth out in the world, which no load balancer knows: it refuses connections. */
  boolean broken;

  ModelServer(RealServer definition, KernelCompatibility kernel) {
    this.definition = definition;
    this.kernel = kernel;
  }

  InetSocketAddress address() {
    return definition.address();
  }

  RealServer definition() {
    return definition;
  }

  Place place() {
    return place;
  }

  boolean isListed() {
    return place == Place.LISTED;
  }

  int active() {
    return active;
  }

  int inactive() {
    return inactive;
  }

  int total() {
    return active + inactive;
  }

  boolean full() {
    return full;
  }

  boolean down() {
    return down;
  }

  /** Verdicts are for servers of the service; others are not heard. */
  void verdict(boolean isDown) {
    if (place != Place.GONE) {
      down = isDown;
    }
  }

  /** Joins the service, perhaps once more: counts come back, an old verdict does not. */
  void join(RealServer newDefinition, Place newPlace) {
    down = false;
    place = newPlace;
    edit(newDefinition);
  }

  void leave() {
    place = Place.GONE;
  }

  void edit(RealServer newDefinition) {
    ConnectionLimits before = definition.limits();
    ConnectionLimits limits = newDefinition.limits();
    definition = newDefinition;
    if (kernel == KernelCompatibility.LINUX_6_1) {
      full = full && limits.upper() != 0 && limits.upper() <= before.upper();
    } else if (limits.upper() == 0) {
      full = false;
    } else if (total() >= limits.upper()) {
      full = true;
    } else if (total() < newestLower(limits)) {
      full = false;
    }
  }

  void bind(boolean asActive) {
    active += asActive ? 1 : 0;
    inactive += asActive ? 0 : 1;
    int upper = definition.limits().upper();
    boolean reached = kernel == KernelCompatibility.LINUX_6_1 ? total() >= upper : total() == upper;
    full |= upper != 0 && reached;
  }

  void deactivate() {
    active--;
    inactive++;
  }

  void release(boolean asActive) {
    active -= asActive ? 1 : 0;
    inactive -= asActive ? 0 : 1;
    ConnectionLimits limits = definition.limits();
    if (kernel == KernelCompatibility.NEWEST) {
      full &= total() != newestLower(limits) - 1;
    } else if (limits.lower() != 0) {
      full &= total() >= limits.lower();
    } else {
      full &= limits.upper() != 0 && total() * 4L >= limits.upper() * 3L;
    }
  }

  private static int newestLower(ConnectionLimits limits) {
    return limits.lower() != 0 ? limits.lower() : limits.upper() - limits.upper() / 4;
  }

  @Override
  public String toString() {
    return definition.name()
        + (place == Place.LISTED ? "" : " " + place)
        + " weight "
        + definition.weight()
        + " "
        + active
        + "+"
        + inactive
        + (definition.limits().upper() == 0 ? "" : " of " + definition.limits())
        + (full ? " full" : "")
        + (down ? " down" : "");
  }
}
