package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Which real server to connect to, and how.
 *
 * @param server resolved
 * @param source where from; port 0 for any; null for what the routing says
 * @param transparent whether the source is a foreign address
 * @param preamble bytes of ours that go to the server before those of the client, neither counted
 *     nor {@linkplain SessionOwner#asked asked}; null for none. Not changed, so that it can be used
 *     for several attempts
 */
record ConnectRequest(
    InetSocketAddress server,
    @Nullable InetSocketAddress source,
    boolean transparent,
    @Nullable ByteBuffer preamble,
    TcpOptions.SocketOptions options,
    Timeouts timeouts) {}
