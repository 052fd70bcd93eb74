package io.jvs.launcher.control;

import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.ControlAddress.UnixSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Opens the listening end of the control channel. A Unix domain socket is its owner's alone: the
 * usual directory is closed to others, and so is the socket itself.
 */
final class ControlSocket {
  /** sun_path of unix(7) has 108 bytes, one of them for the zero at the end. */
  private static final int LONGEST_PATH = 107;

  private ControlSocket() {}

  static ServerSocketChannel open(ControlAddress address) throws IOException {
    if (address instanceof UnixSocket unix) {
      return open(unix.path());
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      return channel.bind(((ControlAddress.Loopback) address).address());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static ServerSocketChannel open(Path path) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      throw new IOException(
          length + " bytes (expected: a path of at most " + LONGEST_PATH + "; set 'control')");
    }
    if (path.startsWith(ControlLocation.directory())) {
      prepare(ControlLocation.directory());
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      removeStale(path);
    }
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(path));
      if (isPosix(path)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Somebody else could have made a directory of this name, to listen in our place. */
  private static void prepare(Path directory) throws IOException {
    if (!isPosix(Path.of(System.getProperty("java.io.tmpdir")))) {
      Files.createDirectories(directory);
      return;
    }
    var closed = PosixFilePermissions.fromString("rwx------");
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(closed));
    } catch (FileAlreadyExistsException e) {
      // As it should be from the second time on; what it is, is looked at next.
    }
    Path own = Files.createTempFile(directory, "owner", "");
    boolean ours = Files.getOwner(own).equals(Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS));
    Files.delete(own);
    if (!ours
        || !Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).equals(closed)) {
      throw new IOException(
          directory
              + " is open to other users (expected: a directory of your own with mode 0700; remove"
              + " it, or set 'control')");
    }
  }

  private static void removeStale(Path path) throws IOException {
    if (ControlClient.answers(new UnixSocket(path))) {
      throw new IOException(
          "a director answers there already (expected: one per file; stop it, or set 'control')");
    }
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isOther()) {
      throw new IOException("a file is there (expected: nothing, or an old socket)");
    }
    Files.delete(path); // left behind by a director that was killed
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
