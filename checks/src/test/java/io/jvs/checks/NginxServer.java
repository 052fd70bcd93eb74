package io.jvs.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An nginx of our own, on loopback, with everything it writes in one directory. */
public final class NginxServer {
  private final Path configuration;
  private final Path pid;

  private NginxServer(Path directory) {
    this.configuration = directory.resolve("nginx.conf");
    this.pid = directory.resolve("nginx.pid");
  }

  /**
   * Starts it and returns when it listens.
   *
   * @param directory an empty one
   * @param http what stands in the block of that name, such as {@code server { … }}
   */
  public static NginxServer start(Path directory, String http) throws Exception {
    RealServers.need("nginx", "nginx");
    NginxServer server = new NginxServer(directory);
    Files.writeString(
        server.configuration,
        """
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 512; }
        http {
          access_log %1$s/access.log;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          default_type text/plain;
        %2$s
        }
        """
            .formatted(directory, http));
    server.run(); // becomes a daemon when it listens
    return server;
  }

  /** Ends it; more than once does nothing. */
  public void stop() throws Exception {
    if (Files.exists(pid)) {
      run("-s", "stop");
    }
  }

  private void run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "PATH=$PATH:/usr/sbin exec \"$@\"", "sh"));
    command.addAll(List.of("nginx", "-c", configuration.toString()));
    command.addAll(List.of(arguments));
    Path log = configuration.resolveSibling("output.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }
}
