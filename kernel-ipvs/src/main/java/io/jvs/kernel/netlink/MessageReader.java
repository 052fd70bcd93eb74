package io.jvs.kernel.netlink;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks over the messages of one datagram (struct nlmsghdr, struct genlmsghdr). */
public final class MessageReader {
  static final int HEADER = 16;
  static final int GENERIC_HEADER = 4;

  static final int NLMSG_NOOP = 1;
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;

  static final int NLM_F_REQUEST = 0x1;
  static final int NLM_F_ACK = 0x4;

  /** The list changed while it was dumped. */
  static final int NLM_F_DUMP_INTR = 0x10;

  /** Of a request: NLM_F_ROOT | NLM_F_MATCH. */
  static final int NLM_F_DUMP = 0x300;

  /** Of an error: the request is not repeated in it, but for its header. */
  static final int NLM_F_CAPPED = 0x100;

  /** Of an error: attributes follow. */
  static final int NLM_F_ACK_TLVS = 0x200;

  private static final int NLMSGERR_ATTR_MSG = 1;

  private final ByteBuffer buffer;
  private int next;
  private int start;
  private int end;

  public MessageReader(ByteBuffer datagram) {
    this.buffer = datagram;
    this.next = datagram.position();
  }

  /** Moves to the next message, if there is one. */
  public boolean next() throws MalformedMessageException {
    int left = buffer.limit() - next;
    if (left < HEADER) {
      return false; // padding, as it is to the kernel (NLMSG_OK)
    }
    int length = buffer.getInt(next);
    if (length < HEADER || length > left) {
      throw new MalformedMessageException(
          "message of "
              + Integer.toUnsignedString(length)
              + " bytes (expected: 16 to "
              + left
              + ")");
    }
    start = next;
    end = start + length;
    next = Math.min(buffer.limit(), start + Attributes.align(length));
    return true;
  }

  public int type() {
    return Short.toUnsignedInt(buffer.getShort(start + 4));
  }

  public int flags() {
    return Short.toUnsignedInt(buffer.getShort(start + 6));
  }

  public int sequence() {
    return buffer.getInt(start + 8);
  }

  /** Of a message of a generic family. */
  public int command() throws MalformedMessageException {
    expect(HEADER + GENERIC_HEADER);
    return Byte.toUnsignedInt(buffer.get(start + HEADER));
  }

  /** Of a message of a generic family. */
  public Attributes attributes() throws MalformedMessageException {
    expect(HEADER + GENERIC_HEADER);
    return new Attributes(buffer, start + HEADER + GENERIC_HEADER, end);
  }

  /**
   * What an {@link #NLMSG_ERROR} or {@link #NLMSG_DONE} says.
   *
   * @return null if all went well
   */
  @Nullable NetlinkError error() throws MalformedMessageException {
    boolean done = type() == NLMSG_DONE;
    if (done && end - start < HEADER + 4) {
      return null; // of a kernel too old to say how a dump ended
    }
    expect(HEADER + 4);
    int error = buffer.getInt(start + HEADER);
    return error == 0 ? null : new NetlinkError(-error, errorText(done));
  }

  private @Nullable String errorText(boolean done) throws MalformedMessageException {
    if ((flags() & NLM_F_ACK_TLVS) == 0) {
      return null;
    }
    int from = start + HEADER + 4;
    if (!done) { // the request that failed comes first, whole or its header
      expect(from - start + HEADER);
      int request = (flags() & NLM_F_CAPPED) != 0 ? HEADER : buffer.getInt(from);
      if (request < HEADER || request > end - from) {
        throw new MalformedMessageException(
            "error that repeats a request of " + Integer.toUnsignedString(request) + " bytes");
      }
      from = Math.min(end, from + Attributes.align(request));
    }
    Attributes attributes = new Attributes(buffer, from, end);
    while (attributes.next()) {
      if (attributes.type() == NLMSGERR_ATTR_MSG) {
        return attributes.string();
      }
    }
    return null;
  }

  private void expect(int bytes) throws MalformedMessageException {
    if (end - start < bytes) {
      throw new MalformedMessageException(
          "message of type "
              + type()
              + " and "
              + (end - start)
              + " bytes (expected: at least "
              + bytes
              + ")");
    }
  }
}
