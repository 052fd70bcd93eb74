package io.jvs.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.kernel.netlink.ScriptedKernel.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenericNetlinkTest {
  private static final int VALUE = 7;

  private final ScriptedKernel kernel = new ScriptedKernel().thenFamily();
  private final GenericNetlink netlink = open();

  private GenericNetlink open() {
    try {
      return GenericNetlink.open(kernel, "IPVS");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void forget_how_it_was_opened() {
    kernel.sent.clear();
  }

  @Test
  void a_family_that_is_not_there_is_the_kernels_error() {
    ScriptedKernel without =
        new ScriptedKernel()
            .then((asked, me) -> me.datagram(datagram().error(asked.get(0).sequence(), 2)));
    assertThatThrownBy(() -> GenericNetlink.open(without, "IPVS"))
        .isInstanceOfSatisfying(
            NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .hasMessage("ENOENT (No such file or directory)");
  }

  @Test
  void the_kernels_words_come_with_its_error() {
    kernel.then(
        (asked, me) ->
            me.datagram(datagram().error(asked.get(0).sequence(), 22, "Unknown attribute")));
    assertThatThrownBy(this::ask)
        .hasMessage("EINVAL (Invalid argument), the kernel says: Unknown attribute");
  }

  @Test
  void an_error_that_repeats_the_whole_request_has_its_words_behind_it() throws IOException {
    MessageWriter out = new MessageWriter(ByteBuffer.allocate(16), ByteOrder.nativeOrder());
    out.begin(MessageReader.NLMSG_ERROR, MessageReader.NLM_F_ACK_TLVS, 1);
    out.raw(-22).raw(24).raw(0).raw(1).raw(0).raw(0x01020304).raw(0x05060708);
    out.string(1, "no");
    out.end();
    MessageReader reader = new MessageReader(out.messages());
    assertThat(reader.next()).isTrue();
    assertThat(reader.error()).isEqualTo(new NetlinkError(22, "no"));
  }

  @Test
  void answers_to_earlier_questions_are_not_taken_for_this_one() throws IOException {
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(number(mine - 1, 41));
          me.datagram(datagram().error(mine - 1, 3));
          me.datagram(number(mine, 42));
          me.datagram(datagram().error(mine, 0));
        });
    assertThat(ask()).isEqualTo(42);
  }

  @Test
  void a_question_whose_answer_is_lost_is_asked_again() throws IOException {
    kernel
        .then((asked, me) -> me.lost("overrun"))
        .then(
            (asked, me) -> {
              me.datagram(number(asked.get(0).sequence(), 42));
              me.datagram(datagram().error(asked.get(0).sequence(), 0));
            });
    assertThat(ask()).isEqualTo(42);
    assertThat(kernel.sent).hasSize(2);
  }

  @Test
  void silence_ends() {
    assertThatThrownBy(this::ask).isInstanceOf(AnswersLostException.class);
    assertThatThrownBy(this::dump).isInstanceOf(AnswersLostException.class);
    assertThatThrownBy(() -> execute(1)).isInstanceOf(AnswersLostException.class);
  }

  @Test
  void a_yes_without_an_answer_is_no_answer() {
    kernel.then((asked, me) -> me.datagram(datagram().error(asked.get(0).sequence(), 0)));
    assertThatThrownBy(this::ask)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("the kernel says yes and nothing more");
  }

  @Test
  void a_dump_comes_in_parts() throws IOException {
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(
              number(mine, 1).message(ScriptedKernel.FAMILY, 2, mine, 1, GenericNetlinkTest::two));
          me.datagram(number(mine - 1, 99)); // of a dump that was given up
          me.datagram(number(mine, 3));
          me.datagram(datagram().done(2, mine, 0));
        });
    assertThat(dump()).containsExactly(1, 2, 3);
    assertThat(kernel.sent.get(0).get(0).flags())
        .isEqualTo(MessageReader.NLM_F_REQUEST | MessageReader.NLM_F_DUMP);
  }

  private static void two(MessageWriter out) {
    out.u32(VALUE, 2);
  }

  @Test
  void a_dump_during_which_something_changed_is_begun_again() throws IOException {
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(number(mine, 1));
          me.datagram(datagram().done(2 | MessageReader.NLM_F_DUMP_INTR, mine, 0));
        });
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(
              datagram()
                  .message(
                      ScriptedKernel.FAMILY,
                      2 | MessageReader.NLM_F_DUMP_INTR,
                      mine,
                      1,
                      GenericNetlinkTest::two));
          me.datagram(datagram().done(2, mine, 0));
        });
    kernel.then(
        (asked, me) -> {
          me.datagram(number(asked.get(0).sequence(), 3));
          me.datagram(datagram().done(2, asked.get(0).sequence(), 0));
        });
    assertThat(dump()).containsExactly(3);
  }

  @Test
  void a_table_that_changes_all_the_time_is_given_up() {
    for (int i = 0; i < 10; i++) {
      kernel.then(
          (asked, me) ->
              me.datagram(
                  datagram().done(MessageReader.NLM_F_DUMP_INTR, asked.get(0).sequence(), 0)));
    }
    assertThatThrownBy(this::dump)
        .isInstanceOf(AnswersLostException.class)
        .hasMessage("no whole list in 10 attempts: it changed during each");
    assertThat(kernel.sent).hasSize(10);
  }

  @Test
  void a_dump_of_which_a_part_was_lost_is_read_to_its_end_and_begun_again() throws IOException {
    kernel.then(
        (asked, me) -> {
          me.datagram(number(asked.get(0).sequence(), 1));
          me.lost("a datagram of 70000 bytes did not fit 65536");
          me.datagram(number(asked.get(0).sequence(), 3));
          me.datagram(datagram().done(2, asked.get(0).sequence(), 0));
        });
    kernel.then(
        (asked, me) -> {
          me.datagram(number(asked.get(0).sequence(), 4));
          me.datagram(datagram().done(2, asked.get(0).sequence(), 0));
        });
    assertThat(dump()).containsExactly(4);
  }

  @Test
  void a_dump_that_was_given_up_is_finished_before_another_is_begun() throws IOException {
    kernel.then((asked, me) -> me.datagram(number(asked.get(0).sequence(), 1)));
    assertThatThrownBy(this::dump).isInstanceOf(AnswersLostException.class);
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(number(mine - 1, 2));
          me.datagram(datagram().error(mine, Errno.EBUSY));
          me.datagram(number(mine - 1, 3));
          me.datagram(datagram().done(2, mine - 1, 0));
        });
    kernel.then(
        (asked, me) -> {
          me.datagram(number(asked.get(0).sequence(), 4));
          me.datagram(datagram().done(2, asked.get(0).sequence(), 0));
        });
    assertThat(dump()).containsExactly(4);
  }

  @Test
  void a_dump_with_an_unreadable_item_is_read_to_its_end_before_that_is_told() throws IOException {
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          me.datagram(ScriptedKernel.message(ScriptedKernel.FAMILY, mine, 1, o -> o.u8(VALUE, 1)));
          me.datagram(number(mine, 3));
          me.datagram(datagram().done(2, mine, 0));
        });
    assertThatThrownBy(this::dump)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("attribute 7 has a value of 1 bytes (expected: 4)");
    assertThatThrownBy(kernel::receive).hasMessage("nothing more is scripted");
  }

  @Test
  void a_dump_may_end_with_an_error() {
    kernel.then((asked, me) -> me.datagram(datagram().done(2, asked.get(0).sequence(), 12)));
    assertThatThrownBy(this::dump).hasMessage("ENOMEM (Cannot allocate memory)");
    kernel.then((asked, me) -> me.datagram(datagram().error(asked.get(0).sequence(), 1)));
    assertThatThrownBy(this::dump).hasMessage("EPERM (Operation not permitted)");
  }

  @Test
  void commands_go_out_in_batches_and_the_last_of_each_is_acknowledged() throws IOException {
    kernel.answerLimit = 4;
    for (int i = 0; i < 3; i++) {
      kernel.then((asked, me) -> me.datagram(ok(asked)));
    }
    assertThat(execute(10)).hasSize(10).containsOnly("null");
    assertThat(kernel.sent).extracting(List::size).containsExactly(4, 4, 2);
    assertThat(kernel.sent.get(0))
        .extracting(Request::flags)
        .containsExactly(1, 1, 1, 1 | MessageReader.NLM_F_ACK);
    assertThat(kernel.sent.stream().flatMap(List::stream).map(Request::sequence))
        .containsExactlyElementsOf(IntStream.range(2, 12).boxed().toList());
  }

  @Test
  void commands_go_out_in_batches_that_the_send_buffer_holds() throws IOException {
    kernel.sendLimit = 100; // 28 bytes each
    for (int i = 0; i < 3; i++) {
      kernel.then((asked, me) -> me.datagram(ok(asked)));
    }
    execute(10);
    assertThat(kernel.sent).extracting(List::size).containsExactly(4, 4, 2);
  }

  @Test
  void ten_thousand_commands_take_a_few_calls() throws IOException {
    kernel.answerLimit = 4096;
    for (int i = 0; i < 3; i++) {
      kernel.then((asked, me) -> me.datagram(ok(asked)));
    }
    assertThat(execute(10_000)).containsOnly("null");
    assertThat(kernel.sent).hasSize(3);
  }

  @Test
  void errors_are_of_those_that_they_name() throws IOException {
    kernel.then(
        (asked, me) -> {
          int first = asked.get(0).sequence();
          me.datagram(datagram().error(first + 1, 17).error(first - 1, 22));
          me.datagram(datagram().error(first + 3, 3).error(first + 5, 22));
          me.datagram(datagram().error(first + 4, 1, "last"));
        });
    assertThat(execute(5))
        .containsExactly(
            "null",
            "EEXIST (File exists)",
            "null",
            "ESRCH (No such process)",
            "EPERM (Operation not permitted), the kernel says: last");
  }

  @Test
  void lost_answers_to_commands_are_told() {
    kernel.then((asked, me) -> me.lost("overrun"));
    assertThatThrownBy(() -> execute(5))
        .isInstanceOf(AnswersLostException.class)
        .hasMessage("overrun");
  }

  @Test
  void no_commands_are_not_sent() throws IOException {
    assertThat(execute(0)).isEmpty();
    assertThat(kernel.sent).isEmpty();
  }

  private int ask() throws IOException {
    return netlink.ask(VALUE, GenericNetlinkTest::write, GenericNetlinkTest::read);
  }

  private List<Integer> dump() throws IOException {
    return netlink.dump(VALUE, GenericNetlinkTest::write, GenericNetlinkTest::read);
  }

  /** What became of each, "null" for nothing wrong. */
  private List<String> execute(int count) throws IOException {
    return netlink
        .<Integer>execute(Collections.nCopies(count, 1), GenericNetlinkTest::write)
        .stream()
        .map(String::valueOf)
        .toList();
  }

  private static void write(Integer value, MessageWriter out) {
    out.command(1).u32(VALUE, value);
  }

  private static int read(int command, Attributes attributes) throws MalformedMessageException {
    while (attributes.next()) {
      if (attributes.type() == VALUE) {
        return attributes.i32();
      }
    }
    throw new MalformedMessageException("no value");
  }

  private static Datagrams number(int sequence, int value) {
    return ScriptedKernel.message(ScriptedKernel.FAMILY, sequence, 1, out -> out.u32(VALUE, value));
  }

  private static Datagrams ok(List<Request> asked) {
    return datagram().error(asked.get(asked.size() - 1).sequence(), 0);
  }

  private static Datagrams datagram() {
    return new Datagrams(ByteOrder.nativeOrder());
  }
}
