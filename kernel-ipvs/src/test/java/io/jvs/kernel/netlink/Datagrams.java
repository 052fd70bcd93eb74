package io.jvs.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Messages as a kernel would send them, or as we would; in any byte order. */
public final class Datagrams {
  private final MessageWriter out;

  public Datagrams(ByteOrder order) {
    out = new MessageWriter(ByteBuffer.allocate(16), order);
  }

  /** One message of a generic family. */
  public Datagrams message(
      int family, int flags, int sequence, int command, Consumer<MessageWriter> attributes) {
    return message(family, flags, sequence, out -> attributes.accept(out.command(command)));
  }

  /** One written by {@code body}, which begins with the generic header. */
  public Datagrams message(int family, int flags, int sequence, Consumer<MessageWriter> body) {
    out.begin(family, flags, sequence);
    body.accept(out);
    out.end();
    return this;
  }

  /** An ACK, or an error that repeats the header of the request. */
  public Datagrams error(int sequence, int errno) {
    return error(sequence, errno, "");
  }

  public Datagrams error(int sequence, int errno, String text) {
    int flags = MessageReader.NLM_F_CAPPED | (text.isEmpty() ? 0 : MessageReader.NLM_F_ACK_TLVS);
    out.begin(MessageReader.NLMSG_ERROR, flags, sequence);
    out.raw(-errno).raw(140).raw(0).raw(sequence).raw(0); // the request was longer than its header
    if (!text.isEmpty()) {
      out.u32(2, 24); // where in the request
      out.string(1, text);
    }
    out.end();
    return this;
  }

  /** The end of a dump. */
  public Datagrams done(int flags, int sequence, int errno) {
    out.begin(MessageReader.NLMSG_DONE, flags, sequence);
    out.raw(-errno);
    out.end();
    return this;
  }

  public ByteBuffer buffer() {
    return out.messages();
  }

  public byte[] bytes() {
    ByteBuffer messages = out.messages();
    byte[] bytes = new byte[messages.remaining()];
    messages.get(bytes);
    return bytes;
  }
}
