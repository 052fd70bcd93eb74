package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListeningTest {
  /** Else a transport that is being closed could think that nobody is left. */
  @Test
  void closing_waits_for_clients_on_their_way_from_one_loop_to_another() throws Exception {
    RelayEngine loops = RelayEngine.of(TcpEngine.NIO, 2);
    InetSocketAddress address = Sockets.freeAddress();
    Arrivals arrivals = new Arrivals();
    RelayEngine.Listening listening =
        loops.listen(address, 16, false, TcpOptions.DEFAULT, arrivals);
    listening.start();
    CountDownLatch busy = new CountDownLatch(1);
    try (Socket first = Sockets.connect(address);
        Socket second = Sockets.connect(address)) {
      Sockets.await("two have arrived", () -> arrivals.sessions.size() == 2);
      arrivals.sessions.get(1).execute(() -> await(busy)); // not the loop that accepts
      try (Socket third = Sockets.connect(address);
          Socket fourth = Sockets.connect(address)) {
        Sockets.await("all are accepted", () -> arrivals.accepted.get() == 4);
        CompletableFuture<Integer> arrived =
            CompletableFuture.runAsync(listening::close)
                .thenApply(closed -> arrivals.sessions.size());
        assertThatThrownBy(() -> arrived.get(200, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        busy.countDown();
        assertThat(arrived.get(20, TimeUnit.SECONDS)).isEqualTo(4);
        assertThat(List.of(first, second, third, fourth)).allMatch(Socket::isConnected);
      }
    } finally {
      busy.countDown();
      arrivals.sessions.forEach(session -> session.execute(session::reset));
      loops.close();
    }
  }

  /** They are in the backlog, and would be reset with it. */
  @Test
  void clients_that_are_connected_come_in_before_the_socket_is_closed() throws Exception {
    RelayEngine loops = RelayEngine.of(TcpEngine.EPOLL, 1);
    InetSocketAddress address = Sockets.freeAddress();
    Arrivals arrivals = new Arrivals();
    RelayEngine.Listening listening = loops.listen(address, 64, true, TcpOptions.DEFAULT, arrivals);
    listening.start();
    CountDownLatch busy = new CountDownLatch(1);
    List<Socket> waiting = new ArrayList<>();
    try (Socket first = Sockets.connect(address)) {
      Sockets.await("the first has arrived", () -> arrivals.sessions.size() == 1);
      arrivals.sessions.get(0).execute(() -> await(busy));
      CompletableFuture<Void> closed = CompletableFuture.runAsync(listening::close);
      for (int i = 0; i < 40; i++) { // more than are accepted in one go
        waiting.add(Sockets.connect(address));
      }
      busy.countDown();
      closed.get(20, TimeUnit.SECONDS);
      assertThat(arrivals.sessions).hasSize(41);
      assertThat(first.isConnected()).isTrue();
      assertThat(Sockets.endOfNewClient(address)).isEqualTo("refused");
    } finally {
      busy.countDown();
      arrivals.sessions.forEach(session -> session.execute(session::reset));
      loops.close();
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Arrivals implements RelayEngine.Door {
    final List<RelaySession> sessions = new CopyOnWriteArrayList<>();
    final AtomicInteger accepted = new AtomicInteger();

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void arrived(RelaySession session) {
      sessions.add(session);
    }

    @Override
    public void acceptFailed(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void acceptWorked() {
      accepted.incrementAndGet();
    }
  }
}
