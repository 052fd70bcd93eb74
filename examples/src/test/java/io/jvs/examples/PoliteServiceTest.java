package io.jvs.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused.Cause;
import io.jvs.director.Director;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.FreeAddresses;
import io.jvs.transport.tcp.TcpTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class PoliteServiceTest {
  @Test
  void two_wait_for_the_one_who_is_inside_and_a_fourth_is_told_to_go() throws Exception {
    InetSocketAddress front = FreeAddresses.tcp();
    try (HttpServers servers = new HttpServers(1);
        Director director = Director.builder().transport(TcpTransport.create()).build()) {
      director.apply(
          List.of(PoliteService.at(front, SocketAddresses.parse(servers.names().get(0)))));
      LoadBalancer reports = director.balancer("reports");
      try (Socket inside = new Socket(front.getAddress(), front.getPort())) {
        await(() -> reports.status().connections() == 1);
        try (Socket second = asking(front);
            Socket third = asking(front)) {
          await(() -> intake(reports).waiting() == 2);
          assertThat(isReset(front)).isTrue();
          await(() -> reports.refused(Cause.QUEUE_FULL) == 1);
          ask(inside);
          assertThat(answer(inside)).startsWith("HTTP/1");
          assertThat(answer(second)).startsWith("HTTP/1");
          assertThat(answer(third)).startsWith("HTTP/1");
        }
      }
    }
  }

  private static void await(BooleanSupplier so) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in vain for ten seconds").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean isReset(InetSocketAddress front) {
    try (Socket socket = asking(front)) {
      socket.getInputStream().read();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static IntakeStatus intake(LoadBalancer balancer) {
    return Objects.requireNonNull(balancer.intake());
  }

  private static Socket asking(InetSocketAddress front) throws IOException {
    Socket socket = new Socket(front.getAddress(), front.getPort());
    ask(socket);
    return socket;
  }

  private static void ask(Socket socket) throws IOException {
    socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
  }

  /** The whole of it; then the client leaves. */
  private static String answer(Socket client) throws IOException {
    try (Socket socket = client) {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
