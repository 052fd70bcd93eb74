package io.jvs.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jvs.proxyprotocol.Reading.Complete;
import io.jvs.proxyprotocol.Reading.Incomplete;
import io.jvs.proxyprotocol.Reading.Malformed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is written is read again; whatever comes is read or refused, and nothing else. */
class HeaderPropertiesTest {
  private static final int MOST = 70_000;

  @Property(tries = 500)
  void what_is_written_is_read_again(@ForAll long seed, @ForAll boolean checksum) {
    Header header = header(new Random(seed));
    byte[] bytes = bytes(HeaderWriter.version2(header, checksum));
    assertThat(read(bytes)).isEqualTo(new Complete(header, bytes.length));
  }

  @Property(tries = 500)
  void so_is_version_1_which_says_less(@ForAll long seed) {
    Header header = header(new Random(seed));
    byte[] bytes = bytes(HeaderWriter.version1(header));
    boolean tcp = header.endpoints() instanceof Endpoints.Inet inet && !inet.datagram();
    Endpoints said = tcp ? header.endpoints() : Endpoints.Unknown.INSTANCE;
    assertThat(read(bytes)).isEqualTo(new Complete(new Header(said, List.of()), bytes.length));
  }

  @Property(tries = 100)
  void however_it_comes_the_answer_is_the_same(@ForAll long seed, @ForAll boolean first) {
    Random random = new Random(seed);
    Header header = header(random);
    byte[] bytes =
        bytes(first ? HeaderWriter.version1(header) : HeaderWriter.version2(header, true));
    byte[] more = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
    Reading whole = read(more);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(read(Arrays.copyOf(bytes, length))).isEqualTo(Incomplete.INSTANCE);
    }
    assertThat(whole).isEqualTo(read(bytes));
  }

  @Property(tries = 500)
  void what_is_changed_is_read_or_refused(@ForAll long seed, @ForAll boolean first) {
    Random random = new Random(seed);
    Header header = header(random);
    byte[] bytes =
        bytes(first ? HeaderWriter.version1(header) : HeaderWriter.version2(header, false));
    for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    any_bytes_are_read_or_refused(bytes);
  }

  /** The corpus lies in resources, as HeaderPropertiesTestInputs. */
  @FuzzTest(maxDuration = "5m")
  void any_bytes_are_read_or_refused(byte[] bytes) {
    Reading whole = read(bytes);
    for (int length = 0; length <= Math.min(bytes.length, 120); length++) {
      Reading part = read(Arrays.copyOf(bytes, length));
      if (part != Incomplete.INSTANCE) { // then nothing is taken back
        assertThat(part.getClass()).isEqualTo(whole.getClass());
        assertThat(part instanceof Malformed || part.equals(whole)).isTrue();
      }
    }
    if (whole instanceof Complete complete) {
      assertThat(complete.length()).isBetween(15, bytes.length);
      assertThat(read(bytes(HeaderWriter.version2(complete.header(), true))))
          .isInstanceOfSatisfying(
              Complete.class, again -> assertThat(again.header()).isEqualTo(complete.header()));
    }
  }

  /** In the middle of other bytes, which must stay unread, with marks that must stay. */
  private static Reading read(byte[] bytes) {
    ByteBuffer around = ByteBuffer.allocateDirect(bytes.length + 10);
    around.position(5).put(bytes).limit(5 + bytes.length).position(5);
    ByteBuffer readOnly = around.asReadOnlyBuffer();
    Reading reading = HeaderReader.read(readOnly, MOST);
    if (readOnly.position() != 5 || readOnly.remaining() != bytes.length) {
      throw new AssertionError("marks have moved: " + readOnly);
    }
    return reading;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Header header(Random random) {
    Endpoints endpoints =
        switch (random.nextInt(6)) {
          case 0 -> Endpoints.Local.INSTANCE;
          case 1 -> Endpoints.Unknown.INSTANCE;
          case 2 -> new Endpoints.Unix(random.nextBoolean(), name(random), name(random));
          default -> inet(random);
        };
    List<Tlv> tlvs = new ArrayList<>();
    while (endpoints != Endpoints.Local.INSTANCE && random.nextInt(3) > 0) {
      int type = random.nextInt(256);
      if (type != Tlv.CRC32C && type != Tlv.NOOP) {
        byte[] value = new byte[random.nextInt(Tlv.MAX_UNIQUE_ID + 1)];
        random.nextBytes(value);
        tlvs.add(Tlv.of(type, value));
      }
    }
    return new Header(endpoints, tlvs);
  }

  private static Endpoints inet(Random random) {
    return Endpoints.Inet.of(random.nextBoolean(), address(random), address(random));
  }

  private static InetSocketAddress address(Random random) {
    byte[] bits = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(bits);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bits), random.nextInt(65_536));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int length = random.nextInt(109); length > 0; length--) {
      name.append((char) (length == 1 ? random.nextInt(1, 256) : random.nextInt(256)));
    }
    return name.toString();
  }
}
