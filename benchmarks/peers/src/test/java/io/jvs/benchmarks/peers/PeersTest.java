package io.jvs.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.benchmarks.Contender;
import io.jvs.benchmarks.Pool;
import io.jvs.benchmarks.Row;
import io.jvs.benchmarks.Subject;
import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers do here what they do under their own clients. */
class PeersTest {
  private static final int TURNS = 3_000;

  static List<Arguments> peers() {
    List<Arguments> peers = new ArrayList<>();
    for (Contender peer : ServiceLoader.load(Contender.class)) {
      peer.rows().forEach(row -> peers.add(Arguments.of(peer, row)));
    }
    return peers;
  }

  @Test
  void all_four_are_there() {
    assertThat(ServiceLoader.load(Contender.class))
        .extracting(Contender::column)
        .containsExactly("Armeria", "gRPC", "Vert.x", "Finagle");
  }

  @ParameterizedTest
  @MethodSource("peers")
  void work_spreads_as_the_policy_says(Contender peer, Row row) {
    Subject subject = peer.create(row, 5);
    int[] chosen = new int[5];
    List<Object> open = new ArrayList<>();
    Random chance = new Random(1);
    for (int i = 0; i < TURNS; i++) {
      Flow client =
          Flow.tcp(
              SocketAddresses.parse("10.1." + i / 250 + "." + i % 250 + ":40000"),
              SocketAddresses.parse("192.0.2.10:80"));
      open.add(Objects.requireNonNull(subject.open(client)));
      if (open.size() > 32) {
        subject.close(open.remove(chance.nextInt(open.size())), 0);
      }
      chosen[subject.serve(client)]++;
    }
    for (int i = 0; i < chosen.length; i++) {
      double fair = row == Row.WRR ? TURNS * row.weight(i) / 15.0 : TURNS / 5.0;
      // a ring of hashes is uneven by nature, who was slow once is avoided for a while, and what
      // comes and goes at once shows how a heap breaks ties rather than how it spreads
      double tolerance = row == Row.MH ? 0.5 : row == Row.EWMA || row == Row.LC ? 1 : 0.25;
      assertThat((double) chosen[i])
          .as(peer.column() + " " + row + ", server " + i)
          .isBetween(fair * (1 - tolerance), fair * (1 + tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void pools_take_new_servers(Contender peer, Row row) {
    Pool pool = peer.pool(row, 20);
    assertThat(pool).isNotNull();
    for (int place = 0; place < 20; place++) {
      pool.prepare(place);
      pool.replace();
      if (pool.flips()) {
        pool.flip(place);
      }
    }
  }
}
