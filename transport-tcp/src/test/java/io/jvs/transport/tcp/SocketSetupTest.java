package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.transport.listening.OptionRefused;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options on real sockets, as getsockopt(2) reads them back. */
class SocketSetupTest {
  private static final int TCP = 6; // levels and options as in tcp.h and socket.h of Linux
  private static final int KEEP_IDLE = 4;
  private static final int KEEP_INTERVAL = 5;
  private static final int KEEP_COUNT = 6;
  private static final int USER_TIMEOUT = 18;
  private static final int FAST_OPEN = 23;

  private static final TcpOptions.SocketOptions ALL =
      new TcpOptions.SocketOptions(
          new TcpOptions.KeepAlive(Duration.ofSeconds(70), Duration.ofSeconds(11), 5),
          Duration.ofMillis(12_345),
          40_000,
          50_000);

  @Test
  void clients_inherit_the_options_of_the_listening_socket() throws Exception {
    TcpOptions options = TcpOptions.DEFAULT.withSockets(ALL, TcpOptions.SocketOptions.DEFAULT);
    try (Pair pair = new Pair(options)) {
      assertAll(pair.accepted);
      assertThat(pair.accepted.isTcpNoDelay()).isTrue();
    }
  }

  @Test
  void those_who_come_after_a_change_have_the_new_options() throws Exception {
    TcpOptions changed = TcpOptions.DEFAULT.withSockets(ALL, TcpOptions.SocketOptions.DEFAULT);
    try (Pair pair = new Pair(TcpOptions.DEFAULT)) {
      assertThat(pair.accepted.isKeepAlive()).isFalse();
      assertThat(SocketSetup.canAdjust(TcpOptions.DEFAULT, changed)).isTrue();
      SocketSetup.adjust(pair.listening, false, TcpOptions.DEFAULT, changed);
      try (Client next = new Client(pair)) {
        assertAll(next.accepted);
      }
      TcpOptions back =
          TcpOptions.DEFAULT.withSockets(
              new TcpOptions.SocketOptions(null, null, 40_000, 50_000),
              TcpOptions.SocketOptions.DEFAULT);
      SocketSetup.adjust(pair.listening, false, changed, back);
      try (Client last = new Client(pair)) {
        assertThat(last.accepted.isKeepAlive()).isFalse();
        assertThat(last.accepted.getIntOpt(TCP, USER_TIMEOUT)).isZero();
      }
    }
  }

  @Test
  void what_cannot_be_undone_needs_another_socket() {
    TcpOptions buffers =
        TcpOptions.DEFAULT.withSockets(
            new TcpOptions.SocketOptions(null, null, 0, 50_000), TcpOptions.SocketOptions.DEFAULT);
    TcpOptions dual =
        TcpOptions.DEFAULT.withListening(new TcpOptions.Listening(0, null, true, 0, false, 0));
    assertThat(SocketSetup.canAdjust(buffers, TcpOptions.DEFAULT)).isFalse();
    assertThat(SocketSetup.canAdjust(TcpOptions.DEFAULT, buffers)).isTrue();
    assertThat(SocketSetup.canAdjust(dual, TcpOptions.DEFAULT)).isFalse();
    assertThat(SocketSetup.canAdjust(TcpOptions.DEFAULT, dual)).isFalse();
  }

  @Test
  void sockets_towards_servers_have_theirs() throws Exception {
    LinuxSocket socket = SocketSetup.newSocket(false);
    try {
      InetSocketAddress source = new InetSocketAddress(InetAddress.getByName("127.0.0.3"), 0);
      SocketSetup.outgoing(
          socket, new ConnectRequest(source, source, false, null, ALL, Timeouts.DEFAULT));
      assertAll(socket);
      assertThat(socket.localAddress()).as("no port before it is needed").isEqualTo(source);
    } finally {
      socket.close();
    }
  }

  @Test
  void fast_open_is_set_and_unset() throws Exception {
    LinuxSocket socket = SocketSetup.newSocket(false);
    try {
      TcpOptions fast =
          TcpOptions.DEFAULT.withListening(new TcpOptions.Listening(0, null, false, 64, false, 0));
      SocketSetup.listening(socket, false, fast);
      assertThat(socket.getIntOpt(TCP, FAST_OPEN)).isEqualTo(64);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      socket.listen(1);
      SocketSetup.adjust(socket, false, fast, TcpOptions.DEFAULT);
      assertThat(socket.getIntOpt(TCP, FAST_OPEN)).isZero();
    } finally {
      socket.close();
    }
  }

  @Test
  void what_is_refused_says_which_option_and_the_way_out() {
    TcpOptions elsewhere =
        TcpOptions.DEFAULT.withListening(
            new TcpOptions.Listening(0, "nowhere0", false, 0, false, 0));
    assertThatThrownBy(() -> SocketSetup.check(elsewhere, false))
        .isInstanceOf(OptionRefused.class)
        .hasMessage(
            "listening.device nowhere0: no such device (way out: a device of 'ip link', in the"
                + " network namespace of this process)");
    TcpOptions foreign =
        TcpOptions.DEFAULT.withOutgoing(
            new TcpOptions.Outgoing(List.of(InetAddress.getLoopbackAddress(), foreign()), false));
    assertThatThrownBy(() -> SocketSetup.check(foreign, true))
        .isInstanceOf(OptionRefused.class)
        .hasMessageStartingWith("outgoing.sources 192.0.2.77: cannot assign requested address");
  }

  private static InetAddress foreign() {
    return SocketAddresses.parseIp("192.0.2.77");
  }

  /** Linux doubles buffer sizes when they are set. */
  private static void assertAll(Socket socket) throws IOException {
    assertThat(socket.isKeepAlive()).isTrue();
    assertThat(socket.getIntOpt(TCP, KEEP_IDLE)).isEqualTo(70);
    assertThat(socket.getIntOpt(TCP, KEEP_INTERVAL)).isEqualTo(11);
    assertThat(socket.getIntOpt(TCP, KEEP_COUNT)).isEqualTo(5);
    assertThat(socket.getIntOpt(TCP, USER_TIMEOUT)).isEqualTo(12_345);
    assertThat(socket.getSendBufferSize()).isEqualTo(80_000);
    assertThat(socket.getReceiveBufferSize()).isEqualTo(100_000);
  }

  /** A listening socket as an acceptor makes it, and a first client. */
  private static final class Pair implements AutoCloseable {
    final LinuxSocket listening = SocketSetup.newSocket(false);
    final Socket accepted;
    private final Client first;

    Pair(TcpOptions options) throws IOException {
      SocketSetup.listening(listening, false, options);
      listening.setTcpNoDelay(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      listening.listen(16);
      first = new Client(this);
      accepted = first.accepted;
    }

    @Override
    public void close() throws IOException {
      first.close();
      listening.close();
    }
  }

  private static final class Client implements AutoCloseable {
    final java.net.Socket client;
    final Socket accepted;

    Client(Pair pair) throws IOException {
      client = Sockets.connect(pair.listening.localAddress());
      int descriptor = pair.listening.accept(new byte[25]); // connected, so it is there
      assertThat(descriptor).isPositive();
      accepted = new Socket(descriptor);
    }

    @Override
    public void close() throws IOException {
      accepted.close();
      client.close();
    }
  }
}
