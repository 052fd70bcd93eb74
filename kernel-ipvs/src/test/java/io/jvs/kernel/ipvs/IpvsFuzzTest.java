package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jvs.kernel.netlink.AnswersLostException;
import io.jvs.kernel.netlink.GenericNetlink;
import io.jvs.kernel.netlink.MalformedMessageException;
import io.jvs.kernel.netlink.NetlinkException;
import io.jvs.kernel.netlink.ScriptedKernel;
import io.jvs.model.AddressFamily;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, they are read or refused, and never anything else. */
class IpvsFuzzTest {
  private static final List<String> ANSWERS =
      List.of(
          Samples.NEW_SERVICE,
          Samples.NEW_DEST,
          Samples.SET_CONFIG,
          Samples.SERVICE_ANSWER,
          Samples.DEST_ANSWER,
          Samples.DAEMON_ANSWER,
          Samples.INFO_ANSWER,
          Samples.CONFIG_ANSWER,
          Samples.ERROR_ANSWER,
          Samples.DONE_ANSWER);

  /** The corpus lies in resources, as src/test/resources/.../IpvsFuzzTestInputs. */
  @FuzzTest(maxDuration = "5m")
  void any_bytes_are_read_or_refused(byte[] datagram) throws IOException {
    read(datagram);
  }

  @Test
  void samples_that_are_cut_or_changed_are_read_or_refused() throws IOException {
    Random random = new Random(11);
    int refused = 0;
    for (String answer : ANSWERS) {
      byte[] whole = Samples.bytes(answer);
      for (int length = 0; length <= whole.length; length++) {
        refused += read(Arrays.copyOf(whole, length));
      }
      for (int i = 0; i < 1_000; i++) {
        byte[] changed = whole.clone();
        for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt(-3, 256);
        }
        refused += read(changed);
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void random_bytes_are_read_or_refused() throws IOException {
    Random random = new Random(12);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      read(bytes);
    }
  }

  /** Reads them as every kind of answer; returns how many of those were refused. */
  private static int read(byte[] datagram) throws IOException {
    int refused = 0;
    for (Kind kind : Kind.values()) {
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        refused += read(ByteBuffer.wrap(datagram).order(order), kind) ? 0 : 1;
      }
    }
    return refused;
  }

  private enum Kind {
    SERVICE,
    DESTINATION,
    DAEMON,
    TIMEOUTS,
    INFO
  }

  /** Else it would pass for a late answer, and nobody would read it. */
  private static ByteBuffer withSequence(ByteBuffer datagram, int sequence) {
    if (datagram.limit() >= 12) {
      datagram.putInt(8, sequence);
    }
    return datagram;
  }

  private static boolean read(ByteBuffer datagram, Kind kind) throws IOException {
    ScriptedKernel kernel = new ScriptedKernel().thenFamily();
    GenericNetlink netlink = GenericNetlink.open(kernel, "IPVS");
    kernel.then((asked, me) -> me.datagram(withSequence(datagram, asked.get(0).sequence())));
    try {
      Object unused =
          netlink.dump(
              kind,
              (subject, out) -> out.command(1),
              (command, attributes) ->
                  switch (kind) {
                    case SERVICE -> IpvsAnswers.service(attributes).toString();
                    case DESTINATION ->
                        IpvsAnswers.destination(attributes, AddressFamily.IPV4).toString();
                    case DAEMON -> IpvsAnswers.daemon(attributes).toString();
                    case TIMEOUTS -> IpvsAnswers.timeouts(attributes).toString();
                    case INFO -> IpvsAnswers.info(attributes).toString();
                  });
      return true;
    } catch (MalformedMessageException e) {
      return false;
    } catch (NetlinkException | AnswersLostException e) {
      return true; // it was an error, or no end of the dump
    }
  }
}
