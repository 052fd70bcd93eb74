package io.jvs.kernel.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks one family of generic netlink. The kernel carries requests out while they are sent, in order
 * (netlink_rcv_skb), so that many fit into one system call; an answer is told from late ones of
 * earlier requests by its sequence number.
 */
public final class GenericNetlink implements AutoCloseable {
  private static final int CONTROLLER = 16;
  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;

  /** Longer batches gain nothing, and the kernel has to find memory for each. */
  private static final int LONGEST_BATCH = 256 * 1024;

  /** A table that changes during each of so many dumps changes all the time. */
  private static final int ATTEMPTS = 10;

  private final Wire wire;
  private final int family;
  private final MessageWriter out;
  private int sequence;

  /** Writes a request: {@link MessageWriter#command} and its attributes. */
  public interface Request<R> {
    void write(R subject, MessageWriter out);
  }

  /** Reads an answer. */
  public interface Decoder<T> {
    T decode(int command, Attributes attributes) throws MalformedMessageException;
  }

  /** Either items or why there are none. */
  private record Dump<T>(@Nullable List<T> items, String interruption) {}

  private GenericNetlink(Wire wire, int family, int sequence) {
    this.wire = wire;
    this.family = family;
    this.sequence = sequence;
    this.out = new MessageWriter(ByteBuffer.allocateDirect(4096), ByteOrder.nativeOrder());
  }

  /**
   * Finds the family, for which the kernel may load a module.
   *
   * @throws NetlinkException ENOENT if there is none of this name
   */
  public static GenericNetlink open(Wire wire, String familyName) throws IOException {
    GenericNetlink controller = new GenericNetlink(wire, CONTROLLER, 0);
    int family =
        controller.ask(
            familyName,
            (name, out) -> out.command(CTRL_CMD_GETFAMILY).string(CTRL_ATTR_FAMILY_NAME, name),
            (command, attributes) -> {
              while (attributes.next()) {
                if (attributes.type() == CTRL_ATTR_FAMILY_ID) {
                  return attributes.u16();
                }
              }
              throw new MalformedMessageException("family " + familyName + " without a number");
            });
    return new GenericNetlink(wire, family, controller.sequence);
  }

  /**
   * Asks for one thing.
   *
   * @throws NetlinkException if the kernel refuses
   */
  public <R, T> T ask(R subject, Request<R> request, Decoder<T> decoder) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return askOnce(subject, request, decoder);
      } catch (AnswersLostException e) { // asking changes nothing, so it may be repeated
        wire.discard();
        if (e.timedOut() || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private <R, T> T askOnce(R subject, Request<R> request, Decoder<T> decoder) throws IOException {
    int mine = sendOne(subject, request, MessageReader.NLM_F_ACK);
    T answer = null;
    while (true) {
      MessageReader messages = new MessageReader(wire.receive());
      while (messages.next()) {
        if (messages.sequence() != mine) {
          continue;
        }
        if (messages.type() == MessageReader.NLMSG_ERROR) {
          NetlinkError error = messages.error();
          if (error != null) {
            throw refused(error);
          }
          if (answer == null) {
            throw new MalformedMessageException("the kernel says yes and nothing more");
          }
          return answer;
        }
        if (messages.type() == family) {
          answer = decoder.decode(messages.command(), messages.attributes());
        }
      }
    }
  }

  /**
   * Asks for a list. Begins again if it changed meanwhile, as far as the kernel notices, or a part
   * of it was lost.
   *
   * @throws NetlinkException if the kernel refuses
   */
  public <R, T> List<T> dump(R subject, Request<R> request, Decoder<T> decoder) throws IOException {
    String interruption = "";
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Dump<T> dump = dumpOnce(subject, request, decoder);
      if (dump.items() != null) {
        return dump.items();
      }
      interruption = dump.interruption();
    }
    throw new AnswersLostException(
        "no whole list in " + ATTEMPTS + " attempts: " + interruption, /* timedOut= */ false);
  }

  /** To its end whatever happens: the kernel begins no other dump before. */
  private <R, T> Dump<T> dumpOnce(R subject, Request<R> request, Decoder<T> decoder)
      throws IOException {
    int mine = sendOne(subject, request, MessageReader.NLM_F_DUMP);
    List<T> items = new ArrayList<>();
    String interruption = "";
    MalformedMessageException malformed = null;
    int losses = 0;
    while (true) {
      ByteBuffer datagram;
      try {
        datagram = wire.receive();
      } catch (AnswersLostException e) {
        if (e.timedOut() || ++losses > ATTEMPTS) {
          throw e;
        }
        interruption = String.valueOf(e.getMessage());
        continue;
      }
      MessageReader messages = new MessageReader(datagram);
      while (messages.next()) {
        if (messages.sequence() != mine) {
          continue;
        }
        if ((messages.flags() & MessageReader.NLM_F_DUMP_INTR) != 0) {
          interruption = "it changed during each";
        }
        if (messages.type() == family) {
          try {
            items.add(decoder.decode(messages.command(), messages.attributes()));
          } catch (MalformedMessageException e) {
            malformed = e;
          }
        } else if (messages.type() == MessageReader.NLMSG_DONE
            || messages.type() == MessageReader.NLMSG_ERROR) {
          NetlinkError error = messages.error();
          if (error != null && error.errno() == Errno.EBUSY) { // one that was given up
            finishOther(mine);
            return new Dump<>(null, error.toString());
          }
          if (error != null) {
            throw refused(error);
          }
          if (!interruption.isEmpty()) {
            return new Dump<>(null, interruption);
          }
          if (malformed != null) {
            throw malformed;
          }
          return new Dump<>(items, "");
        }
      }
    }
  }

  private void finishOther(int mine) throws IOException {
    while (true) {
      MessageReader messages = new MessageReader(wire.receive());
      while (messages.next()) {
        if (messages.type() == MessageReader.NLMSG_DONE && messages.sequence() != mine) {
          return;
        }
      }
    }
  }

  /**
   * Has all requests carried out in order, whether or not some fail, in as few system calls as can
   * be: only the last of a batch is acknowledged, since errors are told anyway. A batch is so short
   * that an error for each of its requests finds room.
   *
   * @return for each null, or why it failed
   * @throws AnswersLostException if some of a batch may have failed without a word
   */
  public <R> List<@Nullable NetlinkError> execute(List<? extends R> subjects, Request<R> request)
      throws IOException {
    @Nullable NetlinkError[] errors = new @Nullable NetlinkError[subjects.size()];
    int bytes = Math.min(LONGEST_BATCH, wire.sendLimit());
    int next = 0;
    while (next < errors.length) {
      int first = next;
      out.clear();
      do {
        out.begin(family, MessageReader.NLM_F_REQUEST, sequence + 1 + next - first);
        request.write(subjects.get(next), out);
        out.end();
        next++;
      } while (next < errors.length && next - first < wire.answerLimit() && out.size() < bytes);
      out.addFlags(MessageReader.NLM_F_ACK);
      int before = sequence;
      sequence += next - first;
      wire.send(out.messages());
      try {
        collect(before + 1, first, next - first, errors);
      } catch (AnswersLostException e) {
        wire.discard();
        throw e;
      }
    }
    return Arrays.asList(errors);
  }

  private void collect(int firstSequence, int first, int count, @Nullable NetlinkError[] errors)
      throws IOException {
    boolean answered = false;
    while (!answered) {
      MessageReader messages = new MessageReader(wire.receive());
      while (messages.next()) {
        int index = messages.sequence() - firstSequence;
        if (index < 0 || index >= count || messages.type() != MessageReader.NLMSG_ERROR) {
          continue;
        }
        errors[first + index] = messages.error();
        answered |= index == count - 1;
      }
    }
  }

  private <R> int sendOne(R subject, Request<R> request, int flags) throws IOException {
    out.clear();
    out.begin(family, MessageReader.NLM_F_REQUEST | flags, ++sequence);
    request.write(subject, out);
    out.end();
    wire.send(out.messages());
    return sequence;
  }

  private static NetlinkException refused(NetlinkError error) {
    return new NetlinkException(error.errno(), error.toString());
  }

  @Override
  public void close() {
    wire.close();
  }
}
