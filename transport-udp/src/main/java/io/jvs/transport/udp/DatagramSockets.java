package io.jvs.transport.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The sockets of one event loop. Knows nothing of flows. All on the loop, but for {@link #listen},
 * which opens a socket that nobody reads yet.
 */
interface DatagramSockets {
  IoEventLoop executor();

  /**
   * Binds the socket that clients send to. Any thread.
   *
   * @param shared whether others of ours are bound there already
   */
  Socket listen(InetSocketAddress address, boolean shared, UdpOptions options) throws IOException;

  /** Opens a socket towards real servers, at a port that the system chooses. */
  Socket open(boolean ipv6, UdpOptions options) throws IOException;

  /** One socket. */
  interface Socket {
    /** Where it is bound to. */
    InetSocketAddress local();

    /** Lets others of ours bind to the same address. Any thread, before {@link #read}. */
    void share() throws IOException;

    /** From now on it is read. */
    void read(Reader reader) throws IOException;

    /**
     * The next datagrams, at most {@link Messages#MAX}.
     *
     * @return how many; fewer than that means that there are no more
     */
    int receive(Messages into);

    /**
     * Sends the first {@code count} that are to go out.
     *
     * @param unsent counts the others, which are lost
     * @return how many messages went
     */
    int send(Messages from, int count, Unsent unsent);

    /**
     * Goes by other options from now on, as far as a bound socket can. What the system does not
     * grant stays as it was.
     */
    void adjust(UdpOptions options);

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
  }
}
