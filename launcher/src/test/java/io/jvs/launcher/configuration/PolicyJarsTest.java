package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyJarsTest {
  private final Path directory;
  private final PolicyJars jars = new PolicyJars(Schedulers.builtIn());

  PolicyJarsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path file(String policies, String scheduler) throws IOException {
    return Files.writeString(
        directory.resolve("web.yaml"),
        """
        policies: [%s]
        services:
          - { address: tcp 127.0.0.1:80, scheduler: %s, realServers: [] }
        """
            .formatted(policies, scheduler));
  }

  private Configuration read(String policies, String scheduler) throws Exception {
    return ConfigurationFile.read(
        file(policies, scheduler), jars, (carrier, service) -> Optional.empty());
  }

  private List<String> problems(String policies, String scheduler) throws Exception {
    Path file = file(policies, scheduler);
    return catchThrowableOfType(
            ConfigurationException.class,
            () -> ConfigurationFile.read(file, jars, (carrier, service) -> Optional.empty()))
        .problems()
        .stream()
        .map(problem -> problem.toString().substring(file.toString().length() + 1))
        .toList();
  }

  @Test
  void a_service_may_name_what_a_jar_offers() throws Exception {
    PolicyJar.first(directory, "one.jar", "first");
    PolicyJar.first(directory, "two.jar", "other-first");
    Configuration read = read("one.jar, two.jar", "first");

    assertThat(read.policies().jars())
        .containsExactly(directory.resolve("one.jar"), directory.resolve("two.jar"));
    assertThat(read.policies().schedulers().names())
        .contains("first", "other-first", "rr")
        .hasSize(Schedulers.builtIn().names().size() + 2);
    assertThat(read.services().get(0).scheduler()).hasToString("first");
  }

  @Test
  void a_jar_is_opened_once_and_stays_what_it_was() throws Exception {
    PolicyJar.first(directory, "one.jar", "first");
    var before = read("one.jar", "first").policies().schedulers();
    Files.delete(directory.resolve("one.jar"));
    var after = read("one.jar", "first").policies().schedulers();
    var spec = SchedulerSpec.of("first");
    assertThat(after.find(spec)).isSameAs(before.find(spec));
  }

  @Test
  void a_name_that_is_taken_is_told() throws Exception {
    PolicyJar.first(directory, "one.jar", "rr");
    assertThat(problems("one.jar", "wlc"))
        .containsExactly(
            "1:12: policies[0]: 'one.jar': scheduler 'rr' exists already (expected: a name other"
                + " than "
                + Schedulers.builtIn().names()
                + ")");
  }

  @Test
  void a_jar_without_a_scheduler_is_told() throws Exception {
    PolicyJar.of(directory, "one.jar", null, "public class First {}");
    assertThat(problems("one.jar", "wlc"))
        .containsExactly(
            "1:12: policies[0]: 'one.jar': offers no scheduler (expected: a file"
                + " META-INF/services/io.jvs.scheduling.Scheduler in it that names one)");
    PolicyJar.of(directory, "two.jar", "# nobody", "public class First {}");
    assertThat(problems("two.jar", "wlc"))
        .containsExactly(
            "1:12: policies[0]: 'two.jar': offers no scheduler (expected: the name of a class of it"
                + " in META-INF/services/io.jvs.scheduling.Scheduler)");
  }

  @Test
  void a_class_that_is_missing_or_no_scheduler_or_cannot_be_made_is_told() throws Exception {
    PolicyJar.of(directory, "missing.jar", "example.Second", "public class First {}");
    PolicyJar.of(directory, "other.jar", "First", "public class First {}");
    PolicyJar.of(
        directory,
        "private.jar",
        "First",
        """
        public class First implements io.jvs.scheduling.Scheduler {
          public First(int number) {}
          @Override public String name() { return "first"; }
          @Override public Selector prepare(
              io.jvs.scheduling.ServerView servers, io.jvs.scheduling.Setup setup) { return null; }
        }
        """);
    assertThat(problems("missing.jar, other.jar, private.jar", "wlc"))
        .hasSize(3)
        .allMatch(
            problem ->
                problem.contains(": offers a scheduler that cannot be used: ")
                    && problem.endsWith(
                        " (expected: a public class with a constructor without parameters, for Java "
                            + Runtime.version().feature()
                            + " or older)"))
        .satisfiesExactly(
            problem -> assertThat(problem).contains("Provider example.Second not found"),
            problem -> assertThat(problem).contains("First not a subtype"),
            problem -> assertThat(problem).contains("Unable to get public no-arg constructor"));
  }
}
