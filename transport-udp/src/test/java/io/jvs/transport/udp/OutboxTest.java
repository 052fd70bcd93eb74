package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OutboxTest {
  private static final int MOST = 1_472;

  private final Messages messages = new Messages();
  private final Counts counts = new Counts();
  private final Outbox outbox = new Outbox(messages);
  private final Control control = new Control();
  private int came;

  @Test
  void equal_datagrams_of_a_flow_are_a_train_and_the_last_may_be_shorter() {
    Recorder socket = new Recorder();
    outbox.begin(socket, counts.toServers, MOST);
    add(100, 100, 100, 40, 40, 40, 41);
    outbox.flush();
    assertThat(socket.sent).containsExactly("4 of 100", "2 of 40", "1 of 0");
  }

  @Test
  void a_larger_one_begins_anew_and_one_alone_is_no_train() {
    Recorder socket = new Recorder();
    outbox.begin(socket, counts.toServers, MOST);
    add(40, 100, 200, 300);
    outbox.flush();
    assertThat(socket.sent).containsExactly("1 of 0", "1 of 0", "1 of 0", "1 of 0");
  }

  @Test
  void empty_ones_large_ones_and_trains_that_came_as_such_stay_alone() {
    Recorder socket = new Recorder();
    outbox.begin(socket, counts.toServers, MOST);
    add(0, 0, MOST + 1, MOST + 1);
    control.segment = 300;
    add(900, 900);
    control.segment = 0;
    outbox.flush();
    assertThat(socket.sent)
        .containsExactly("1 of 0", "1 of 0", "1 of 0", "1 of 0", "3 of 300", "3 of 300");
  }

  @Test
  void a_train_has_no_more_than_the_kernel_takes() {
    Recorder socket = new Recorder();
    outbox.begin(socket, counts.toServers, MOST);
    int[] lengths = new int[64];
    Arrays.fill(lengths, 1_400);
    add(lengths);
    outbox.flush();
    assertThat(socket.sent).containsExactly("46 of 1400", "18 of 1400"); // 65,507 bytes
  }

  @Test
  void another_type_of_service_is_another_train() {
    Recorder socket = new Recorder();
    outbox.begin(socket, counts.toServers, MOST);
    add(10, 10);
    control.tos = 3;
    add(10, 10);
    outbox.flush();
    assertThat(socket.sent).containsExactly("2 of 10", "2 of 10");
  }

  @Test
  void flows_share_a_call_but_no_train_and_sockets_share_neither() {
    Recorder one = new Recorder();
    Recorder two = new Recorder();
    outbox.begin(one, counts.toServers, MOST);
    add(10, 10);
    outbox.begin(one, counts.toServers, MOST);
    add(10);
    outbox.begin(two, counts.toServers, 0);
    assertThat(one.sent).containsExactly("2 of 10", "1 of 0");
    add(10, 10);
    outbox.flush();
    assertThat(two.sent).containsExactly("1 of 0", "1 of 0");
    assertThat(one.calls + two.calls).isEqualTo(2);
  }

  @Test
  void what_is_lost_is_counted() {
    Recorder socket = new Recorder();
    socket.loses = 5;
    outbox.begin(socket, counts.toServers, MOST);
    add(10, 10, 10, 10, 10);
    outbox.flush();
    outbox.flush();
    assertThat(counts.drops.of(UdpDrop.NO_ROOM_TO_SERVERS)).isEqualTo(5);
  }

  /** Their bytes are somebody else's by then. */
  @Test
  void what_a_fault_has_left_behind_does_not_go_out_with_the_next_batch() {
    Recorder one = new Recorder();
    Recorder two = new Recorder();
    outbox.begin(one, counts.toServers, MOST);
    add(10, 20, 30);
    messages.clear(); // the next batch comes, though nobody has flushed
    outbox.begin(two, counts.toServers, MOST);
    add(40);
    outbox.flush();
    assertThat(one.sent).isEmpty();
    assertThat(two.sent).containsExactly("1 of 0");
  }

  private void add(int... lengths) {
    for (int length : lengths) {
      messages.came(came, false, 0, 0x7f000001, 0, 5000, length);
      outbox.add(came++, control, false, 0, 0x7f000002, 0, 53);
    }
  }

  private static final class Recorder implements DatagramSockets.Socket {
    final List<String> sent = new ArrayList<>();
    int calls;
    int loses;

    @Override
    public void send(Messages from, Unsent unsent) {
      calls++;
      for (int k = 0; k < from.outCount(); k++) {
        sent.add(from.outDatagrams(k) + " of " + from.outSegment(k));
      }
      if (loses > 0) {
        unsent.count(loses, Errors.EAGAIN, local());
      }
    }

    @Override
    public InetSocketAddress local() {
      return new InetSocketAddress(0);
    }

    @Override
    public void share() {}

    @Override
    public void adjust(UdpOptions from, UdpOptions to) {}

    @Override
    public void read(DatagramSockets.Reader reader) {}

    @Override
    public int receive(Messages into) {
      return 0;
    }

    @Override
    public int mostJoined() {
      return MOST;
    }

    @Override
    public void close() {}
  }
}
