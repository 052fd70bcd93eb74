package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.transport.tcp.libc.LibC;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NativePipesTest {
  private static final int F_GETPIPE_SZ = 1032; // fcntl(2)

  private final NativePipes pipes = new NativePipes(new WidePipes());

  @BeforeEach
  void load() {
    Epoll.ensureAvailability();
  }

  @Test
  void there_are_so_many_and_no_more_and_empty_ones_are_used_again() {
    List<NativePipes.Pipe> all = new ArrayList<>();
    for (int i = 0; i < NativePipes.MAX; i++) {
      all.add(Objects.requireNonNull(pipes.take()));
    }
    assertThat(pipes.take()).isNull();
    pipes.giveBack(all.get(3));
    assertThat(pipes.take()).isSameAs(all.get(3));
    all.forEach(pipes::giveBack);
    pipes.close();
  }

  /** What is in it belonged to a connection that is over. */
  @Test
  void one_that_is_not_empty_is_never_used_again_and_another_takes_its_place() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      LinuxSocket socket = LinuxSocket.newSocketStream(false);
      socket.connect(listening.getLocalSocketAddress());
      try (Socket sender = listening.accept()) {
        Sockets.send(sender, "left over");
        NativePipes.Pipe full = Objects.requireNonNull(pipes.take());
        Sockets.await("bytes", () -> fill(full, socket) > 0);
        pipes.giveBack(full);
        for (int i = 0; i < NativePipes.MAX; i++) {
          NativePipes.Pipe pipe = Objects.requireNonNull(pipes.take());
          assertThat(pipe).isNotSameAs(full);
          assertThat(pipe.isEmpty()).isTrue();
        }
      } finally {
        socket.close();
      }
    }
  }

  private static int fill(NativePipes.Pipe pipe, LinuxSocket from) {
    try {
      return pipe.fillFrom(from);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void pipes_become_wide() throws Exception {
    WidePipes width = new WidePipes();
    FileDescriptor[] pipe = FileDescriptor.pipe();
    Sockets.await("widened", () -> width.widen(pipe[0].intValue()));
    LibC libC = LibraryLoader.create(LibC.class).load("c");
    assertThat(libC.fcntl(pipe[1].intValue(), F_GETPIPE_SZ, 0)).isEqualTo(WidePipes.BYTES);
    pipe[0].close();
    pipe[1].close();
  }
}
