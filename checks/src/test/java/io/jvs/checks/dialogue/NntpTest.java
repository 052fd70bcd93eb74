package io.jvs.checks.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.RealServers;
import io.jvs.health.CheckResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The news server sn, which speaks on standard input and output as under inetd. */
class NntpTest {
  private static final CheckTable TABLE = new CheckTable();

  @AfterAll
  static void print() {
    TABLE.close();
  }

  @Test
  void sn_answers(@TempDir Path spool) throws Exception {
    RealServers.need("snntpd", "sn");
    try (LyingServer server = LyingServer.start((inetd, connection) -> serve(spool, connection))) {
      assertThat(TABLE.run(Dialogues.nntp(Encryption.none()), "sn", server.address()).detail())
          .startsWith("'200 Hi, you can post (sn version ");
      Files.createFile(spool.resolve(".nopost"));
      assertThat(
              TABLE
                  .run(Dialogues.nntp(Encryption.none()), "sn without posting", server.address())
                  .detail())
          .startsWith("'201 Hi, you can't post (sn version ");
      Files.writeString(spool.resolve(".noservice"), "down for today\n");
      CheckResult closed =
          TABLE.run(Dialogues.nntp(Encryption.none()), "sn out of service", server.address());
      assertThat(closed.passed()).isFalse();
      assertThat(closed.detail()).startsWith("expected a greeting like '^20[01] ', got ");
    }
  }

  private static void serve(Path spool, Socket connection) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin exec snntpd logger")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("SNROOT", spool.toString());
    Process process = builder.start();
    try {
      Thread input =
          new Thread(
              () -> {
                try (OutputStream to = process.getOutputStream()) {
                  byte[] buffer = new byte[4096];
                  int count = connection.getInputStream().read(buffer);
                  while (count >= 0) {
                    to.write(buffer, 0, count);
                    to.flush();
                    count = connection.getInputStream().read(buffer);
                  }
                } catch (IOException e) {
                  // either side has gone
                }
              },
              "inetd");
      input.setDaemon(true);
      input.start();
      process.getInputStream().transferTo(connection.getOutputStream());
    } finally {
      process.destroy();
    }
  }
}
