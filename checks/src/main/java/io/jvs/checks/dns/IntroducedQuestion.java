package io.jvs.checks.dns;

import io.jvs.checks.tls.TlsChannel;
import io.jvs.health.CheckAttempt;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/**
 * Asks a server that wants to be told by the attempt's preamble who asks, which dnsjava's resolvers
 * cannot.
 */
final class IntroducedQuestion {
  private static final int LONGEST = 65_535;

  private final CheckAttempt attempt;
  private final Message query;

  IntroducedQuestion(CheckAttempt attempt, Message query) {
    this.attempt = attempt;
    this.query = query;
  }

  /** Over UDP, and TCP if the answer does not fit; or over TCP at once. */
  CompletableFuture<Message> ask(boolean tcp) {
    return tcp
        ? askOverTcp()
        : CompletableFuture.supplyAsync(this::askOverUdp, attempt.blocking())
            .thenCompose(
                answer ->
                    answer.getHeader().getFlag(Flags.TC)
                        ? askOverTcp()
                        : CompletableFuture.completedFuture(answer));
  }

  private Message askOverUdp() {
    try (DatagramChannel channel = DatagramChannel.open()) {
      attempt.onEnd(() -> close(channel));
      if (attempt.bind() != null) {
        channel.bind(new InetSocketAddress(attempt.bind(), 0));
      }
      channel.connect(attempt.address());
      channel.write( // one datagram
          new ByteBuffer[] {attempt.preamble(), ByteBuffer.wrap(query.toWire())});
      ByteBuffer answer = ByteBuffer.allocate(LONGEST);
      int id = query.getHeader().getID();
      do { // until the attempt ends and closes it
        answer.clear();
        if (channel.read(answer) == 0) {
          throw new EOFException();
        }
      } while (answer.position() >= Short.BYTES && Short.toUnsignedInt(answer.getShort(0)) != id);
      return new Message(answer.flip());
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static void close(DatagramChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nobody waits for it any more.
    }
  }

  /** RFC 1035, section 4.2.2: behind its length. */
  private CompletableFuture<Message> askOverTcp() {
    byte[] question = query.toWire();
    ByteBuffer out = ByteBuffer.allocate(Short.BYTES + question.length);
    out.putShort((short) question.length).put(question).flip();
    return TlsChannel.connect(attempt)
        .thenCompose(channel -> channel.write(out))
        .thenCompose(
            channel ->
                read(channel, Short.BYTES)
                    .thenCompose(length -> read(channel, Short.toUnsignedInt(length.getShort()))))
        .thenApply(IntroducedQuestion::parse);
  }

  private static Message parse(ByteBuffer answer) {
    try {
      return new Message(answer);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** So many bytes, to be read. */
  private static CompletableFuture<ByteBuffer> read(TlsChannel channel, int bytes) {
    return fill(channel, ByteBuffer.allocate(bytes)).thenApply(ByteBuffer::flip);
  }

  private static CompletableFuture<ByteBuffer> fill(TlsChannel channel, ByteBuffer into) {
    return into.hasRemaining()
        ? channel
            .read(into)
            .thenCompose(
                count ->
                    count < 0
                        ? CompletableFuture.failedFuture(new EOFException())
                        : fill(channel, into))
        : CompletableFuture.completedFuture(into);
  }
}
