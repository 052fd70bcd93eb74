package io.jvs.launcher.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.StandingOrder;
import io.jvs.health.Finding;
import io.jvs.model.SocketAddresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final Instant THEN = Instant.parse("2026-01-01T10:00:00Z");
  private static final StateFile.State STATE =
      new StateFile.State(
          List.of(
              new Finding(
                  "web", SocketAddresses.parse("10.0.0.1:80"), false, THEN, "3 checks failed"),
              new Finding("web", SocketAddresses.parse("[2001:db8::1]:80"), true, THEN, "ok")),
          List.of(
              new StandingOrder(
                  "web",
                  SocketAddresses.parse("10.0.0.1:80"),
                  Orderer.OPERATOR,
                  AdminOrder.of(Kind.DRAIN, "alice", "disk").until(THEN).deadline(THEN),
                  THEN),
              new StandingOrder(
                  "web",
                  SocketAddresses.parse("10.0.0.2:80"),
                  Orderer.AGENT,
                  AdminOrder.weight(7, "agent", ""),
                  THEN)));

  private final Path path;

  StateFileTest(@TempDir Path directory) {
    path = directory.resolve("state.json");
  }

  @Test
  void what_is_written_is_read_again() {
    new StateFile(path).write(STATE);
    assertThat(new StateFile(path).read()).isEqualTo(STATE);
  }

  @Test
  void without_a_file_nothing_is_known() {
    assertThat(new StateFile(path).read()).isEqualTo(StateFile.State.EMPTY);
  }

  @Test
  void orders_of_the_maintenance_directory_are_read_from_there_and_not_from_here() {
    StandingOrder file =
        new StandingOrder(
            "web",
            SocketAddresses.parse("10.0.0.1:80"),
            Orderer.DIRECTORY,
            AdminOrder.of(Kind.MAINTENANCE, "root", "file 10.0.0.1"),
            THEN);
    new StateFile(path).write(new StateFile.State(List.of(), List.of(file)));
    assertThat(new StateFile(path).read().orders()).isEmpty();
  }

  @Test
  void the_same_state_is_not_written_again() throws Exception {
    StateFile file = new StateFile(path);
    file.write(STATE);
    Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    file.write(STATE);
    assertThat(Files.getLastModifiedTime(path).toInstant()).isEqualTo(Instant.EPOCH);
    file.write(StateFile.State.EMPTY);
    assertThat(new StateFile(path).read()).isEqualTo(StateFile.State.EMPTY);
  }

  @Test
  void what_is_not_understood_is_set_aside() throws Exception {
    for (String wrong :
        List.of("{", "[]", "{\"format\": 9, \"findings\": [], \"orders\": []}", "null", "{}")) {
      Files.writeString(path, wrong);
      assertThat(new StateFile(path).read()).isEqualTo(StateFile.State.EMPTY);
      assertThat(path).doesNotExist();
      assertThat(path.resolveSibling("state.json.unreadable")).hasContent(wrong);
    }
  }
}
