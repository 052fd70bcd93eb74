package io.jvs.transport.udp;

import org.jspecify.annotations.Nullable;

/**
 * What is to go out of one batch that has come in. Datagrams of several flows that leave through
 * the same socket go with one system call; equal ones of one flow, one after the other, are joined
 * to a train (UDP_SEGMENT), for which the kernel's way down is gone once and not for each. On its
 * loop only; empty between batches, even if a fault has ended one ({@link Messages#clear}).
 */
final class Outbox {
  /** Of one train; UDP_MAX_SEGMENTS of Linux before 6.9, which has 128. */
  private static final int MOST_JOINED = 64;

  /** Bytes of one train: what fits into one datagram of IPv4. */
  private static final int MOST_BYTES = 65_507;

  private final Messages messages;
  private DatagramSockets.@Nullable Socket socket;
  private @Nullable Unsent unsent;

  // The train that the next datagram of the same flow may join.
  private int mostJoined;
  private boolean open;
  private boolean train; // whether the kernel has been told that it is one
  private int segment;
  private int bytes;
  private int joined;
  private int tos;
  private int ttl;

  Outbox(Messages messages) {
    this.messages = messages;
  }

  /**
   * The next ones are of another flow, and leave through this socket.
   *
   * @param counts those that are lost on that way
   * @param mostBytes of a datagram that may be joined with others; 0 for none
   */
  void begin(DatagramSockets.Socket through, Unsent counts, int mostBytes) {
    open = false;
    mostJoined = mostBytes;
    if (socket != through) {
      flush();
      socket = through;
      unsent = counts;
    }
  }

  /**
   * The {@code i}-th that came in, to this address.
   *
   * @param control what came with it, and the address that it is to come from
   */
  void add(int i, Control control, boolean ipv6, long high, long low, int scope, int port) {
    int length = messages.length(i);
    if (open && mayJoin(length, control)) {
      join(i, length, control, ipv6);
      return;
    }
    messages.send(i, ipv6, high, low, scope, port);
    tell(control, ipv6);
    open = control.segment == 0 && length > 0 && length <= mostJoined;
    train = false;
    segment = length;
    bytes = length;
    joined = 1;
    tos = control.tos;
    ttl = control.ttl;
  }

  /** The last one is to go out like that. */
  private void tell(Control control, boolean ipv6) {
    if (control.isPassedOn() || control.hasLocal) {
      messages.writeControl(control, ipv6);
    }
  }

  /** A part of the {@code i}-th that came in, alone or as a train. */
  void addPart(int i, int offset, int length, Control control, ServerAddress to) {
    makeRoom();
    messages.sendPart(i, offset, length, to);
    tell(control, to.ipv6);
  }

  /** As {@link #addPart}, one datagram behind a preamble, of which there is one at a time. */
  void addPart(int i, int offset, int length, Control control, ServerAddress to, int preamble) {
    makeRoom();
    messages.sendPartWithPreamble(i, offset, length, to, preamble);
    tell(control, to.ipv6);
  }

  /** One that came in may become more than one. */
  private void makeRoom() {
    open = false;
    if (messages.outIsFull()) {
      send();
    }
  }

  private boolean mayJoin(int length, Control control) {
    return length > 0
        && length <= segment
        && joined < MOST_JOINED
        && bytes + length <= MOST_BYTES
        && control.segment == 0
        && control.tos == tos
        && control.ttl == ttl;
  }

  private void join(int i, int length, Control control, boolean ipv6) {
    messages.join(i);
    if (!train) {
      train = true;
      control.segment = segment;
      messages.writeControl(control, ipv6);
      control.segment = 0;
    }
    bytes += length;
    joined++;
    open = length == segment; // only the last one may be shorter
  }

  /** Sends what there is. */
  void flush() {
    send();
    open = false;
    socket = null;
  }

  private void send() {
    if (socket != null && unsent != null && messages.outCount() > 0) {
      socket.send(messages, unsent);
    }
    messages.sent();
  }
}
