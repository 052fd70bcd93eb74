package io.jvs.launcher;

import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs the check that a configuration file declares for a service with one real server. */
final class FileChecks implements AutoCloseable {
  private final Path directory;
  private final String address;
  private final CheckRunner runner = new CheckRunner();

  /**
   * For services at such an address.
   *
   * @param directory for the files
   */
  FileChecks(Path directory, String address) {
    this.directory = directory;
    this.address = address;
  }

  /**
   * Runs one.
   *
   * @param options lines of the service beside those that it must have, or nothing
   * @param port of the real server, at 127.0.0.1
   */
  CheckResult run(String options, String check, int port) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("checked.yaml"),
            """
            services:
              - address: %s
                health: %s
                realServers: [ "127.0.0.1:%d" ]
                %s
            """
                .formatted(address, check, port, options));
    VirtualService service = Configurations.read(file).services().get(0);
    CheckDeclaration declaration = Objects.requireNonNull(service.health()).checks().get(0);
    return runner.run(service, service.realServers().get(0), declaration).get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    runner.close();
  }
}
