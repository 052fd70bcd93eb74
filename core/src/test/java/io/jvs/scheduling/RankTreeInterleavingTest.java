package io.jvs.scheduling;

import io.jvs.model.RealServer;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Whatever threads do at once: when all is quiet, the tree says what the ranks say. */
@Param(name = "server", gen = IntGen.class, conf = "0:1")
@Param(name = "rank", gen = IntGen.class, conf = "1:3")
public class RankTreeInterleavingTest {
  private final AtomicLongArray ranks = new AtomicLongArray(17);
  private final RankTree tree;

  public RankTreeInterleavingTest() {
    for (int i = 0; i < ranks.length(); i++) {
      ranks.set(i, 5);
    }
    ranks.set(16, 2); // alone in the second block, between what the first one is changed to
    tree = new RankTree(new Sized(ranks.length()), (servers, index) -> ranks.get(index));
  }

  @Operation
  public void change(@Param(name = "server") int server, @Param(name = "rank") int rank) {
    ranks.set(server, rank);
    tree.update(new Sized(ranks.length()), server);
  }

  @Validate
  public void firstOfLowest() {
    int first = 0;
    for (int i = 1; i < ranks.length(); i++) {
      if (ranks.get(i) < ranks.get(first)) {
        first = i;
      }
    }
    if (tree.first() != first || tree.rank(first) != ranks.get(first)) {
      throw new AssertionError(
          tree.first() + " is first in the tree, but " + first + " in " + ranks);
    }
  }

  @Test
  void in_every_interleaving_tried_the_tree_is_right_in_the_end() {
    new ModelCheckingOptions()
        .iterations(10)
        .threads(2)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .invocationsPerIteration(300)
        .check(RankTreeInterleavingTest.class);
  }

  /** Only its size matters. */
  private record Sized(int size) implements ServerView {
    @Override
    public RealServer server(int index) {
      return RealServer.of("127.0.0.1:1");
    }

    @Override
    public int weight(int index) {
      return 1;
    }

    @Override
    public int active(int index) {
      return 0;
    }

    @Override
    public int inactive(int index) {
      return 0;
    }

    @Override
    public int overhead(int index) {
      return 0;
    }

    @Override
    public boolean overloaded(int index) {
      return false;
    }

    @Override
    public boolean excluded(int index) {
      return false;
    }

    @Override
    public long bytesFromClients(int index) {
      return 0;
    }
  }
}
