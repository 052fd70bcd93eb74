package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that speak UDP, through {@code jvs run}. */
@Timeout(180)
class RealDatagramsTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final int ROUNDS = 10;

  /** In a round: so few that they fit into the receive buffer of a server that is not scheduled. */
  private static final int LINES = 100;

  private final Path directory;
  private final int port;

  RealDatagramsTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.port = NameServer.freePort("127.0.0.1");
  }

  /**
   * With flows a client has several questions on their way to the one that dies; with one-packet
   * scheduling each question is a flow, so that the metrics tell whether all were answered. They
   * must, since dnsperf once missed an answer of a million, and nothing told where it was lost.
   */
  @ParameterizedTest(name = "one-packet {0}")
  @ValueSource(booleans = {true, false})
  void no_question_is_lost_when_a_name_server_dies_under_load_and_comes_back(boolean onePacket)
      throws Exception {
    Programs.require("dnsmasq", "named", "dig", "dnsperf");
    try (NameServer one = NameServer.dnsmasq("127.0.0.11", "10.0.0.1", directory);
        NameServer two = NameServer.dnsmasq("127.0.0.12", "10.0.0.2", directory);
        NameServer three = NameServer.named("10.0.0.3", directory);
        JvsProcess jvs =
            run(
                """
                name: dns
                address: udp 127.0.0.1:%d
                scheduler: rr
                onePacket: %s
                udp: { responses: 1, retryAfter: 300ms }
                health: { check: dns, name: www.example.test, type: A, answer: %s, interval: 200ms, rise: 2, fall: 2 }
                """
                    .formatted(port, onePacket, NameServer.WWW),
                one.realServer(),
                two.realServer(),
                three.realServer())) {
      awaitAnswersOf(one, two, three);
      Process load = load();
      awaitQueries(500);
      two.kill();
      jvs.awaitLine("dns: " + two.realServer() + " down (");
      two.comeBack();
      jvs.awaitLine("dns: " + two.realServer() + " up, was down since");
      awaitAnswersOf(one, two, three);
      String report = Programs.finished(load);
      long sent = Long.parseLong(Programs.figure(report, "Queries sent: +(\\d+)"));
      long lost = Long.parseLong(Programs.figure(report, "Queries lost: +(\\d+)"));
      System.out.println("dnsperf, one-packet " + onePacket + ": " + lost + " lost of " + sent);
      assertThat(report).contains("Response codes:       NOERROR " + (sent - lost) + " (");
      String evidence = report + Shell.jvs("status", "--control", control()).out() + jvs.lines();
      assertThat(lost).as(evidence).isLessThanOrEqualTo(onePacket ? 1 : 0);
      if (onePacket) {
        long flows =
            metric("jvs_connections_opened_total") - metric("jvs_connections_failed_total");
        assertThat(flows).as(evidence).isGreaterThanOrEqualTo(sent);
        assertThat(metric("jvs_connection_duration_seconds_count", "part=\"first-byte\""))
            .as(evidence)
            .isEqualTo(flows);
      }
      assertUnharmed(jvs);
    }
  }

  /** It need not wait for its five seconds. */
  @Test
  void dig_is_told_at_once_that_the_only_name_server_is_gone() throws Exception {
    Programs.require("dnsmasq", "dig");
    assumeTrue("root".equals(System.getProperty("user.name")), "skipped: no raw sockets");
    try (NameServer one = NameServer.dnsmasq("127.0.0.11", "10.0.0.1", directory);
        JvsProcess jvs =
            run(
                """
                name: dns
                address: udp 127.0.0.1:%d
                udp: { responses: 1 }
                """
                    .formatted(port),
                one.realServer())) {
      awaitAnswersOf(one);
      one.kill();
      Process dig =
          new ProcessBuilder(
                  "dig", "+tries=1", "-p", Integer.toString(port), "@127.0.0.1", "www.example.test")
              .redirectErrorStream(true)
              .start();
      assertThat(new String(dig.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .contains("connection refused");
      assertThat(Shell.jvs("status", "--control", control()).out())
          .contains("clients told that nobody is there (ICMP) ");
      assertUnharmed(jvs);
    }
  }

  /** Ends by itself; questions are lost when they are unanswered for five seconds. */
  private Process load() throws IOException {
    Path questions =
        Files.writeString(
            directory.resolve("questions"), "www.example.test A\nwho.example.test A\n");
    return new ProcessBuilder(
            List.of(
                "dnsperf",
                "-s",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-d",
                questions.toString(),
                "-c",
                "10",
                "-q",
                "60",
                "-Q",
                "2000",
                "-l",
                "6"))
        .redirectErrorStream(true)
        .start();
  }

  /** Until so many have come through. */
  private void awaitQueries(int queries) throws Exception {
    await("queries come through", () -> metric("jvs_connections_opened_total") >= queries);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** All with this name and these labels together. */
  private long metric(String name, String... labels) {
    return Shell.jvs("metrics", "--control", control())
        .out()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** With dig, as people do; named takes a moment until it has read its zone. */
  private void awaitAnswersOf(NameServer... servers) throws Exception {
    Set<String> wanted = new TreeSet<>();
    for (NameServer each : servers) {
      wanted.add(each.who());
    }
    Set<String> seen = new TreeSet<>();
    while (!seen.containsAll(wanted)) {
      Process dig =
          new ProcessBuilder(
                  List.of(
                      "dig",
                      "+short",
                      "+tries=1",
                      "+time=5",
                      "-p",
                      Integer.toString(port),
                      "@127.0.0.1",
                      "who.example.test",
                      "A"))
              .redirectErrorStream(true)
              .start();
      seen.add(new String(dig.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
      dig.waitFor();
    }
  }

  @Test
  void every_line_of_syslog_arrives_and_the_servers_share_them() throws Exception {
    Programs.require("rsyslogd", "logger");
    try (Syslog one = new Syslog("one");
        Syslog two = new Syslog("two");
        JvsProcess jvs =
            run(
                """
                name: syslog
                address: udp 127.0.0.1:%d
                scheduler: rr
                udp: { responses: 0 }
                """
                    .formatted(port),
                "127.0.0.1:" + one.port,
                "127.0.0.1:" + two.port)) {
      await(
          "both listen", // before that all is lost
          () -> {
            log("-t", "test", "are you there?");
            return !one.lines().isEmpty() && !two.lines().isEmpty();
          });
      for (int round = 0; round < ROUNDS; round++) {
        String begin = "round " + round + " line ";
        Path text =
            Files.writeString(
                directory.resolve("text"),
                IntStream.range(0, LINES)
                    .mapToObj(i -> begin + i + "\n")
                    .collect(Collectors.joining()));
        log("-f", text.toString());
        await(
            "all of round " + round,
            () -> one.lines(begin).size() + two.lines(begin).size() == LINES);
      }
      assertThat(one.lines("round ")).isNotEmpty().doesNotHaveDuplicates();
      assertThat(two.lines("round ")).isNotEmpty().doesNotContainAnyElementsOf(one.lines("round "));
      assertThat(Shell.jvs("status", "--control", control()).out()).contains("flows 0 of at most");
      assertUnharmed(jvs);
    }
  }

  private void log(String... what) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("logger", "-d", "-n", "127.0.0.1", "-P", Integer.toString(port)));
    command.addAll(List.of(what));
    Programs.output(command.toArray(String[]::new));
  }

  /** A real rsyslogd that writes what it hears into a file. */
  private final class Syslog implements AutoCloseable {
    private final int port = NameServer.freePort("127.0.0.1");
    private final Path out;
    private final Process process;

    Syslog(String name) throws IOException {
      out = directory.resolve(name + ".out");
      Path configuration =
          Files.writeString(
              directory.resolve(name + ".conf"),
              """
              module(load="imudp")
              input(type="imudp" address="127.0.0.1" port="%d")
              template(name="message" type="string" string="%%msg%%\\n")
              action(type="omfile" file="%s" template="message" asyncWriting="off")
              """
                  .formatted(port, out));
      process =
          Programs.start(
              directory.resolve(name + ".log"),
              List.of(
                  "rsyslogd",
                  "-n",
                  "-f",
                  configuration.toString(),
                  "-i",
                  directory.resolve(name + ".pid").toString()));
    }

    List<String> lines() throws IOException {
      return Files.exists(out)
          ? Files.readAllLines(out).stream().map(String::strip).toList()
          : List.of();
    }

    List<String> lines(String begin) throws IOException {
      return lines().stream().filter(line -> line.startsWith(begin)).toList();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private String control() {
    return directory.resolve("one.sock").toString();
  }

  /** Runs a service that is described but for its servers. */
  private JvsProcess run(String service, String... servers) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("one.yaml"),
            "control: one.sock\ndrain: 1s\nservices:\n  -\n"
                + service.indent(4)
                + "    realServers: "
                + List.of(servers).stream()
                    .map(each -> '"' + each + '"')
                    .collect(Collectors.joining(", ", "[", "]")));
    JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  /** It has nothing to complain of, and ends when it is told to. */
  private static void assertUnharmed(JvsProcess jvs) throws Exception {
    assertThat(jvs.lines()).noneMatch(line -> line.contains(" ERROR "));
    jvs.signal("TERM");
    assertThat(jvs.awaitExit()).isZero();
  }
}
