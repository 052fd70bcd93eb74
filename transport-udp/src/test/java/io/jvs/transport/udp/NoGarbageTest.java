package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jvs.model.Network;
import io.jvs.model.SocketAddresses;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the options do with each datagram of a known flow makes no objects. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NoGarbageTest {
  private static final int WARM_UP = 2_000;
  private static final int MEASURED = 5_000;

  static Stream<UdpOptions> options() {
    UdpOptions named = UdpOptions.DEFAULT.withProxyFrom(List.of(Network.parse("127.0.0.1")));
    return Stream.of(
        UdpOptions.DEFAULT,
        UdpOptions.DEFAULT.withPassTos(true).withPassTtl(true),
        UdpOptions.DEFAULT.withProxyTo(ProxyTo.FIRST),
        UdpOptions.DEFAULT.withProxyTo(ProxyTo.EVERY),
        named,
        named.withProxyTo(ProxyTo.EVERY));
  }

  @ParameterizedTest
  @MethodSource("options")
  void datagrams_of_a_known_flow_cost_no_memory(UdpOptions options) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(1),
                service -> service.transportOptions(options),
                server)) {
      Peer client = rig.client();
      byte[] question = question(!options.proxyFrom().isEmpty());
      exchange(rig, client, server, question, WARM_UP);
      long before = allocated();
      assertThat(before).as("its loop was found").isPositive();
      exchange(rig, client, server, question, MEASURED);
      assertThat((allocated() - before) / MEASURED)
          .as("bytes for each question and its answer; ticks and late compilers make some")
          .isLessThan(24);
    }
  }

  private static byte[] question(boolean named) {
    InetSocketAddress client = new InetSocketAddress(SocketAddresses.parseIp("192.0.2.7"), 4711);
    InetSocketAddress asked = new InetSocketAddress(SocketAddresses.parseIp("192.0.2.53"), 53);
    Header header = new Header(new Endpoints.Inet(true, client, asked), List.of());
    ByteBuffer bytes = HeaderWriter.version2(header, false);
    byte[] question = new byte[(named ? bytes.remaining() : 0) + 64];
    if (named) {
      bytes.get(question, 0, bytes.remaining());
    }
    return question;
  }

  private static void exchange(Rig rig, Peer client, Peer server, byte[] question, int times)
      throws Exception {
    for (int i = 0; i < times; i++) {
      client.send(rig.address, question);
      Peer.Received asked = server.receive();
      server.send(asked.from(), question);
      client.receive();
    }
  }

  /** By the event loop. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("jvs-udp")) {
        sum += threads.getThreadAllocatedBytes(thread.getId());
      }
    }
    return sum;
  }
}
