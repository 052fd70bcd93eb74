package io.jvs.transport.tcp;

import io.jvs.transport.tcp.libc.LibC;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.LibraryLoader;
import org.jspecify.annotations.Nullable;

/**
 * Gives pipes room for 1 MiB instead of 64 KiB: fewer, larger moves cost a third of the CPU per
 * byte. Netty has no fcntl(2) and jnr-ffi takes a tenth of a second to load, so a thread does that
 * when the first pipe wants it; until then pipes stay as they are. Any thread.
 */
final class WidePipes {
  /** What anybody may ask for unless /proc/sys/fs/pipe-max-size has been changed; pipe(7). */
  static final int BYTES = 1 << 20;

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int F_SETPIPE_SZ = 1031; // fcntl(2)

  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile @Nullable LibC libC;
  private volatile boolean hopeless;

  /**
   * Widens a pipe if that is possible by now. The kernel may refuse, because a user's pipes have a
   * limit together; then the pipe works as it is.
   *
   * @param fd one of its ends
   * @return false if it is worth asking again later
   */
  boolean widen(int fd) {
    LibC loaded = libC;
    if (loaded != null) {
      loaded.fcntl(fd, F_SETPIPE_SZ, BYTES);
      return true;
    }
    if (asked.compareAndSet(false, true)) {
      Thread loader = new Thread(this::load, "jvs-tcp-libc");
      loader.setDaemon(true);
      loader.start();
    }
    return hopeless;
  }

  private void load() {
    try {
      LibC loaded = LibraryLoader.create(LibC.class).load("c");
      loaded.fcntl(-1, F_SETPIPE_SZ, 0); // what the first call makes ready is ready
      libC = loaded;
    } catch (RuntimeException | LinkageError e) { // no native code for this processor, or forbidden
      hopeless = true;
      LOG.log(Level.INFO, "tcp: bulk goes through small pipes, as fcntl cannot be called", e);
    }
  }
}
