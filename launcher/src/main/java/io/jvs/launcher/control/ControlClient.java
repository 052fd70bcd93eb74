package io.jvs.launcher.control;

import io.jvs.launcher.configuration.ControlAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Asks a running director. Blocks until it has answered. */
public final class ControlClient {
  private ControlClient() {}

  /** Status code and content of an answer. */
  public record Answer(int code, String content) {}

  /**
   * One question.
   *
   * @throws IOException if nobody answers there
   */
  public static Answer ask(ControlAddress address, String method, String path) throws IOException {
    try (SocketChannel channel = connect(address)) {
      String request = method + " " + path + " HTTP/1.0\r\n\r\n";
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer in = ByteBuffer.allocate(8192);
      while (channel.read(in) >= 0) {
        answer.write(in.array(), 0, in.position());
        in.clear();
      }
      return parse(answer.toString(StandardCharsets.UTF_8));
    }
  }

  static boolean answers(ControlAddress address) {
    try (SocketChannel channel = connect(address)) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static SocketChannel connect(ControlAddress address) throws IOException {
    if (address instanceof ControlAddress.UnixSocket unix) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(unix.path()));
        return channel;
      } catch (IOException | RuntimeException e) { // nobody there, or a path too long
        channel.close();
        throw e;
      }
    }
    return SocketChannel.open(((ControlAddress.Loopback) address).address());
  }

  private static Answer parse(String answer) throws IOException {
    int end = answer.indexOf("\r\n\r\n");
    String[] firstLine = answer.split("[ \r]", 3);
    if (end < 0 || firstLine.length < 3 || !firstLine[1].matches("[1-5]\\d\\d")) {
      throw new IOException("it does not answer like a director of JVS");
    }
    return new Answer(Integer.parseInt(firstLine[1]), answer.substring(end + 4));
  }
}
