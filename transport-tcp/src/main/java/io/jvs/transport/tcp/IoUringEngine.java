package io.jvs.transport.tcp;

import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The engine for many messages at a time: what a turn of the loop has to say to the kernel, it says
 * in one call. That makes no difference to one who comes alone.
 */
final class IoUringEngine extends NativeEngine {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  IoUringEngine(int threads) {
    super(
        threads,
        IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setRingSize(IoUringLoop.RING)),
        IoUringLoop::new);
  }

  /** Why it does not work on this machine; null if it does. */
  static @Nullable Throwable obstacle() {
    Throwable calls = EpollEngine.obstacle(); // sockets are made, and bulk is moved, by its library
    if (calls != null) {
      return calls;
    }
    Throwable ring = IoUring.unavailabilityCause();
    String kernel = System.getProperty("os.version", "");
    if (ring == null && !isRecent(kernel)) {
      return new UnsupportedOperationException("Linux " + kernel + " (expected: 6.1 or newer)");
    }
    return ring;
  }

  /** Since 6.1 completions wait for the thread that asks for them; Netty makes use of that. */
  static boolean isRecent(String kernel) {
    Matcher version = VERSION.matcher(kernel);
    if (!version.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > 6 || (major == 6 && Integer.parseInt(version.group(2)) >= 1);
  }

  @Override
  public String name() {
    return "io_uring";
  }
}
