package io.jvs.transport.listening;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sets options of one socket of Linux, by system calls of whatever library the transport has, and
 * tells what the kernel refuses by the name that the option has in a configuration file. As the
 * socket, for any thread.
 */
public final class LinuxOptions {
  // levels and options of socket(7), ip(7), ipv6(7)
  public static final int SOL_SOCKET = 1;
  public static final int IPPROTO_IP = 0;
  public static final int IPPROTO_IPV6 = 41;
  private static final int SO_BINDTODEVICE = 25;
  private static final int IP_TRANSPARENT = 19;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_TRANSPARENT = 75;

  private final SetNumber numbers;
  private final SetBytes bytes;
  private final boolean ipv6;

  /**
   * Of one socket.
   *
   * @param ipv6 whether it is of that family
   */
  public LinuxOptions(SetNumber numbers, SetBytes bytes, boolean ipv6) {
    this.numbers = numbers;
    this.bytes = bytes;
    this.ipv6 = ipv6;
  }

  /** Of setsockopt(2) for an int. */
  @FunctionalInterface
  public interface SetNumber {
    void set(int level, int option, int value) throws IOException;
  }

  /** Of setsockopt(2) for a direct buffer. */
  @FunctionalInterface
  public interface SetBytes {
    void set(int level, int option, ByteBuffer value) throws IOException;
  }

  /** IPv4 clients too, at a wildcard address; so 0.0.0.0 and [::] can be different services. */
  public void dual(boolean on) throws OptionRefused {
    if (ipv6) {
      set("listening.dual", IPPROTO_IPV6, IPV6_V6ONLY, on ? 0 : 1);
    }
  }

  /** The only one through which packets come and go, or null for any. */
  public void device(@Nullable String device) throws OptionRefused {
    byte[] name = (device == null ? "" : device).getBytes(StandardCharsets.UTF_8);
    ByteBuffer value = ByteBuffer.allocateDirect(name.length + 1).put(name).put((byte) 0).flip();
    granted(
        "listening.device" + (device == null ? "" : " " + device),
        () -> bytes.set(SOL_SOCKET, SO_BINDTODEVICE, value));
  }

  /** Whether its address may be one that this machine has not. */
  public void transparent(String what, boolean on) throws OptionRefused {
    ofFamily(what, IP_TRANSPARENT, IPV6_TRANSPARENT, on);
  }

  /** What each family has an option of its own for. */
  public void ofFamily(String what, int option4, int option6, boolean on) throws OptionRefused {
    set(what, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? option6 : option4, on ? 1 : 0);
  }

  /** Any other option. */
  public void set(String what, int level, int option, int value) throws OptionRefused {
    granted(what, () -> numbers.set(level, option, value));
  }

  private interface SystemCall {
    void run() throws IOException;
  }

  private static void granted(String what, SystemCall call) throws OptionRefused {
    try {
      call.run();
    } catch (IOException | RuntimeException e) { // Netty throws either, depending on the option
      throw new OptionRefused(what, e);
    }
  }
}
