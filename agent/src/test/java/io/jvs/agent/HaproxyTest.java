package io.jvs.agent;

import static io.jvs.agent.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.agent.Answer.Admin;
import io.jvs.health.AgentAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real haproxy asks our agent, and is asked what it makes of answers that we read, too. */
@Timeout(120)
class HaproxyTest {
  private final Path directory;
  private @Nullable Process haproxy;

  HaproxyTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void find() {
    boolean present = program().isPresent();
    assertThat(present || System.getenv("CI") == null).as("haproxy is installed").isTrue();
    assumeTrue(present, "haproxy is not installed");
  }

  private static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(":", -1))
        .map(each -> Path.of(each, "haproxy"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @AfterEach
  void stop() throws Exception {
    if (haproxy != null) {
      haproxy.destroy();
      assertThat(haproxy.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void start(InetSocketAddress agent) throws Exception {
    Path file = directory.resolve("haproxy.cfg");
    Files.writeString(
        file,
        """
        global
          stats socket %s mode 600 level admin
        defaults
          mode tcp
          timeout connect 5s
          timeout client 5s
          timeout server 5s
        backend web
          server web1 127.0.0.1:9 weight 100 maxconn 50 agent-check agent-port %d agent-inter 100ms
        """
            .formatted(socket(), agent.getPort()));
    haproxy =
        new ProcessBuilder(program().orElseThrow().toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("haproxy.log").toFile())
            .start();
    eventually("haproxy's socket", () -> Files.exists(socket()), this::log);
  }

  private Path socket() {
    return directory.resolve("stats");
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("haproxy.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The line of our server in {@code show stat}, by column. */
  private Map<String, String> stat() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
      String all =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
      String[] names = all.lines().findFirst().orElse("").replaceFirst("^# ", "").split(",", -1);
      int start = all.indexOf("\nweb,web1,") + 1;
      String row = all.substring(start, all.indexOf("\nweb,BACKEND,", start)); // may have line ends
      String[] cells = row.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < Math.min(names.length, cells.length); i++) {
        values.put(names[i], cells[i].replace("\"", ""));
      }
      return values;
    } catch (IOException e) {
      return Map.of("error", e.toString()); // not listening yet
    }
  }

  private String shown(String column) {
    return stat().getOrDefault(column, "");
  }

  private void await(String column, String expected) {
    eventually(
        column + " " + expected,
        () -> shown(column).equals(expected),
        () -> column + " " + shown(column) + ", all " + stat());
  }

  @Test
  void haproxy_follows_what_our_agent_says() throws Exception {
    AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(50));
    try (AgentServer agent =
        AgentServer.builder()
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .answers(answer::get)
            .start()) {
      start(agent.addresses().get(0));
      await("weight", "50");
      answer.set(Answer.of(30).maxConnections(7));
      await("weight", "30");
      await("slim", "7");
      answer.set(Answer.NOTHING.admin(Admin.DRAIN));
      await("status", "DRAIN (agent)");
      assertThat(shown("weight")).as("only what is named changes").isEqualTo("30");
      answer.set(Answer.NOTHING.admin(Admin.MAINT));
      await("status", "MAINT");
      answer.set(Answer.of(80).admin(Admin.READY));
      await("status", "no check");
      await("weight", "80");
      answer.set(Answer.NOTHING.down("disk full"));
      await("status", "DOWN (agent)");
      assertThat(shown("last_agt")).isEqualTo("via agent : down (disk full)");
      answer.set(Answer.of(100).up());
      await("status", "no check");
      await("weight", "100");
    }
  }

  @Test
  void our_client_reads_what_haproxy_reads() throws Exception {
    try (RawAgent agent = new RawAgent()) {
      start(agent.address());
      int weight = 100;
      for (String line :
          List.of(
              "61%",
              "UP,62%",
              "\t63% ,ready",
              "64% 65%",
              "66%x 67%",
              "down#why 68%",
              "70 71%",
              "up #72% 73%",
              "74%\rdown",
              "1e2% 75%",
              "+5% 76%",
              "-5% 77%",
              "ready#x",
              "0078%",
              "maxconn:9 79%",
              "maxconn:x 81%",
              "maxconn: 82%",
              "Maxconn:7 83%",
              "% 84%",
              "85% 86%x",
              "maxconn:5 maxconn:x 87%")) {
        agent.say(line);
        AgentAnswer read = AgentAnswer.parse(AgentAnswer.line(line + "\n").orElseThrow());
        if (read.percent() != null) {
          weight = read.percent();
        }
        await("weight", String.valueOf(weight));
        assertThat(shown("status")).as(line).isEqualTo("no check"); // none of them is down
        if (read.maxConnections() != null) {
          await("slim", String.valueOf(read.maxConnections()));
        }
        boolean complains = !read.notUnderstood().isEmpty();
        eventually(
            (complains ? "a complaint about " : "no complaint about ") + line,
            () -> shown("last_agt").startsWith("agent") == complains,
            this::stat);
      }
    }
  }

  /** Says any line to whoever comes. */
  private static final class RawAgent implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile String line = "";
    private final AtomicInteger told = new AtomicInteger();

    RawAgent() throws IOException {
      Thread thread = new Thread(this::run, "raw-agent");
      thread.setDaemon(true);
      thread.start();
    }

    InetSocketAddress address() {
      return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Returns when haproxy has heard it and come again, so that it has acted on it. */
    void say(String newLine) {
      line = newLine;
      int before = told.get();
      eventually("two questions", () -> told.get() >= before + 3, told::get);
    }

    private void run() {
      while (!listener.isClosed()) {
        try (Socket client = listener.accept()) {
          client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
          client.shutdownOutput();
          client.getInputStream().readAllBytes();
          told.incrementAndGet();
        } catch (IOException e) {
          // haproxy hangs up as soon as it has read the line.
          told.incrementAndGet();
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
