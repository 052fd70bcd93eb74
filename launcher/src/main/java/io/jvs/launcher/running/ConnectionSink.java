package io.jvs.launcher.running;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where lines of the connection log go. One thread at a time. */
interface ConnectionSink extends AutoCloseable {
  /** All of them, or an exception; nothing is held back in this process. */
  void write(List<String> lines) throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Appends to a file, or to the log of the process.
   *
   * @throws IOException if the file cannot be written
   */
  static ConnectionSink open(@Nullable Path file) throws IOException {
    return file == null ? new ProcessLog() : new File(file);
  }

  /** For owner and group alone, as it tells who talked to whom. */
  final class File implements ConnectionSink {
    private final FileChannel channel;
    private boolean torn; // the latest line may be there in part

    private File(Path path) throws IOException {
      boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] attributes =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
              }
              : new FileAttribute<?>[0];
      this.channel =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
              attributes);
    }

    @Override
    public void write(List<String> lines) throws IOException {
      String text = (torn ? "\n" : "") + String.join("\n", lines) + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      torn = true;
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      torn = false;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** A logger of its own name, so that a logging configuration can send it elsewhere. */
  final class ProcessLog implements ConnectionSink {
    private static final Logger LOG = LoggerFactory.getLogger("jvs.connections");

    private ProcessLog() {}

    @Override
    public void write(List<String> lines) {
      lines.forEach(line -> LOG.info("{}", line));
    }

    @Override
    public void close() {}
  }
}
