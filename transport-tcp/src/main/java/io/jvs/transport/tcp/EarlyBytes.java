package io.jvs.transport.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent before it has a server, and the {@link Look} at it. Made for sessions that
 * are looked at, so that others cost nothing; on the heap, so that nobody must release it. On the
 * session's loop.
 */
final class EarlyBytes {
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int start; // of what has not been dropped
  private int end;
  private @Nullable Look look;
  private boolean ended;

  void look(Look next) {
    look = next;
  }

  /** Who looks, or null. */
  @Nullable Look look() {
    return look;
  }

  /** How many bytes to read for whoever looks; 0 if nobody does. */
  int wanted() {
    Look looking = look;
    return looking == null ? 0 : Math.max(0, looking.atMost() - (end - start));
  }

  /** Keeps a copy of what is left in the buffer. */
  void add(ByteBuffer more) {
    int length = more.remaining();
    if (bytes.length - end < length) {
      int present = end - start;
      // The first read is most often all there is; what comes in pieces may come in many.
      int room = present == 0 ? length : Math.max(2 * present, present + length);
      byte[] wider = new byte[room];
      System.arraycopy(bytes, start, wider, 0, present);
      bytes = wider;
      start = 0;
      end = present;
    }
    more.get(bytes, end, length);
    end += length;
  }

  /** The client has sent its FIN. */
  void end() {
    ended = true;
  }

  /**
   * Shows it to whoever looks, unless there is nothing to be seen yet.
   *
   * @param last whether nothing will be added though the client has not ended
   * @return whether that was enough; then nobody looks any more
   */
  boolean show(boolean last) {
    Look looking = look;
    if (looking == null || (start == end && !last && !ended)) {
      return false;
    }
    int length = Math.min(end - start, looking.atMost());
    boolean all = last || ended || length == looking.atMost();
    ByteBuffer soFar = ByteBuffer.wrap(bytes, start, length).slice().asReadOnlyBuffer();
    int drop = looking.seen(soFar, all);
    if (drop == Look.MORE && !all) {
      return false;
    }
    start += Math.max(0, Math.min(drop, length));
    look = null;
    return true;
  }

  /** What goes to the server, or null if there is nothing; it is not kept here any more. */
  @Nullable ByteBuffer take() {
    ByteBuffer taken = start == end ? null : ByteBuffer.wrap(bytes, start, end - start);
    bytes = NONE;
    start = 0;
    end = 0;
    return taken;
  }
}
