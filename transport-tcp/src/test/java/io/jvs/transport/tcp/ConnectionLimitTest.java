package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A limit that moves: with a reload other listeners leave more descriptors, or fewer. */
class ConnectionLimitTest {
  /**
   * Held, since loggers are forgotten otherwise: a line for each round would be all that it does.
   */
  private static final Logger QUIET = Logger.getLogger(TcpTransport.class.getName());

  private final List<Boolean> gate = new ArrayList<>();

  @BeforeEach
  void quiet() {
    QUIET.setLevel(Level.OFF);
  }

  @AfterEach
  void loud() {
    QUIET.setLevel(null);
  }

  @Test
  void a_higher_limit_lets_those_in_who_wait_and_opens_the_door() {
    ConnectionLimit[] limit = new ConnectionLimit[1];
    limit[0] = new ConnectionLimit(1, WhenFull.WAIT, () -> gate.add(limit[0].isOpen()));
    List<String> entered = new ArrayList<>();
    assertThat(limit[0].enter(() -> entered.add("first")))
        .isEqualTo(ConnectionLimit.Answer.ENTERED);
    assertThat(limit[0].enter(() -> entered.add("second")))
        .isEqualTo(ConnectionLimit.Answer.WAITING);
    assertThat(gate).last().isEqualTo(false);
    limit[0].setMax(3);
    assertThat(entered).containsExactly("second");
    assertThat(limit[0].taken()).isEqualTo(2);
    assertThat(gate).last().isEqualTo(true);
  }

  @Test
  void a_lower_limit_closes_the_door_until_enough_have_left() {
    ConnectionLimit[] limit = new ConnectionLimit[1];
    limit[0] = new ConnectionLimit(3, WhenFull.WAIT, () -> gate.add(limit[0].isOpen()));
    limit[0].enter(() -> {});
    limit[0].enter(() -> {});
    limit[0].setMax(1);
    assertThat(gate).last().isEqualTo(false);
    limit[0].leave();
    assertThat(gate).last().isEqualTo(false);
    limit[0].leave();
    assertThat(gate).last().isEqualTo(true);
  }

  @Test
  void a_transport_that_refuses_has_no_door_to_move() {
    ConnectionLimit limit = new ConnectionLimit(1, WhenFull.REFUSE, () -> gate.add(true));
    assertThat(limit.enter(() -> {})).isEqualTo(ConnectionLimit.Answer.ENTERED);
    assertThat(limit.enter(() -> {})).isEqualTo(ConnectionLimit.Answer.REFUSED);
    limit.setMax(2);
    assertThat(limit.enter(() -> {})).isEqualTo(ConnectionLimit.Answer.ENTERED);
    assertThat(limit.refused()).isEqualTo(1);
    assertThat(gate).isEmpty();
  }

  /**
   * Two leave at once and one waits: whoever is late finds a place that it must give back, and the
   * door open again.
   */
  @Test
  void two_who_leave_at_once_leave_the_door_open() throws Exception {
    int rounds = 100_000;
    Race race = new Race();
    Phaser together = new Phaser(2);
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                together.arriveAndAwaitAdvance();
                race.limit.leave();
                together.arriveAndAwaitAdvance();
              }
            });
    other.setDaemon(true);
    other.start();
    int wrong = 0;
    for (int i = 0; i < rounds; i++) {
      race.begin();
      together.arriveAndAwaitAdvance();
      race.limit.leave();
      together.arriveAndAwaitAdvance();
      wrong += race.isRight() ? 0 : 1;
    }
    other.join();
    assertThat(wrong).isZero();
  }

  /** Two inside, one that waits, and a door that is looked at whenever the limit says so. */
  private static final class Race {
    private volatile ConnectionLimit limit = new ConnectionLimit(2, WhenFull.WAIT, () -> {});
    private boolean accepting; // guarded by this: of one loop

    void begin() {
      ConnectionLimit[] next = new ConnectionLimit[1];
      next[0] =
          new ConnectionLimit(
              2,
              WhenFull.WAIT,
              () -> {
                synchronized (this) {
                  accepting = next[0].isOpen();
                }
              });
      for (int i = 0; i < 3; i++) {
        next[0].enter(() -> {});
      }
      limit = next[0];
    }

    synchronized boolean isRight() {
      return accepting && limit.taken() == 1;
    }
  }
}
