package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.Subset;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousSubsetTest {
  private static List<RealServer> pool(int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> RealServer.of("10.0." + (i >> 8) + "." + (i & 255) + ":80"))
        .toList();
  }

  private static List<String> names(List<RealServer> servers) {
    return servers.stream().map(RealServer::name).toList();
  }

  private static List<String> listed(LoadBalancer balancer) {
    return balancer.status().servers().stream().map(each -> each.server().name()).toList();
  }

  /** Clients of different versions must agree, so this must never change. */
  @Test
  void the_choice_is_the_same_on_every_machine_and_in_every_version() {
    assertThat(names(RendezvousSubset.of(pool(1000), new Subset("client-1", 5))))
        .containsExactly(
            "10.0.1.190:80", "10.0.2.20:80", "10.0.1.121:80", "10.0.0.166:80", "10.0.1.75:80");
    assertThat(
            names(
                RendezvousSubset.of(
                    List.of(
                        RealServer.of("[2001:db8::1]:80"),
                        RealServer.of("app.example:80"),
                        RealServer.of("10.0.0.1:80")),
                    new Subset("Zürich", 2))))
        .containsExactly("app.example:80", "[2001:db8::1]:80");
  }

  @Test
  void neither_weight_nor_metadata_nor_limits_matter() {
    List<RealServer> other = new ArrayList<>(pool(100));
    other.replaceAll(server -> server.withWeight(7));
    Subset subset = new Subset("c", 10);
    assertThat(names(RendezvousSubset.of(other, subset)))
        .isEqualTo(names(RendezvousSubset.of(pool(100), subset)));
  }

  @Test
  void a_small_pool_is_used_as_a_whole() {
    assertThat(RendezvousSubset.of(pool(3), new Subset("c", 3)))
        .containsExactlyInAnyOrderElementsOf(pool(3));
    assertThat(RendezvousSubset.of(pool(3), new Subset("c", 100)))
        .containsExactlyInAnyOrderElementsOf(pool(3));
    assertThat(RendezvousSubset.of(List.of(), new Subset("c", 1))).isEmpty();
  }

  @Test
  void not_every_client_begins_with_the_same_server() {
    Set<String> first = new HashSet<>();
    for (int client = 0; client < 100; client++) {
      first.add(RendezvousSubset.of(pool(10), new Subset("client-" + client, 10)).get(0).name());
    }
    assertThat(first).hasSize(10);
  }

  @Test
  void a_service_uses_its_subset_and_the_status_tells_both_numbers() {
    VirtualService service =
        VirtualService.inProcess("web").realServers(pool(1000)).subset("client-1", 20).build();
    LoadBalancer balancer = LoadBalancer.of(service);
    assertThat(balancer.status().servers()).hasSize(20);
    assertThat(balancer.status().service().realServers()).hasSize(1000);
    assertThat(service.toString()).contains(", subset of 20 for client-1, real servers ");
  }

  @Test
  void a_reload_with_another_pool_changes_no_more_than_it_must() {
    VirtualService service =
        VirtualService.inProcess("web").realServers(pool(1000)).subset("client-1", 20).build();
    LoadBalancer balancer = LoadBalancer.of(service);
    List<String> before = listed(balancer);
    Connection open = (Connection) balancer.admit(Flow.any());

    List<RealServer> without = new ArrayList<>(pool(1000));
    without.removeIf(server -> server.name().equals(before.get(7)));
    balancer.apply(service.toBuilder().realServers(without).build());

    List<String> after = listed(balancer);
    assertThat(after).hasSize(20).doesNotContain(before.get(7));
    assertThat(after).filteredOn(before::contains).hasSize(19);
    balancer.apply(service);
    assertThat(listed(balancer)).containsExactlyInAnyOrderElementsOf(before);
    assertThat(balancer.status().connections()).isEqualTo(1);
    open.close();
  }

  @Test
  void a_subset_comes_and_goes_and_counts_stay() {
    VirtualService all = VirtualService.inProcess("web").realServers(pool(50)).build();
    LoadBalancer balancer = LoadBalancer.of(all);
    for (int i = 0; i < 50; i++) {
      balancer.admit(Flow.any());
    }
    balancer.apply(all.toBuilder().subset("c", 5).build());
    assertThat(balancer.status().servers()).hasSize(5).allMatch(each -> each.active() == 1);
    assertThat(balancer.status().removed()).hasSize(45);
    balancer.apply(all);
    assertThat(balancer.status().servers()).hasSize(50).allMatch(each -> each.active() == 1);
  }

  @Test
  void wrong_subsets_are_refused() {
    assertThatThrownBy(() -> new Subset(" ", 1))
        .hasMessage(
            "subset: client id ' ' (expected: 1 to 255 characters, different for each client, such"
                + " as its host name)");
    assertThatThrownBy(() -> new Subset("c", 0))
        .hasMessage("subset: size 0 (expected: 1 or more; leave the subset out to use all)");
  }
}
