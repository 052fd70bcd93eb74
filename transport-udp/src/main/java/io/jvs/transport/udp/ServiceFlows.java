package io.jvs.transport.udp;

import org.jspecify.annotations.Nullable;

/** The flows of one service on one loop, those that the server has answered apart. On the loop. */
final class ServiceFlows {
  final CarriedService service;
  private final UdpLoop loop;
  private final FlowList unanswered = new FlowList();
  private final FlowList answered = new FlowList();
  final Waiting waiting = new Waiting(); // the place that is nobody's
  private int size;
  private UdpOptions options; // that outlets are made for
  private Outlets outlets;

  ServiceFlows(UdpLoop loop, CarriedService service) {
    this.loop = loop;
    this.service = service;
    this.options = service.options();
    this.outlets = new Outlets(loop, options);
  }

  /** From where its real servers are asked. */
  @SuppressWarnings("ReferenceEquality") // another object has come by a reload
  Outlets outlets() {
    if (service.options() != options) {
      options = service.options();
      outlets = new Outlets(loop, options);
    }
    return outlets;
  }

  int size() {
    return size;
  }

  void add(UdpFlow flow) {
    size++;
    unanswered.add(flow);
  }

  void remove(UdpFlow flow) {
    size--;
    (flow.answered ? answered : unanswered).remove(flow);
  }

  /** A datagram of it has gone through. */
  void moved(UdpFlow flow) {
    (flow.answered ? answered : unanswered).moveToNewest(flow);
  }

  /** The first answer. */
  void becomesAnswered(UdpFlow flow) {
    unanswered.remove(flow);
    flow.answered = true;
    answered.add(flow);
  }

  /** Another server has it, which has not answered yet. */
  void becomesUnanswered(UdpFlow flow) {
    answered.remove(flow);
    flow.answered = false;
    unanswered.add(flow);
  }

  /** The one that has been idle for longest and never had an answer. */
  @Nullable UdpFlow oldestUnanswered() {
    return unanswered.oldest();
  }

  /** The one that has been idle for longest of those with answers. */
  @Nullable UdpFlow oldestAnswered() {
    return answered.oldest();
  }
}
