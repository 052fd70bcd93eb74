package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.launcher.control.StatusReport;
import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/configuration.md tells of everything there is, and the files in the docs work. */
class DocumentationTest {
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  private final String text = Files.readString(Path.of("../docs/configuration.md"));

  DocumentationTest() throws IOException {}

  @Test
  void every_key_of_the_schema_is_described() throws IOException {
    Set<String> keys = new TreeSet<>();
    collect(new ObjectMapper().readTree(Path.of("../docs/jvs.schema.json").toFile()), keys);

    assertThat(keys)
        .hasSizeGreaterThan(35)
        .allSatisfy(key -> assertThat(text).containsPattern("`(\\w+\\.)*" + key + "`"));
  }

  @Test
  void every_field_of_the_status_is_described() {
    for (Class<?> type :
        List.of(
            StatusReport.class,
            StatusReport.Tcp.class,
            StatusReport.Udp.class,
            StatusReport.Ipvs.class,
            StatusReport.Service.class,
            StatusReport.Durations.class,
            StatusReport.Server.class)) {
      for (RecordComponent field : type.getRecordComponents()) {
        assertThat(text).contains("`" + field.getName() + "`");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"configuration.md", "kernel.md"})
  void its_files_are_right(String page, @TempDir Path directory) throws Exception {
    Matcher matcher = YAML.matcher(Files.readString(Path.of("../docs", page)));
    int files = 0;
    while (matcher.find()) {
      Path file = Files.writeString(directory.resolve("web.yaml"), matcher.group(1));
      Configuration read =
          ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection);
      assertThat(read.warnings()).isEmpty();
      files++;
    }
    assertThat(files).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"web.yaml", "everything.yaml", "shared.yaml", "dns.yaml"})
  void nothing_is_to_be_warned_of_in_the_examples(String example) throws Exception {
    Path file = Path.of("examples", example);

    assertThat(ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection).warnings())
        .isEmpty();
  }

  @Test
  void links_between_pages_lead_somewhere() throws IOException {
    Map<Path, Set<String>> anchors = new HashMap<>();
    for (Path page : pages()) {
      anchors.put(page.normalize(), anchors(Files.readString(page)));
    }
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String path = link.group(1);
        Path target = path.isEmpty() ? page : page.resolveSibling(path);
        assertThat(target).as("%s in %s", link.group(), page).exists();
        Set<String> there = anchors.get(target.normalize());
        if (link.group(2) != null && there != null) {
          assertThat(there).as("%s in %s", link.group(), page).contains(link.group(2));
        }
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("../docs"))) {
      return Stream.concat(
              docs.filter(path -> path.toString().endsWith(".md")),
              Stream.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md").map(Path.of("..")::resolve))
          .toList();
    }
  }

  /** Of headings, as GitHub makes them. */
  private static Set<String> anchors(String page) {
    return HEADING
        .matcher(page)
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").strip().replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void the_schema_describes_every_key() throws IOException {
    JsonNode schema = new ObjectMapper().readTree(Path.of("../docs/jvs.schema.json").toFile());
    assertThat(schema.get("properties"))
        .allSatisfy(key -> assertThat(key.has("description")).isTrue());
  }

  private static void collect(JsonNode schema, Set<String> keys) {
    if (schema.has("properties")) {
      schema.get("properties").fieldNames().forEachRemaining(keys::add);
    }
    schema.forEach(child -> collect(child, keys));
  }
}
