package io.jvs.transport.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The sockets of one event loop. Knows nothing of flows. All on the loop, but for {@link #check}
 * and {@link #listen}, which opens a socket that nobody reads yet.
 */
interface DatagramSockets {
  IoEventLoop executor();

  /**
   * Tries whether the system grants the options. Any thread.
   *
   * @param address where clients are to be listened for
   */
  void check(UdpOptions options, InetAddress address) throws IOException;

  /**
   * Binds the socket that clients send to. Any thread.
   *
   * @param shared whether others of ours are bound there already
   */
  Socket listen(InetSocketAddress address, boolean shared, UdpOptions options) throws IOException;

  /**
   * Opens a socket towards real servers.
   *
   * @param source where from; the wildcard address for what routing says, port 0 for any
   * @param transparent whether that is an address that this machine has not
   */
  Socket open(InetSocketAddress source, boolean transparent, UdpOptions options) throws IOException;

  /**
   * Tells a client by ICMP that nobody takes what it has sent, as far as this process can.
   *
   * @param client its address and port
   * @param askedHigh where it has sent it, as the next two
   * @return whether that was sent
   */
  default boolean tellUnreachable(
      boolean ipv6, FlowKey client, long askedHigh, long askedLow, int askedPort) {
    return false;
  }

  /** Gives back what is no socket of its own; nothing is sent any more. */
  default void release() {}

  /** One socket. */
  interface Socket {
    /** Where it is bound to. */
    InetSocketAddress local();

    /** Lets others of ours bind to the same address. Any thread, before {@link #read}. */
    void share() throws IOException;

    /** Changes the options of one that clients send to, but for those that take another socket. */
    void adjust(UdpOptions from, UdpOptions to) throws IOException;

    /** From now on it is read. */
    void read(Reader reader) throws IOException;

    /**
     * The next datagrams, at most {@link Messages#MAX}.
     *
     * @return how many; fewer than that means that there are no more
     */
    int receive(Messages into);

    /**
     * Sends all that are to go out. Of those that the system knows no way for, the reader hears
     * later, so that it may send anew: on the loop, but not within this call.
     *
     * @param unsent counts those that are lost, as the system had no room or forbade them, or as
     *     there is no way and the reader does not care
     */
    void send(Messages from, Unsent unsent);

    /** Datagrams of up to so many bytes may be joined to trains; 0 for none. */
    int mostJoined();

    /** A second call does nothing. */
    void close();
  }

  /** Hears of a socket. */
  interface Reader {
    /** The system has dropped so many since it last said so, as its queue was full. */
    void overflowed(int datagrams);

    /** There is something to receive. */
    void readable();

    /** What has been sent to this address has not arrived: an ICMP error says why. */
    void undelivered(boolean ipv6, long high, long low, int port, int errno);

    /**
     * The system knows no way to this address ({@link Errors#saysNoRoute}), so what was to go there
     * has not left.
     *
     * @return whether that is taken care of; else it is counted as lost
     */
    default boolean unroutable(boolean ipv6, long high, long low, int port, int errno) {
      return false;
    }
  }
}
