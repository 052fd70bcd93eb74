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
     * Sends all that are to go out.
     *
     * @return how many datagrams are lost, as the system had no room or forbade them
     */
    int send(Messages from);

    /** Datagrams of up to so many bytes may be joined to trains; 0 for none. */
    int mostJoined();

    /** A second call does nothing. */
    void close();
  }

  /** Hears of a socket. */
  interface Reader {
    /** There is something to receive. */
    void readable();

    /** What has been sent to this address has not arrived: an ICMP error says why. */
    void undelivered(boolean ipv6, long high, long low, int port, int errno);
  }
}
