package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {
  @Test
  void the_lines_of_the_readme_run() throws Exception {
    try (HttpServers servers = new HttpServers(2)) {
      assertThat(ReadmeExample.ask(servers.names().get(0), servers.names().get(1)))
          .isIn(servers.names());
    }
  }

  @Test
  void the_readme_shows_the_lines_that_run() throws Exception {
    Path module = Path.of("").toAbsolutePath(); // where Maven runs the tests of a module
    List<String> source =
        Files.readAllLines(module.resolve("src/main/java/io/jvs/examples/ReadmeExample.java"));
    List<String> shown =
        source.subList(source.indexOf("    // README") + 1, source.lastIndexOf("    // README"));
    String snippet =
        String.join("\n", shown.stream().map(line -> line.replaceFirst("^    ", "")).toList());
    assertThat(Files.readString(module.resolveSibling("README.md"))).contains(snippet);
  }
}
