package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.LinuxSocket;
import org.junit.jupiter.api.Test;

/** Options of a socket that is in use. */
class SocketAdjustTest {
  private static final int IPPROTO_IP = 0; // ip(7), udp(7)
  private static final int IP_RECVTOS = 13;
  private static final int IPPROTO_UDP = 17;
  private static final int UDP_GRO = 104;

  @Test
  void trains_type_of_service_and_buffer_follow_the_options() throws Exception {
    LinuxSocket socket = LinuxSocket.newSocketDgram(false);
    try {
      UdpOptions options =
          UdpOptions.DEFAULT
              .withPassTos(true)
              .withListening(new UdpOptions.Listening(null, false, 20_000, false, 0));
      SocketSetup.adjust(socket, false, UdpOptions.DEFAULT.withJoined(false), options);
      assertThat(socket.getIntOpt(IPPROTO_UDP, UDP_GRO)).isEqualTo(1);
      assertThat(socket.getIntOpt(IPPROTO_IP, IP_RECVTOS)).isEqualTo(1);
      assertThat(socket.getReceiveBufferSize()).isEqualTo(40_000); // Linux doubles it

      SocketSetup.adjust(socket, false, options, UdpOptions.DEFAULT.withJoined(false));
      assertThat(socket.getIntOpt(IPPROTO_UDP, UDP_GRO)).isZero();
      assertThat(socket.getIntOpt(IPPROTO_IP, IP_RECVTOS)).isZero();
      assertThat(socket.getReceiveBufferSize()).isGreaterThan(40_000);
    } finally {
      socket.close();
    }
  }
}
