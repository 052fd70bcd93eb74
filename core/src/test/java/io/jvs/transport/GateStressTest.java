package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ServiceLimits;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Threads that come and go, with few clients and too little room for them, so that they meet. */
class GateStressTest {
  private static final int THREADS = 4;
  private static final int CLIENTS = 24;
  private static final int MOST = 20;
  private static final int PER_CLIENT = 3;

  private final List<InetAddress> addresses = new ArrayList<>();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicIntegerArray insideOf = new AtomicIntegerArray(CLIENTS);

  @Test
  void no_limit_is_passed_and_all_counts_come_back_to_zero() throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      addresses.add(SocketAddresses.parseIp("203.0.113." + i));
    }
    Gate gate = new Gate(service(PER_CLIENT), Ticker.system(), 32);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom chance = new SplittableRandom(i);
        work.add(threads.submit(() -> comeAndGo(gate, chance)));
      }
      int refused = 0;
      for (Future<Integer> each : work) {
        refused += each.get();
      }
      assertThat(refused).isPositive();
    } finally {
      threads.shutdownNow();
    }
    assertThat(gate.connections()).isZero();
    assertThat(gate.clients()).isZero();
    assertThat(gate.unknownClients()).isZero();
  }

  /** What is inside is counted before it leaves and after it has come: never more than there is. */
  private int comeAndGo(Gate gate, SplittableRandom chance) {
    record Inside(int client, Pass pass) {}
    Deque<Inside> mine = new ArrayDeque<>();
    int refused = 0;
    for (int step = 0; step < 100_000 || !mine.isEmpty(); step++) {
      boolean come = step < 100_000 && chance.nextInt(100) < 52;
      if (come) {
        int client = chance.nextInt(CLIENTS);
        Pass pass = gate.enter(addresses.get(client));
        if (pass.refusal() == null) {
          mine.add(new Inside(client, pass));
          if (inside.incrementAndGet() > MOST || insideOf.incrementAndGet(client) > PER_CLIENT) {
            throw new AssertionError("more than the limit are inside");
          }
        } else {
          refused++;
        }
      } else if (!mine.isEmpty()) {
        Inside one = chance.nextBoolean() ? mine.removeFirst() : mine.removeLast();
        insideOf.decrementAndGet(one.client());
        inside.decrementAndGet();
        one.pass().leave();
      }
    }
    return refused;
  }

  private static VirtualService service(int perClient) {
    return VirtualService.inProcess("web")
        .limits(new ServiceLimits(MOST, perClient, null, null, null))
        .build();
  }
}
