package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.testkit.FreeAddresses;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DnsBalancerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** For the SOA record of example.test, as RFC 1035 section 4 wants it. */
  private static final byte[] QUESTION = {
    0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 4, 't', 'e',
    's', 't', 0, 0, 6, 0, 1
  };

  @Test
  void questions_are_spread_by_udp_and_tcp_and_a_dead_server_costs_no_answer() throws Exception {
    InetSocketAddress front = FreeAddresses.tcpAndUdp();
    try (Names one = new Names();
        Names two = new Names();
        DnsBalancer balancer =
            new DnsBalancer(front, "example.test", List.of(one.real(), two.real()))) {
      assertThat(balancer).isNotNull();
      assertThat(byUdp(front)).containsExactlyInAnyOrder(one.port(), two.port());
      assertThat(byTcp(front)).containsExactlyInAnyOrder(one.port(), two.port());
      one.die();
      assertThat(byUdp(front)).containsExactly(two.port());
      assertThat(byTcp(front)).containsExactly(two.port());
    }
  }

  /** Ports of those who answered ten questions of one client, none of which is asked twice. */
  private static Set<Integer> byUdp(InetSocketAddress front) throws IOException {
    Set<Integer> ports = new HashSet<>();
    try (DatagramSocket client = new DatagramSocket(0, LOOPBACK)) {
      client.setSoTimeout(20_000);
      for (int i = 0; i < 10; i++) {
        client.send(new DatagramPacket(QUESTION, QUESTION.length, front));
        DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        client.receive(answer);
        ports.add(Names.portOf(Arrays.copyOf(answer.getData(), answer.getLength())));
      }
    }
    return ports;
  }

  private static Set<Integer> byTcp(InetSocketAddress front) throws IOException {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      try (Socket client = new Socket(front.getAddress(), front.getPort())) {
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(QUESTION.length);
        out.write(QUESTION);
        DataInputStream in = new DataInputStream(client.getInputStream());
        ports.add(Names.portOf(in.readNBytes(in.readUnsignedShort())));
      }
    }
    return ports;
  }

  /** A name server that answers everything with an SOA record whose serial is its port. */
  private static final class Names implements AutoCloseable {
    private static final byte[] RECORD_HEAD = {(byte) 0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22};

    private final ServerSocket tcp;
    private final DatagramSocket udp;

    Names() throws IOException {
      InetSocketAddress address = FreeAddresses.tcpAndUdp();
      this.udp = new DatagramSocket(address);
      this.tcp = new ServerSocket(address.getPort(), 50, LOOPBACK);
      start(this::serveUdp);
      start(this::serveTcp);
    }

    private static void start(Runnable task) {
      Thread thread = new Thread(task, "name-server");
      thread.setDaemon(true);
      thread.start();
    }

    RealServer real() {
      return RealServer.of(new InetSocketAddress(LOOPBACK, port()));
    }

    int port() {
      return udp.getLocalPort();
    }

    /** The question with an answer behind it: flags, one record, and its data. */
    private byte[] answer(byte[] question, int length) {
      byte[] answer = Arrays.copyOf(question, length + RECORD_HEAD.length + 22);
      answer[2] |= (byte) 0x84; // a response, of an authority
      answer[7] = 1; // one answer
      System.arraycopy(RECORD_HEAD, 0, answer, length, RECORD_HEAD.length);
      int serial = length + RECORD_HEAD.length + 2; // behind two empty names
      answer[serial + 2] = (byte) (port() >> 8);
      answer[serial + 3] = (byte) port();
      return answer;
    }

    static int portOf(byte[] answer) {
      int serial = answer.length - 20;
      return (answer[serial + 2] & 0xFF) << 8 | (answer[serial + 3] & 0xFF);
    }

    private void serveUdp() {
      DatagramPacket question = new DatagramPacket(new byte[512], 512);
      while (!udp.isClosed()) {
        try {
          udp.receive(question);
          byte[] answer = answer(question.getData(), question.getLength());
          udp.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        } catch (IOException e) {
          // closed, or nobody waits for the answer
        }
      }
    }

    private void serveTcp() {
      while (!tcp.isClosed()) {
        try (Socket client = tcp.accept()) {
          DataInputStream in = new DataInputStream(client.getInputStream());
          byte[] question = in.readNBytes(in.readUnsignedShort());
          byte[] answer = answer(question, question.length);
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          out.writeShort(answer.length);
          out.write(answer);
        } catch (IOException e) {
          // closed, or a client that has left
        }
      }
    }

    void die() throws IOException {
      udp.close();
      tcp.close();
    }

    @Override
    public void close() throws IOException {
      die();
    }
  }
}
