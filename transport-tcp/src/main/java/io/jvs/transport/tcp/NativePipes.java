package io.jvs.transport.tcp;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Pipes of one loop, through which splice(2) moves bytes from socket to socket without copying
 * them. A pipe is only held while there is something in it, so a few serve many connections;
 * whoever gets none copies.
 */
final class NativePipes {
  /** Open at once, which bounds descriptors (two each) and what the kernel holds in them. */
  static final int MAX = 16;

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private final ArrayDeque<Pipe> idle = new ArrayDeque<>(MAX);
  private final WidePipes width;
  private int open;

  NativePipes(WidePipes width) {
    this.width = width;
  }

  /** An empty one, or null if there is none to be had. */
  @Nullable Pipe take() {
    Pipe pipe = idle.poll();
    if (pipe == null && open < MAX) {
      try {
        pipe = new Pipe(FileDescriptor.pipe());
        open++;
      } catch (IOException e) { // no descriptors left: copying needs none
        return null;
      }
    }
    if (pipe != null && !pipe.widthSettled) {
      pipe.widthSettled = width.widen(pipe.writeEnd.intValue());
    }
    return pipe;
  }

  /** It is no longer needed, empty or not. */
  void giveBack(Pipe pipe) {
    if (pipe.isEmpty()) {
      idle.push(pipe); // the one that was used last is warm
    } else {
      open--;
      pipe.close();
    }
  }

  void close() {
    idle.forEach(Pipe::close);
    idle.clear();
  }

  /** One pipe and how much is in it. */
  static final class Pipe {
    private final FileDescriptor readEnd;
    private final FileDescriptor writeEnd;
    private boolean widthSettled;
    private int bytes;

    private Pipe(FileDescriptor[] ends) {
      readEnd = ends[0];
      writeEnd = ends[1];
    }

    boolean isEmpty() {
      return bytes == 0;
    }

    /** How many bytes went in; 0 if there was nothing, or the end, or urgent data. */
    int fillFrom(Socket socket) throws IOException {
      int moved = Native.splice(socket.intValue(), -1, writeEnd.intValue(), -1, WidePipes.BYTES);
      bytes += moved;
      return moved;
    }

    /** Whether it is empty now; if not, the socket has said that it takes no more. */
    boolean emptyInto(Socket socket) throws IOException {
      while (bytes > 0) {
        int moved = Native.splice(readEnd.intValue(), -1, socket.intValue(), -1, bytes);
        if (moved <= 0) {
          return false;
        }
        bytes -= moved;
      }
      return true;
    }

    private void close() {
      try {
        readEnd.close();
        writeEnd.close();
      } catch (IOException e) { // cannot be helped, and hurts nobody
        LOG.log(Level.DEBUG, "closing a pipe", e);
      }
    }
  }
}
