package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FoldedTest {
  @Test
  void addresses_of_both_families_fold_as_in_the_kernel() {
    for (HashVectors.Row row : HashVectors.ALL) {
      assertThat(Folded.client(KernelList.from(row.address(), 40_000)))
          .as(row.address())
          .isEqualTo(row.folded());
      assertThat(Folded.destination(KernelList.to(row.address())))
          .as(row.address())
          .isEqualTo(row.folded());
      assertThat(Folded.server(new InetSocketAddress(SocketAddresses.parseIp(row.address()), 80)))
          .as(row.address())
          .isEqualTo(row.folded());
    }
  }

  @Test
  void hash_32_takes_the_upper_bits_of_the_product() {
    for (HashVectors.Row row : HashVectors.ALL) {
      assertThat(Folded.hash32(row.folded(), 8)).as(row.address()).isEqualTo(row.bucket());
      assertThat(Folded.hash32(row.folded(), 10)).as(row.address()).isEqualTo(row.localityBucket());
    }
  }

  @Test
  void a_key_stands_for_the_addresses_that_a_flow_does_not_have() {
    Flow user = Flow.keyed("user-17");
    assertThat(Folded.client(user))
        .isEqualTo(Folded.destination(user))
        .isEqualTo(Folded.client(Flow.keyed("user-17")))
        .isNotEqualTo(Folded.client(Flow.keyed("user-18")));
    assertThat(Folded.client(Flow.any())).isEqualTo(Folded.client(Flow.keyed(0)));
  }

  @Test
  void a_key_counts_more_than_the_addresses_that_a_flow_has() {
    Flow here = KernelList.from("10.0.0.1", 40_000).withKey("user-17");
    Flow there = KernelList.from("10.0.0.2", 50_000).withKey("user-17");
    assertThat(Folded.client(here))
        .isEqualTo(Folded.client(there))
        .isEqualTo(Folded.destination(there))
        .isEqualTo(Folded.client(Flow.keyed("user-17")));
    assertThat(Folded.clientPort(here)).isZero();
    assertThat(Folded.clientPort(KernelList.from("10.0.0.1", 40_000))).isEqualTo(40_000);
  }

  @Test
  void keys_in_a_row_are_spread_over_all_buckets() {
    Set<Integer> buckets = new HashSet<>();
    for (int user = 0; user < 2_560; user++) { // by chance, 1 bucket in 22,000 would stay empty
      buckets.add(Folded.hash32(Folded.client(Flow.keyed(user)), 8));
    }
    assertThat(buckets).hasSize(256);
  }

  @Test
  void a_host_name_counts_as_the_same_in_any_case_of_letters() {
    assertThat(Folded.server(SocketAddresses.parse("db.example:1")))
        .isEqualTo(Folded.server(SocketAddresses.parse("DB.example:1")))
        .isNotEqualTo(Folded.server(SocketAddresses.parse("dc.example:1")));
  }
}
