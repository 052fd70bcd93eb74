package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DifferenceTest {
  private static final ServiceKey WEB = key(80);
  private static final int OURS = 4; // of the eight services that there can be

  /** Steps from any table to any other, carried out by a kernel that has rows of others too. */
  @Property(tries = 300)
  void steps_lead_to_the_wanted_table_and_leave_the_rest_alone(@ForAll Random random)
      throws IOException {
    ModelKernel kernel = new ModelKernel();
    for (ServiceRows each : randomRows(random, 2 * OURS)) {
      fill(kernel, each);
    }
    List<ServiceRows> target = randomRows(random, OURS);
    Set<ServiceKey> owned = ownKeys();
    Map<ServiceKey, ServiceRows> before = ServiceRows.of(kernel.snapshot());

    List<Step> steps = Difference.between(before, target, owned::contains);
    var answers = kernel.execute(steps.stream().map(Step::command).toList());

    assertThat(answers).as("%s", steps).allMatch(Objects::isNull);
    Map<ServiceKey, ServiceRows> after = ServiceRows.of(kernel.snapshot());
    assertThat(Difference.between(after, target, owned::contains)).isEmpty();
    for (ServiceRows each : target) {
      ServiceRows there = after.get(each.key());
      assertThat(there).isNotNull();
      assertThat(new HashMap<>(there.destinations())).isEqualTo(each.destinations());
      assertThat(Difference.isSame(there.service(), each.service())).isTrue();
    }
    Set<ServiceKey> wanted = target.stream().map(ServiceRows::key).collect(Collectors.toSet());
    for (ServiceKey key : owned) {
      assertThat(after.containsKey(key)).isEqualTo(wanted.contains(key));
    }
    before.forEach(
        (key, rows) -> {
          if (!owned.contains(key)) {
            assertThat(after.get(key)).as("foreign").isEqualTo(rows);
            assertThat(inOrder(after.get(key))).isEqualTo(inOrder(rows));
          }
        });
    for (Step step : steps) {
      assertThat(changesSomething(step.command(), before)).as("%s", step).isTrue();
    }
  }

  /** While the steps are carried out, a service that had servers to use always has some. */
  @Property(tries = 300)
  void traffic_never_lacks_a_server_that_is_there_before_and_after(@ForAll Random random)
      throws IOException {
    ModelKernel kernel = new ModelKernel();
    for (ServiceRows each : randomRows(random, OURS)) {
      fill(kernel, each);
    }
    List<ServiceRows> target = randomRows(random, OURS);
    Map<ServiceKey, ServiceRows> before = ServiceRows.of(kernel.snapshot());
    List<Step> steps = Difference.between(before, target, ownKeys()::contains);

    for (Step step : steps) {
      var unused = kernel.execute(List.of(step.command()));
      Map<ServiceKey, ServiceRows> now = ServiceRows.of(kernel.snapshot());
      for (ServiceRows wanted : target) {
        ServiceRows was = before.get(wanted.key());
        if (was != null && serves(was) && serves(wanted)) {
          assertThat(serves(now.get(wanted.key()))).as("after %s of %s", step, steps).isTrue();
        }
      }
    }
  }

  @Test
  void a_row_that_differs_is_edited_in_place_with_what_differs_as_reason() {
    ServiceRows before = rows(WEB, "rr", destination(1, 1), destination(2, 5));
    ServiceRows after = rows(WEB, "rr", destination(1, 1), destination(2, 7));

    assertThat(Difference.between(Map.of(WEB, before), List.of(after), key -> true))
        .containsExactly(
            new Step(new IpvsCommand.EditDestination(WEB, destination(2, 7)), "weight 5 -> 7"));
  }

  @Test
  void another_scheduler_is_an_edit() {
    ServiceRows before = rows(WEB, "rr", destination(1, 1));
    ServiceRows after = rows(WEB, "wlc", destination(1, 1));

    assertThat(Difference.between(Map.of(WEB, before), List.of(after), key -> true))
        .containsExactly(
            new Step(new IpvsCommand.EditService(after.service()), "scheduler rr -> wlc"));
  }

  @Test
  void destinations_are_added_in_the_order_of_the_definition() {
    ServiceRows after = rows(WEB, "rr", destination(3, 1), destination(1, 1), destination(2, 1));

    assertThat(Difference.between(Map.of(), List.of(after), key -> true))
        .extracting(Step::command)
        .containsExactly(
            new IpvsCommand.AddService(after.service()),
            new IpvsCommand.AddDestination(WEB, destination(3, 1)),
            new IpvsCommand.AddDestination(WEB, destination(1, 1)),
            new IpvsCommand.AddDestination(WEB, destination(2, 1)));
  }

  @Test
  void another_order_of_the_same_destinations_is_left() {
    ServiceRows before = rows(WEB, "rr", destination(1, 1), destination(2, 1));
    ServiceRows after = rows(WEB, "rr", destination(2, 1), destination(1, 1));

    assertThat(Difference.between(Map.of(WEB, before), List.of(after), key -> true)).isEmpty();
  }

  @Test
  void what_the_kernel_remembers_of_a_persistence_that_is_over_does_not_matter() {
    IpvsService was = new IpvsService(WEB, "rr", 0, 360, 0xffff_ff00, null);
    ServiceRows before = new ServiceRows(was, Map.of());

    assertThat(Difference.between(Map.of(WEB, before), List.of(rows(WEB, "rr")), key -> true))
        .isEmpty();
  }

  private static boolean serves(@Nullable ServiceRows rows) {
    return rows != null && rows.destinations().values().stream().anyMatch(d -> d.weight() > 0);
  }

  private static List<IpvsDestination> inOrder(@Nullable ServiceRows rows) {
    return rows == null ? List.of() : List.copyOf(rows.destinations().values());
  }

  private static boolean changesSomething(
      IpvsCommand command, Map<ServiceKey, ServiceRows> before) {
    if (command instanceof IpvsCommand.EditService edit) {
      ServiceRows was = before.get(edit.service().key());
      return was != null && !was.service().equals(edit.service());
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      ServiceRows was = before.get(edit.service());
      return was != null
          && !edit.destination().equals(was.destinations().get(edit.destination().address()));
    }
    return true; // adding what is there and deleting what is not is an error, and there was none
  }

  private static Set<ServiceKey> ownKeys() {
    return Set.of(key(80), key(81), key(82), key(83));
  }

  private static List<ServiceRows> randomRows(Random random, int services) {
    List<ServiceRows> all = new ArrayList<>();
    String[] schedulers = {"rr", "wlc", "sh"};
    for (int i = 0; i < services; i++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      List<Integer> hosts = new ArrayList<>(List.of(1, 2, 3, 4, 5));
      Collections.shuffle(hosts, random);
      IpvsDestination[] destinations =
          hosts.stream()
              .limit(random.nextInt(6))
              .map(host -> random(random, host))
              .toArray(IpvsDestination[]::new);
      boolean persistent = random.nextInt(3) == 0;
      IpvsService service =
          new IpvsService(
              key(80 + i),
              schedulers[random.nextInt(3)],
              persistent ? IpvsService.PERSISTENT : 0,
              random.nextInt(3) * 60L,
              random.nextBoolean() ? -1 : 0xffff_ff00,
              null);
      all.add(new ServiceRows(service, byAddress(destinations)));
    }
    return all;
  }

  private static IpvsDestination random(Random random, int host) {
    long upper = random.nextInt(3) * 10L;
    return new IpvsDestination(
        destination(host, 0).address(),
        random.nextBoolean() ? IpvsDestination.NAT : IpvsDestination.TUNNEL,
        random.nextInt(3),
        upper,
        upper / 2,
        0,
        0,
        0);
  }

  private static void fill(ModelKernel kernel, ServiceRows rows) {
    kernel.somebody(new IpvsCommand.AddService(rows.service()));
    for (IpvsDestination each : rows.destinations().values()) {
      kernel.somebody(new IpvsCommand.AddDestination(rows.key(), each));
    }
  }

  private static ServiceRows rows(
      ServiceKey key, String scheduler, IpvsDestination... destinations) {
    return new ServiceRows(
        new IpvsService(key, scheduler, 0, 0, -1, null), byAddress(destinations));
  }

  private static Map<InetSocketAddress, IpvsDestination> byAddress(IpvsDestination... all) {
    Map<InetSocketAddress, IpvsDestination> map = new LinkedHashMap<>();
    for (IpvsDestination each : all) {
      map.put(each.address(), each);
    }
    return map;
  }

  private static ServiceKey key(int port) {
    return new ServiceKey.Address(ServiceKey.TCP, ip("192.0.2.1"), port);
  }

  private static IpvsDestination destination(int host, int weight) {
    return IpvsDestination.nat(new InetSocketAddress(ip("10.0.0." + host), 8080), weight);
  }

  private static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
