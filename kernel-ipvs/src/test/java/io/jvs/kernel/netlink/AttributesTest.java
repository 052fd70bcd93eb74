package io.jvs.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributesTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_is_written_is_read(boolean little) throws MalformedMessageException {
    ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    Attributes read =
        read(
            order,
            out -> {
              out.u8(1, 200);
              out.u16(2, 65_000);
              out.u16be(3, 0x1234);
              out.u32(4, -2);
              out.u32be(5, 0xff00_0001);
              out.u32Pair(6, 8, -1);
              out.u64(7, Long.MIN_VALUE);
              out.string(8, "wrr");
              out.bytes(9, new byte[] {1, 2}, 5);
              int nest = out.nested(10);
              out.u8(1, 9);
              out.endNested(nest);
            });
    assertThat(next(read, 1).u8()).isEqualTo(200);
    assertThat(next(read, 2).u16()).isEqualTo(65_000);
    assertThat(next(read, 3).u16be()).isEqualTo(0x1234);
    assertThat(next(read, 4).u32()).isEqualTo(0xffff_fffeL);
    assertThat(next(read, 5).i32be()).isEqualTo(0xff00_0001);
    assertThat(next(read, 6).firstI32()).isEqualTo(8);
    assertThat(next(read, 7).u64()).isEqualTo(Long.MIN_VALUE);
    assertThat(next(read, 8).string()).isEqualTo("wrr");
    assertThat(next(read, 9).bytes(5)).containsExactly(1, 2, 0, 0, 0);
    Attributes nested = next(read, 10).nested();
    assertThat(next(nested, 1).u8()).isEqualTo(9);
    assertThat(nested.next()).isFalse();
    assertThat(read.next()).isFalse();
  }

  @Test
  void numbers_in_network_order_are_so_in_any_order() {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      byte[] bytes =
          new Datagrams(order)
              .message(
                  28,
                  1,
                  1,
                  1,
                  out -> {
                    out.u16be(1, 0x1234);
                    out.u32be(2, 0x12345678);
                  })
              .bytes();
      assertThat(HexFormat.of().formatHex(bytes, 24, 26)).isEqualTo("1234");
      assertThat(HexFormat.of().formatHex(bytes, 32, 36)).isEqualTo("12345678");
    }
  }

  @Test
  void flags_in_a_type_are_left_out() throws MalformedMessageException {
    assertThat(next(little("0500" + "0780" + "ff000000"), 7).u8()).isEqualTo(255);
    assertThat(next(little("0500" + "0740" + "ff000000"), 7).u8()).isEqualTo(255);
  }

  @Test
  void the_last_attribute_may_lack_its_padding() throws MalformedMessageException {
    Attributes read = little("0500" + "0700" + "ff");
    assertThat(next(read, 7).u8()).isEqualTo(255);
    assertThat(read.next()).isFalse();
  }

  @Test
  void too_few_bytes_for_a_header_are_padding() throws MalformedMessageException {
    assertThat(little("050007").next()).isFalse();
  }

  @Test
  void lengths_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> little("0300" + "0700").next())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("attribute 7 of 3 bytes (expected: 4 to 4)");
    assertThatThrownBy(() -> little("0900" + "0700" + "00000000").next())
        .hasMessage("attribute 7 of 9 bytes (expected: 4 to 8)");
    assertThatThrownBy(() -> next(little("0600" + "0700" + "00000000"), 7).u32())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("attribute 7 has a value of 2 bytes (expected: 4)");
  }

  @Test
  void a_string_without_NUL_ends_with_its_bytes() throws MalformedMessageException {
    assertThat(next(little("0700" + "0600" + "777272" + "00"), 6).string()).isEqualTo("wrr");
    assertThat(next(little("0400" + "0600"), 6).string()).isEmpty();
    assertThat(next(little("0800" + "0600" + "77007272"), 6).string()).isEqualTo("w");
  }

  @Test
  void messages_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> reader("0f000000" + "1c000000" + "01000000" + "00000000").next())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("message of 15 bytes (expected: 16 to 16)");
    assertThatThrownBy(() -> reader("ffffffff" + "1c000000" + "01000000" + "00000000").next())
        .hasMessage("message of 4294967295 bytes (expected: 16 to 16)");
    MessageReader empty = reader("10000000" + "02000000" + "01000000" + "00000000");
    assertThatThrownBy(
            () -> {
              assertThat(empty.next()).isTrue();
              empty.error();
            })
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("message of type 2 and 16 bytes (expected: at least 20)");
    assertThatThrownBy(empty::attributes).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void values_that_no_attribute_holds_are_refused() {
    assertThatThrownBy(
            () -> read(ByteOrder.nativeOrder(), out -> out.string(6, "x".repeat(65_531))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attribute 6 with a value of 65532 bytes (expected: at most 65531)");
    assertThatThrownBy(
            () ->
                read(
                    ByteOrder.nativeOrder(),
                    out -> {
                      int nest = out.nested(1);
                      out.string(6, "x".repeat(65_530));
                      out.endNested(nest);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nested attribute of 65540 bytes (expected: at most 65535)");
  }

  private static Attributes next(Attributes attributes, int type) throws MalformedMessageException {
    assertThat(attributes.next()).isTrue();
    assertThat(attributes.type()).isEqualTo(type);
    return attributes;
  }

  private static Attributes read(ByteOrder order, Consumer<MessageWriter> attributes)
      throws MalformedMessageException {
    MessageReader reader =
        new MessageReader(new Datagrams(order).message(28, 1, 1, 1, attributes).buffer());
    assertThat(reader.next()).isTrue();
    return reader.attributes();
  }

  private static Attributes little(String hex) {
    return Attributes.of(bytes(hex));
  }

  private static MessageReader reader(String hex) {
    return new MessageReader(bytes(hex));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
