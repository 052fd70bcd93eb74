package io.jvs.launcher.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.ServerStatus;
import io.jvs.model.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceDirectoryTest {
  private final MaintenanceDirectory maintenance = new MaintenanceDirectory();
  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.inProcess("web")
              .realServer("10.0.0.1:80")
              .realServer("[2001:db8::1]:80")
              .realServer("web7.example.org:8080")
              .build());
  private final Path directory;

  MaintenanceDirectoryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private List<String> states() {
    maintenance.follow(directory, List.of(balancer));
    return balancer.status().servers().stream()
        .map(server -> server.server().name() + " " + server.state())
        .toList();
  }

  @Test
  void a_file_with_any_of_a_servers_names_puts_it_into_maintenance() throws Exception {
    for (String name :
        List.of(
            "10.0.0.1:80",
            "10.0.0.1",
            "[2001:db8::1]:80",
            "web7.example.org:8080",
            "web7.example.org",
            "web7:8080",
            "web7")) {
      Files.writeString(directory.resolve(name), "new disk\nmore\n");
      assertThat(states()).as(name).filteredOn(state -> state.endsWith(" maintenance")).hasSize(1);
      Files.delete(directory.resolve(name));
      assertThat(states()).as(name).allMatch(state -> state.endsWith(" up"));
    }
  }

  @Test
  void its_first_line_says_why_and_its_owner_is_who() throws Exception {
    Path file = Files.writeString(directory.resolve("10.0.0.1"), "new disk\nmore\n");
    maintenance.follow(directory, List.of(balancer));
    ServerStatus status = balancer.status(balancer.service().realServers().get(0).address());
    assertThat(status).isNotNull();
    assertThat(status.orders())
        .hasToString(
            "[maintenance by " + Files.getOwner(file).getName() + " (new disk, file 10.0.0.1)]");
  }

  @Test
  void while_the_directory_is_away_what_it_said_last_holds() throws Exception {
    Path file = Files.createFile(directory.resolve("10.0.0.1"));
    states();
    maintenance.follow(directory.resolve("gone"), List.of(balancer));
    assertThat(balancer.status().servers()).anyMatch(s -> s.state().equals("maintenance"));
    Files.delete(file);
    maintenance.follow(null, List.of(balancer));
    assertThat(balancer.status().servers()).allMatch(s -> s.state().equals("up"));
  }

  @Test
  void a_file_that_is_no_servers_name_changes_nothing() throws Exception {
    Files.createFile(directory.resolve("10.0.0.11"));
    Files.createDirectory(directory.resolve("README"));
    assertThat(states()).allMatch(state -> state.endsWith(" up"));
  }
}
