package io.jvs.launcher.control;

import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a director answers if its file does not say: a socket in the user's runtime directory,
 * named after the file. So a command finds the director by the file alone, and a file cannot run
 * twice by mistake.
 */
public final class ControlLocation {
  private ControlLocation() {}

  /** {@code $XDG_RUNTIME_DIR/jvs}, or a directory of the user's own among the temporary files. */
  public static Path directory() {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    return runtime == null || runtime.isBlank()
        ? Path.of(System.getProperty("java.io.tmpdir"), "jvs-" + System.getProperty("user.name"))
        : Path.of(runtime, "jvs");
  }

  /** The usual socket of a file: {@code web-1f2e3d4c.sock} for {@code web.yaml}. */
  public static ControlAddress of(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    String name = String.valueOf(absolute.getFileName()).replaceFirst("\\.[^.]*$", "");
    String shortName = name.length() <= 20 ? name : name.substring(0, 20);
    return new UnixSocket(directory().resolve(shortName + "-" + digest(absolute) + ".sock"));
  }

  /** The sockets in the usual place behind which somebody answers. */
  public static List<ControlAddress> running() {
    List<ControlAddress> running = new ArrayList<>();
    if (Files.isDirectory(directory())) {
      try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory(), "*.sock")) {
        for (Path socket : sockets) {
          ControlAddress address = new UnixSocket(socket);
          if (ControlClient.answers(address)) {
            running.add(address);
          }
        }
      } catch (IOException e) {
        return running; // not ours to read, so nothing of ours is in it
      }
    }
    return running;
  }

  private static String digest(Path file) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256")
              .digest(file.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
