package io.jvs.kernel.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Answers as a test says it should: what a real kernel does too seldom to wait for it. */
public final class ScriptedKernel implements Wire {
  public static final int FAMILY = 28;

  /** Each what was sent by one call. */
  public final List<List<Request>> sent = new ArrayList<>();

  public int answerLimit = 1000;
  public int sendLimit = 400_000;
  public boolean closed;

  private final Deque<Script> scripts = new ArrayDeque<>();
  private final Deque<Callable<ByteBuffer>> answers = new ArrayDeque<>();

  /** What was asked. */
  public record Request(int type, int flags, int sequence) {}

  /** What comes after something was sent. */
  public interface Script {
    void answer(List<Request> requests, ScriptedKernel kernel);
  }

  /** What to do with the next thing that is sent. */
  public ScriptedKernel then(Script script) {
    scripts.add(script);
    return this;
  }

  /** Says which number the family has. */
  public ScriptedKernel thenFamily() {
    return then(
        (requests, kernel) -> {
          int sequence = requests.get(0).sequence();
          kernel.datagram(message(16, sequence, 1, out -> out.u16(1, FAMILY)));
          kernel.datagram(new Datagrams(ByteOrder.nativeOrder()).error(sequence, 0));
        });
  }

  /** A message in this machine's byte order. */
  public static Datagrams message(
      int family, int sequence, int command, Consumer<MessageWriter> attributes) {
    return new Datagrams(ByteOrder.nativeOrder()).message(family, 2, sequence, command, attributes);
  }

  public void datagram(Datagrams datagram) {
    answers.add(datagram::buffer);
  }

  /** As it is, whatever it is. */
  public void datagram(ByteBuffer bytes) {
    answers.add(() -> bytes);
  }

  public void lost(String why) {
    answers.add(
        () -> {
          throw new AnswersLostException(why, /* timedOut= */ false);
        });
  }

  @Override
  public void send(ByteBuffer messages) throws IOException {
    List<Request> requests = new ArrayList<>();
    MessageReader reader = new MessageReader(messages);
    while (reader.next()) {
      requests.add(new Request(reader.type(), reader.flags(), reader.sequence()));
    }
    sent.add(requests);
    Script script = scripts.poll();
    if (script != null) {
      script.answer(requests, this);
    }
  }

  @Override
  public ByteBuffer receive() throws IOException {
    Callable<ByteBuffer> answer = answers.poll();
    if (answer == null) {
      throw new AnswersLostException("nothing more is scripted", /* timedOut= */ true);
    }
    try {
      return answer.call();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void discard() {
    answers.clear();
  }

  @Override
  public int sendLimit() {
    return sendLimit;
  }

  @Override
  public int answerLimit() {
    return answerLimit;
  }

  @Override
  public void close() {
    closed = true;
  }
}
