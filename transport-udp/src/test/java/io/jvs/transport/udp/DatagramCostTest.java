package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What datagrams of a known flow cost, both ways. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatagramCostTest {
  private static final int ROUNDS = 5_000;
  private static final int AT_ONCE = 10; // so that some come in batches, and are joined

  /** 100,000 datagrams. A few bytes for all of them: every tenth of a second has its tick. */
  @Test
  void datagrams_of_a_known_flow_make_no_objects() throws Exception {
    Peer place = Peer.server();
    place.close();
    try (DatagramChannel server = DatagramChannel.open();
        DatagramChannel client = DatagramChannel.open();
        Rig rig = Rig.of(UdpEngine.EPOLL, place)) {
      server.bind(place.address());
      client.connect(rig.address);
      ByteBuffer room = ByteBuffer.allocateDirect(64);
      for (int i = 0; i < 500; i++) { // classes are loaded, the flow has its answers
        exchange(client, server, room);
      }
      long before = allocatedByLoops();
      for (int i = 0; i < ROUNDS; i++) {
        exchange(client, server, room);
      }
      long bytes = allocatedByLoops() - before;
      assertThat((double) bytes / (2 * AT_ONCE * ROUNDS)).isLessThan(4); // no object is so small
    }
  }

  private static void exchange(DatagramChannel client, DatagramChannel server, ByteBuffer room)
      throws Exception {
    for (int i = 0; i < AT_ONCE; i++) {
      room.clear();
      client.write(room);
    }
    for (int i = 0; i < AT_ONCE; i++) {
      room.clear();
      InetSocketAddress from = (InetSocketAddress) server.receive(room);
      server.send(room.flip(), Objects.requireNonNull(from));
    }
    for (int i = 0; i < AT_ONCE; i++) {
      room.clear();
      client.read(room);
    }
  }

  private static long allocatedByLoops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getAllThreadIds())
        .filter(id -> threads.getThreadInfo(id) != null)
        .filter(id -> threads.getThreadInfo(id).getThreadName().startsWith("jvs-udp"))
        .map(threads::getThreadAllocatedBytes)
        .sum();
  }
}
