package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What stands for addresses and ports in files of {@code ipvsadm-save} without {@code -n}. */
public interface Names {
  /** Knows none, so that reading asks nobody. */
  Names NONE =
      new Names() {
        @Override
        public @Nullable InetAddress host(String name) {
          return null;
        }

        @Override
        public int port(String name, String protocol) {
          return -1;
        }
      };

  /** Null if it has no address. May block. */
  @Nullable InetAddress host(String name);

  /**
   * -1 if it has none.
   *
   * @param protocol {@code tcp}, {@code udp} or {@code sctp}
   */
  int port(String name, String protocol);

  /** Those of this machine: its resolver, and a file as services(5). */
  static Names system(Path services) {
    return new Names() {
      @Override
      public @Nullable InetAddress host(String name) {
        try {
          return InetAddress.getByName(name);
        } catch (UnknownHostException e) {
          return null;
        }
      }

      @Override
      public int port(String name, String protocol) {
        try (var lines = Files.lines(services)) {
          return lines
              .map(line -> line.split("#", 2)[0].trim().split("\\s+"))
              .filter(words -> words.length > 1 && words[1].endsWith("/" + protocol))
              .filter(words -> isCalled(words, name))
              .mapToInt(words -> Integer.parseInt(words[1].split("/", 2)[0]))
              .findFirst()
              .orElse(-1);
        } catch (IOException | RuntimeException e) { // not there, or not as services(5) says
          return -1;
        }
      }
    };
  }

  private static boolean isCalled(String[] words, String name) {
    for (int i = 0; i < words.length; i++) {
      if (i != 1 && words[i].equals(name)) {
        return true;
      }
    }
    return false;
  }
}
