package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MessageCostTest {
  private static final int MESSAGES = 20_000;

  /** A few bytes for all of them: looking after sessions several times a second makes a task. */
  @Test
  void relaying_a_message_with_epoll_makes_no_objects() throws Exception {
    assertThat(bytesPerPing(TcpEngine.EPOLL)).isLessThan(4); // no object is so small
  }

  /**
   * A ping is sent twice, there and back. Netty takes each sending as an object of 72 bytes, and
   * makes one of 16 for itself in each turn of its loop; the compiler gets rid of most of them.
   */
  @Test
  void relaying_a_message_with_io_uring_makes_no_objects_but_what_netty_asks_for()
      throws Exception {
    Engines.Permitted.assumeIoUring();
    assertThat(bytesPerPing(TcpEngine.IO_URING)).isLessThan(2 * (72 + 3 * 16));
  }

  private static long bytesPerPing(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      for (int i = 0; i < 1_000; i++) { // classes are loaded, EPOLLOUT is no longer asked for
        Sockets.ping(client);
      }
      long before = allocatedByLoops();
      for (int i = 0; i < MESSAGES; i++) {
        Sockets.ping(client);
      }
      return (allocatedByLoops() - before) / MESSAGES;
    }
  }

  private static long allocatedByLoops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getAllThreadIds())
        .filter(id -> threads.getThreadInfo(id) != null)
        .filter(id -> threads.getThreadInfo(id).getThreadName().startsWith("jvs-tcp"))
        .map(threads::getThreadAllocatedBytes)
        .sum();
  }
}
