package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps from a present table to a wanted one, such that traffic never breaks: nothing is
 * replaced that can be edited, all is added before anything is deleted, and a server gets weight
 * before another one loses its last. What does not differ is in no step.
 *
 * <p>The order of destinations that are there already is left alone, also where a policy goes by
 * it: the kernel could only be made to change it by deleting them, which cuts their connections.
 */
final class Difference {
  private final List<Step> services = new ArrayList<>();
  private final List<Step> edits = new ArrayList<>();
  private final List<Step> adds = new ArrayList<>();
  private final List<Step> quiesces = new ArrayList<>();
  private final List<Step> deletes = new ArrayList<>();

  private Difference() {}

  /**
   * @param present rows by key; those of others may be among them
   * @param target all that is to be there of our own
   * @param owned services that may be deleted if they are not wanted
   */
  static List<Step> between(
      Map<ServiceKey, ServiceRows> present,
      Collection<ServiceRows> target,
      Predicate<ServiceKey> owned) {
    Difference difference = new Difference();
    for (ServiceRows wanted : target) {
      difference.service(present.get(wanted.key()), wanted);
    }
    List<Step> gone = new ArrayList<>();
    Set<ServiceKey> kept = target.stream().map(ServiceRows::key).collect(Collectors.toSet());
    for (ServiceKey key : present.keySet()) {
      if (!kept.contains(key) && owned.test(key)) {
        gone.add(new Step(new IpvsCommand.DeleteService(key), "not in the definition"));
      }
    }
    List<Step> all = new ArrayList<>(difference.services);
    all.addAll(difference.edits);
    all.addAll(difference.adds);
    all.addAll(difference.quiesces);
    all.addAll(difference.deletes);
    all.addAll(gone);
    return all;
  }

  /** Whether the step takes something away. */
  static boolean deletes(Step step) {
    return step.command() instanceof IpvsCommand.DeleteService
        || step.command() instanceof IpvsCommand.DeleteDestination;
  }

  /** Whether rows say the same to the kernel: without persistence it looks at neither its parts. */
  static boolean isSame(IpvsService one, IpvsService other) {
    return serviceChange(one, other).isEmpty();
  }

  private void service(@Nullable ServiceRows present, ServiceRows wanted) {
    ServiceKey key = wanted.key();
    Map<InetSocketAddress, IpvsDestination> before = Map.of();
    if (present == null) {
      services.add(new Step(new IpvsCommand.AddService(wanted.service()), "new"));
    } else {
      before = present.destinations();
      String change = serviceChange(present.service(), wanted.service());
      if (!change.isEmpty()) {
        services.add(new Step(new IpvsCommand.EditService(wanted.service()), change));
      }
    }
    for (IpvsDestination each : wanted.destinations().values()) {
      if (!before.containsKey(each.address())) {
        adds.add(
            new Step(
                new IpvsCommand.AddDestination(key, each), "new" + note(wanted, each.address())));
      }
    }
    List<IpvsDestination> newestFirst = new ArrayList<>(before.values());
    Collections.reverse(newestFirst); // as the in-process list is edited, from its head
    for (IpvsDestination was : newestFirst) {
      IpvsDestination is = wanted.destinations().get(was.address());
      if (is == null) {
        deletes.add(
            new Step(
                new IpvsCommand.DeleteDestination(key, was.address()),
                "not wanted any more" + note(wanted, was.address())));
      } else if (!is.equals(was)) {
        (is.weight() == 0 ? quiesces : edits)
            .add(
                new Step(
                    new IpvsCommand.EditDestination(key, is),
                    change(was, is) + note(wanted, was.address())));
      }
    }
  }

  private static String note(ServiceRows wanted, InetSocketAddress address) {
    String note = wanted.notes().get(address);
    return note == null ? "" : ": " + note;
  }

  static String serviceChange(IpvsService was, IpvsService is) {
    List<String> changes = new ArrayList<>();
    add(changes, "scheduler", was.scheduler(), is.scheduler());
    add(changes, "flags", flags(was), flags(is));
    boolean persistent = is.has(IpvsService.PERSISTENT);
    add(changes, "persistent", was.has(IpvsService.PERSISTENT), persistent);
    if (persistent) {
      add(changes, "timeout", was.timeoutSeconds() + " s", is.timeoutSeconds() + " s");
      add(changes, "netmask", netmask(was), netmask(is));
    }
    add(changes, "engine", String.valueOf(was.engine()), String.valueOf(is.engine()));
    return String.join(", ", changes);
  }

  private static String flags(IpvsService service) {
    return "0x" + Integer.toHexString(service.flags() & ~IpvsService.PERSISTENT);
  }

  private static String netmask(IpvsService service) {
    return switch (service.key().family()) {
      case IPV4 -> "0x" + Integer.toHexString(service.netmask());
      case IPV6 -> "/" + service.netmask();
    };
  }

  /** What an edit changes, such as {@code weight 1 -> 3}. */
  static String change(IpvsDestination was, IpvsDestination is) {
    List<String> changes = new ArrayList<>();
    add(changes, "forwarding", method(was), method(is));
    add(changes, "weight", was.weight(), is.weight());
    add(changes, "upper threshold", was.upper(), is.upper());
    add(changes, "lower threshold", was.lower(), is.lower());
    add(changes, "tunnel", tunnel(was), tunnel(is));
    return String.join(", ", changes);
  }

  private static String method(IpvsDestination destination) {
    return switch (destination.method()) {
      case IpvsDestination.NAT -> "NAT";
      case IpvsDestination.DIRECT_ROUTE -> "DR";
      case IpvsDestination.TUNNEL -> "TUN";
      default -> "method " + destination.method();
    };
  }

  private static String tunnel(IpvsDestination destination) {
    String type =
        switch (destination.tunnelType()) {
          case IpvsDestination.IPIP -> "ipip";
          case IpvsDestination.GUE -> "gue";
          case IpvsDestination.GRE -> "gre";
          default -> "type " + destination.tunnelType();
        };
    return type
        + (destination.tunnelPort() == 0 ? "" : " port " + destination.tunnelPort())
        + (destination.tunnelFlags() == 0 ? "" : " flags " + destination.tunnelFlags());
  }

  private static void add(List<String> changes, String what, Object was, Object is) {
    if (!was.equals(is)) {
      changes.add(what + " " + was + " -> " + is);
    }
  }

  /** What a command is about, such as {@code TCP 10.0.0.100:80 -> 10.9.0.1:8080}. */
  static String subject(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService add) {
      return add.service().key().toString();
    } else if (command instanceof IpvsCommand.EditService edit) {
      return edit.service().key().toString();
    } else if (command instanceof IpvsCommand.DeleteService delete) {
      return delete.service().toString();
    } else if (command instanceof IpvsCommand.AddDestination add) {
      return add.service() + " -> " + SocketAddresses.format(add.destination().address());
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      return edit.service() + " -> " + SocketAddresses.format(edit.destination().address());
    } else if (command instanceof IpvsCommand.DeleteDestination delete) {
      return delete.service() + " -> " + SocketAddresses.format(delete.destination());
    }
    return command.toString();
  }
}
