package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What the kernel says is read, and nothing that anybody might say breaks a loop. */
class ControlTest {
  private static final int ROOM = 128;
  private static final int[] LEVELS = {0, 17, 41, 1, -1};
  private static final int[] TYPES = {1, 8, 11, 25, 50, 67, 103, 104, 40, -1};

  private final Control control = new Control();

  @Property(tries = 2_000)
  void any_bytes_are_read_within_their_bounds(
      @ForAll @Size(ROOM) byte[] bytes, @ForAll @IntRange(max = ROOM) int length) {
    read(bytes, length);
  }

  /** Of the right shape, so that more than the first line of the reader is tried. */
  @Property(tries = 5_000)
  void messages_of_any_length_level_and_type_are_read_within_their_bounds(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[ROOM];
    random.nextBytes(bytes);
    ByteBuffer memory = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    for (int at = 0; at + 16 <= ROOM; ) {
      int data = random.nextInt(48);
      memory.putLong(at, random.nextInt(20) == 0 ? random.nextLong() : 16 + data);
      memory.putInt(at + 8, LEVELS[random.nextInt(LEVELS.length)]);
      memory.putInt(at + 12, TYPES[random.nextInt(TYPES.length)]);
      at += 16 + ((data + 7) & ~7);
    }
    read(bytes, random.nextInt(ROOM + 1));
  }

  @Property(tries = 500)
  void what_is_written_is_read_and_a_train_can_be_taken_out(
      @ForAll @IntRange(max = 1_500) int segment,
      @ForAll @IntRange(max = 255) int tos,
      @ForAll boolean ipv6,
      @ForAll long high,
      @ForAll long low) {
    ByteBuffer memory = ByteBuffer.allocate(2 * ROOM).order(ByteOrder.nativeOrder());
    control.segment = segment;
    control.tos = tos;
    control.hasLocal = true;
    control.localHigh = ipv6 ? high : 0;
    control.localLow = ipv6 ? low : low & 0xFFFF_FFFFL;
    int length = control.write(memory, 0, ipv6);
    assertThat(length).isLessThanOrEqualTo(96);
    assertThat(Control.segment(memory, 0, length)).isEqualTo(segment);

    int rest = Control.withoutSegment(memory, 0, length, ROOM);

    assertThat(rest).isEqualTo(length - (segment > 0 ? 24 : 0));
    assertThat(Control.segment(memory, ROOM, rest)).isZero();
    control.read(memory, ROOM, rest);
    assertThat(control.tos).isEqualTo(tos);
    assertThat(control.segment).isZero();
  }

  /** Whoever reads behind the end gets an exception of this buffer, which has nothing there. */
  private void read(byte[] bytes, int length) {
    byte[] exact = Arrays.copyOf(bytes, length);
    ByteBuffer memory = ByteBuffer.wrap(exact).order(ByteOrder.nativeOrder());
    control.read(memory, 0, length);
    assertThat(control.datagrams(65_507)).isPositive();
  }
}
