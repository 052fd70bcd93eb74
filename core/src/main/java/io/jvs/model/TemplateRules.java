package io.jvs.model;

/**
 * How the memory of clients is kept: how large it may become, and when clients are let go before
 * their time is over. The defaults are the kernel's.
 *
 * @param maximum templates of the service, 1 to {@value #LARGEST}; see {@link #DEFAULT_MAXIMUM}. In
 *     a full service a new client takes the place of another: of some that are looked at, the one
 *     without open connections whose time is over first. If all of those have open connections the
 *     new client is served and not remembered
 * @param expireQuiesced whether a client whose server has weight 0 goes elsewhere with its next
 *     connection ({@code expire_quiescent_template}); otherwise it follows its server to the end
 * @param expireDown whether the clients of a server that goes down or leaves are forgotten at once
 *     ({@code expire_nodest_conn}); otherwise those that did not come meanwhile return to it if it
 *     comes back before their time is over
 */
public record TemplateRules(int maximum, boolean expireQuiesced, boolean expireDown) {
  /** A million clients, about 60 MB. */
  public static final int DEFAULT_MAXIMUM = 1_000_000;

  /** About 6 GB. */
  public static final int LARGEST = 100_000_000;

  /** {@value #DEFAULT_MAXIMUM} templates, none of them expired before its time. */
  public static final TemplateRules DEFAULT = new TemplateRules(DEFAULT_MAXIMUM, false, false);

  public TemplateRules {
    if (maximum < 1 || maximum > LARGEST) {
      throw new IllegalArgumentException(
          "persistence: at most " + maximum + " templates (expected: 1 to " + LARGEST + ")");
    }
  }

  public TemplateRules withMaximum(int newMaximum) {
    return new TemplateRules(newMaximum, expireQuiesced, expireDown);
  }

  public TemplateRules withExpireQuiesced(boolean on) {
    return new TemplateRules(maximum, on, expireDown);
  }

  public TemplateRules withExpireDown(boolean on) {
    return new TemplateRules(maximum, expireQuiesced, on);
  }

  /** What differs from the default, each part with a comma in front. */
  @Override
  public String toString() {
    return (maximum == DEFAULT_MAXIMUM ? "" : ", at most " + maximum + " templates")
        + (expireQuiesced ? ", expire quiesced" : "")
        + (expireDown ? ", expire down" : "");
  }
}
