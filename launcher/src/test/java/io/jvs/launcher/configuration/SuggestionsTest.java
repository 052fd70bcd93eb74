package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionsTest {
  private static final List<String> KEYS =
      List.of("name", "address", "scheduler", "persistence", "realServers", "weight", "health");

  @ParameterizedTest
  @CsvSource({
    "wieght, weight", // swapped
    "adress, address", // left out
    "schedular, scheduler", // another letter
    "nname, name", // one too many
    "real_servers, realServers",
    "Real-Servers, realServers",
    "servers, realServers", // a part
    "healthcheck, health"
  })
  void mistyped_words_are_recognized(String word, String meant) {
    assertThat(Suggestions.nearest(word, KEYS)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "backend", "port", "ame2x"})
  void others_are_not_guessed_at(String word) {
    assertThat(Suggestions.nearest(word, KEYS)).isEmpty();
  }
}
