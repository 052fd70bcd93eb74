package io.jvs.transport.listening;

import java.net.InetAddress;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Which parts of an option were given, for people: {@code device eth0, dual}. */
public final class Given {
  private final StringJoiner parts = new StringJoiner(", ");

  /** Nothing yet. */
  public Given() {}

  /** The name alone, if it is on. */
  public Given add(String name, boolean on) {
    if (on) {
      parts.add(name);
    }
    return this;
  }

  /** With its value, if it has one that is not 0. */
  public Given add(String name, int value) {
    return value == 0 ? this : add(name, Integer.toString(value));
  }

  /** With its value, if it has one. */
  public Given add(String name, @Nullable Object value) {
    if (value != null) {
      parts.add(name + " " + value);
    }
    return this;
  }

  /** As {@code [192.0.2.1]}, if there are any. */
  public Given add(String name, List<InetAddress> addresses) {
    return addresses.isEmpty()
        ? this
        : add(name, (Object) addresses.stream().map(InetAddress::getHostAddress).toList());
  }

  @Override
  public String toString() {
    return parts.toString();
  }
}
