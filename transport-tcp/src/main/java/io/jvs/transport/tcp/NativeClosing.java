package io.jvs.transport.tcp;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** How sockets are closed, about which nobody can do anything if it fails. */
final class NativeClosing {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private NativeClosing() {}

  /** What it has yet to send is lost, and the other side gets a reset. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(0);
    } catch (IOException e) { // the kernel has taken it already: then it is reset
      LOG.log(Level.TRACE, "linger", e);
    }
    close(socket);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a socket", e);
    }
  }
}
