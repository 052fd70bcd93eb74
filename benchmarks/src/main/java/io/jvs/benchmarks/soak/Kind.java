package io.jvs.benchmarks.soak;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** Kinds of clients, as a director meets them. */
enum Kind {
  /** Connect, one question, close: half of them say first that they have nothing more to ask. */
  SHORT(4, 0) {
    @Override
    void once(Client client, RandomGenerator random) throws IOException {
      try (Socket socket = client.connect()) {
        ask(socket, client, random.nextInt(2000), random.nextInt(8000), random.nextInt());
        if (random.nextBoolean()) {
          socket.shutdownOutput();
          if (socket.getInputStream().read() >= 0) {
            throw new IOException("wrong bytes: one too many");
          }
        }
      }
    }
  },
  /** Question after question on connections that stay; now and then one is made anew. */
  KEPT(4, 0) {
    @Override
    void once(Client client, RandomGenerator random) throws IOException {
      Socket socket = client.kept(random);
      ask(socket, client, 1 + random.nextInt(200), 1 + random.nextInt(200), random.nextInt());
    }
  },
  /** Megabytes there, then megabytes back. */
  BULK(2, 2) {
    @Override
    void once(Client client, RandomGenerator random) throws IOException {
      try (Socket socket = client.connect()) {
        ask(socket, client, 4 << 20, 4 << 20, random.nextInt());
      }
    }
  },
  /** Takes its answer much slower than the server sends it. */
  SLOW(8, 0.3) {
    @Override
    void once(Client client, RandomGenerator random) throws IOException {
      try (Socket socket = client.connect()) {
        int seed = random.nextInt();
        KnownBytes.ask(out(socket), 1, 2 << 20, seed);
        KnownBytes.check(
            new DataInputStream(socket.getInputStream()),
            2 << 20,
            seed,
            client.buffer(),
            () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)));
      }
    }
  },
  /** Goes away without a word: at once, in the middle of its question, or of its answer. */
  RESET(2, 15) {
    @Override
    void once(Client client, RandomGenerator random) throws IOException {
      Socket socket = client.connect();
      try {
        switch (random.nextInt(3)) {
          case 0 -> {}
          case 1 -> socket.getOutputStream().write(new byte[1 + random.nextInt(11)]);
          default -> {
            KnownBytes.ask(out(socket), 100, 1 << 20, random.nextInt());
            socket.getInputStream().read();
          }
        }
      } finally {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  };

  final int threads;

  /** By each thread; 0: a share of what it does when nothing holds it back. */
  final double perSecond;

  Kind(int threads, double perSecond) {
    this.threads = threads;
    this.perSecond = perSecond;
  }

  boolean isCalibrated() {
    return perSecond == 0;
  }

  abstract void once(Client client, RandomGenerator random) throws IOException;

  private static void ask(Socket socket, Client client, int question, int answer, int seed)
      throws IOException {
    KnownBytes.ask(out(socket), question, answer, seed);
    KnownBytes.check(
        new DataInputStream(socket.getInputStream()), answer, seed, client.buffer(), () -> {});
  }

  private static DataOutputStream out(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 16 * 1024));
  }
}
