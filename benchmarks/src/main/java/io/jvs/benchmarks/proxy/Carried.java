package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/** What proxies carry, and how it is found out that they do. */
enum Carried {
  TCP {
    @Override
    Ports freePorts() throws IOException {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try (ServerSocket a = new ServerSocket(0, 1, loopback);
          ServerSocket b = new ServerSocket(0, 1, loopback);
          ServerSocket c = new ServerSocket(0, 1, loopback);
          ServerSocket d = new ServerSocket(0, 1, loopback)) {
        return new Ports(a.getLocalPort(), b.getLocalPort(), c.getLocalPort(), d.getLocalPort());
      }
    }

    @Override
    boolean answers(int port) {
      try (Socket client = new Socket()) {
        client.setSoTimeout(ANSWER_MILLIS);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.getOutputStream().write('x');
        return client.getInputStream().read() == 'x';
      } catch (IOException e) {
        return false; // refused: it does not listen yet
      }
    }
  },

  UDP {
    @Override
    Ports freePorts() throws IOException {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try (DatagramSocket a = new DatagramSocket(0, loopback);
          DatagramSocket b = new DatagramSocket(0, loopback);
          DatagramSocket c = new DatagramSocket(0, loopback)) {
        return new Ports(a.getLocalPort(), b.getLocalPort(), c.getLocalPort(), c.getLocalPort());
      }
    }

    @Override
    boolean answers(int port) {
      try (DatagramSocket client = new DatagramSocket()) {
        client.setSoTimeout(DATAGRAM_MILLIS);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.send(new DatagramPacket(new byte[] {'x'}, 1));
        client.receive(new DatagramPacket(new byte[1], 1));
        return true;
      } catch (IOException e) {
        return false; // unreachable, or too early
      }
    }
  };

  private static final int ANSWER_MILLIS = 5000;
  private static final int DATAGRAM_MILLIS = 200; // what was sent too early is not answered later

  /** As files of JVS name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of 127.0.0.1; somebody else may take them until they are used. */
  abstract Ports freePorts() throws IOException;

  /** Whether something at this port of 127.0.0.1 sends back what it gets. */
  abstract boolean answers(int port);
}
