package io.jvs.transport.udp;

import io.jvs.transport.udp.Owed.Question;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What clients have asked and no server has answered yet, kept for another try. If it is known how
 * many datagrams answer each one ({@link UdpOptions#responses}), it is kept until it has had them;
 * else all are kept until the first answer, which shows that somebody is there. On its loop only.
 */
final class Questions {
  /** Of one flow; then the first one is forgotten. */
  static final int MOST_OF_FLOW = 64;

  /** Of all flows of a loop; what comes beyond that has one try. */
  static final int MOST_BYTES = 8 << 20;

  /** What a question takes beside its payload, about. */
  private static final int OVERHEAD = 128;

  private final Messages messages;
  private int bytes;
  private @Nullable Question free; // to be used again, with those behind it

  Questions(Messages messages) {
    this.messages = messages;
  }

  /**
   * The client has asked with the {@code i}-th message that came in.
   *
   * @param segment bytes of each datagram if it is a train, else 0
   */
  void asked(UdpFlow flow, int i, int segment, long tick) {
    Owed owed = flow.owed;
    if (owed == null) {
      owed = new Owed(flow, tick);
      owed.waitLast(flow.flows.waiting);
      flow.owed = owed;
    }
    int length = messages.length(i);
    int step = segment == 0 ? Math.max(1, length) : segment;
    int offset = 0;
    do {
      keep(owed, messages.start(i) + offset, Math.min(step, length - offset));
      offset += step;
    } while (offset < length);
  }

  private void keep(Owed owed, int start, int length) {
    if (owed.questions == MOST_OF_FLOW && owed.first != null) {
      remove(owed, owed.first, null);
    }
    if (bytes + length + OVERHEAD > MOST_BYTES) {
      return;
    }
    ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, length));
    ByteBuffer room = copy.internalNioBuffer(0, length);
    room.put(room.position(), messages.memory(), start, length);
    copy.writerIndex(length);
    bytes += copy.capacity() + OVERHEAD;
    Question question = free == null ? new Question() : free;
    free = question.next;
    question.next = null;
    question.payload = copy;
    question.beginning = beginning(start, length);
    question.again = false;
    question.answers = owed.flow.flows.service.options().responses();
    if (owed.last == null) {
      owed.first = question;
    } else {
      owed.last.next = question;
    }
    owed.last = question;
    owed.questions++;
  }

  private int beginning(int start, int length) {
    return length < Short.BYTES
        ? Question.NONE
        : Short.toUnsignedInt(messages.memory().getShort(start));
  }

  /** As {@link #asked}: the server has sent that message. */
  void answered(Owed owed, int i, int segment, long tick) {
    UdpFlow flow = owed.flow;
    if (flow.flows.service.options().responses() < 0) {
      forget(flow);
      return;
    }
    int length = messages.length(i);
    int step = segment == 0 ? Math.max(1, length) : segment;
    int offset = 0;
    do {
      answered(owed, beginning(messages.start(i) + offset, Math.min(step, length - offset)));
      offset += step;
    } while (offset < length);
    if (owed.first == null
        && flow.expected == 0) { // asked when no number was known, before a reload
      forget(flow);
      return;
    }
    owed.since = tick;
    owed.waitLast(flow.flows.waiting);
  }

  /**
   * It is an answer to the first question that begins with the same two bytes, which is where DNS
   * has its id; if none does, to the first of all.
   */
  private void answered(Owed owed, int beginning) {
    Question before = null;
    Question question = owed.first;
    while (question != null && question.beginning != beginning) {
      before = question;
      question = question.next;
    }
    if (question == null) {
      before = null;
      question = owed.first;
    }
    if (question != null && --question.answers <= 0) {
      remove(owed, question, before);
    }
  }

  private void remove(Owed owed, Question question, @Nullable Question before) {
    if (before == null) {
      owed.first = question.next;
    } else {
      before.next = question.next;
    }
    if (owed.last == question) {
      owed.last = before;
    }
    owed.questions--;
    release(question);
  }

  private void release(Question question) {
    ByteBuf payload = question.payload;
    if (payload != null) {
      bytes -= payload.capacity() + OVERHEAD;
      payload.release();
      question.payload = null;
    }
    question.next = free;
    free = question;
  }

  /** Another server has been asked all of it, and owes all answers. */
  void askedAgain(Owed owed, long tick) {
    int responses = owed.flow.flows.service.options().responses();
    for (Question each = owed.first; each != null; each = each.next) {
      each.answers = responses;
      each.again = false;
    }
    owed.since = tick;
    owed.waitLast(owed.flow.flows.waiting);
  }

  /** The flow is owed nothing any more. */
  void forget(UdpFlow flow) {
    Owed owed = flow.owed;
    if (owed == null) {
      return;
    }
    flow.owed = null;
    owed.leave();
    Question question = owed.first;
    while (question != null) {
      Question next = question.next;
      release(question);
      question = next;
    }
  }
}
