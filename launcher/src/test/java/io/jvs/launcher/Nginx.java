package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An nginx of our own that answers with its number. */
final class Nginx {
  private final Path configuration;
  private final Path pid;
  private final Path directory;
  private final int number;
  private final int port = freePort();

  Nginx(Path directory, int number) throws Exception {
    this.directory = directory;
    this.number = number;
    configuration = directory.resolve("nginx.conf");
    pid = directory.resolve("nginx.pid");
    write(200);
    start();
  }

  int port() {
    return port;
  }

  /** Host and port. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts it, again if it has ended. */
  void start() throws Exception {
    assertThat(run()).isZero(); // becomes a daemon when it listens
  }

  /** Answers with this status from soon on. */
  void answer(int status) throws Exception {
    write(status);
    signal("reload");
  }

  /** Master and worker stand still: the system still accepts connections, nobody answers. */
  void freeze() throws Exception {
    kill("-STOP");
  }

  void thaw() throws Exception {
    kill("-CONT");
  }

  private void kill(String signal) throws Exception {
    long master = Long.parseLong(Files.readString(pid).strip());
    List<String> command = new ArrayList<>(List.of("kill", signal, Long.toString(master)));
    ProcessHandle.of(master)
        .ifPresent(process -> process.children().forEach(c -> command.add(Long.toString(c.pid()))));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private void write(int status) throws IOException {
    Files.writeString(
        configuration,
        """
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 2048; }
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          server {
            listen 127.0.0.1:%2$d backlog=4096;
            location / { return %4$d "server %3$d\\n"; }
          }
        }
        """
            .formatted(directory, port, number, status));
  }

  /**
   * {@code quit} lets requests under way end, {@code stop} does not; once it has ended, nothing.
   */
  void signal(String name) throws Exception {
    if (Files.exists(pid)) {
      run("-s", name);
    }
  }

  private int run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("nginx", "-c", configuration.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin exec \"$@\"", "sh");
    builder.command().addAll(command);
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(configuration.resolveSibling("output.log").toFile())
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  static boolean isInstalled(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin command -v " + program)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
