package io.jvs.balancing;

import io.jvs.model.RealServer;
import io.jvs.scheduling.ServerView;

/** A generation without the servers that a flow has been offered to already. */
record UntriedServers(Generation all, Connection failed) implements ServerView {
  @Override
  public int size() {
    return all.size();
  }

  @Override
  public RealServer server(int index) {
    return all.server(index);
  }

  @Override
  public int weight(int index) {
    return all.weight(index);
  }

  @Override
  public int lastWeight(int index) {
    return all.lastWeight(index);
  }

  @Override
  public int active(int index) {
    return all.active(index);
  }

  @Override
  public int inactive(int index) {
    return all.inactive(index);
  }

  @Override
  public int overhead(int index) {
    return all.overhead(index);
  }

  @Override
  public boolean overloaded(int index) {
    return all.overloaded(index);
  }

  @Override
  public ServerView whole() {
    return all;
  }

  @Override
  public boolean excluded(int index) {
    return all.excluded(index) || failed.triedOn(all.state(index));
  }

  @Override
  public long bytesFromClients(int index) {
    return all.bytesFromClients(index);
  }
}
