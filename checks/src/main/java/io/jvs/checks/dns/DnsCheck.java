package io.jvs.checks.dns;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * The server answers a DNS question with NOERROR and at least one record of the type asked for.
 * keepalived's {@code DNS_CHECK}, ldirectord's {@code dns}. Both ask for recursion, and so does
 * this.
 *
 * @param type of the records asked for
 * @param name what is asked about, such as {@code www.example} or {@code .}; always taken as
 *     complete
 * @param expected what one of the records must be, or null for any
 * @param tcp over TCP; otherwise UDP, and TCP if the answer does not fit (RFC 7766 section 5)
 */
public record DnsCheck(RecordType type, String name, @Nullable ExpectedRecord expected, boolean tcp)
    implements ActiveCheck {
  /** keepalived's default: the root, which every server that resolves or serves it can answer. */
  public static final DnsCheck ROOT = new DnsCheck(RecordType.SOA, ".", null, false);

  /** keepalived's types, and two more. */
  public enum RecordType {
    A,
    NS,
    CNAME,
    SOA,
    MX,
    TXT,
    AAAA,
    PTR,
    SRV
  }

  public DnsCheck {
    try {
      Name unused = Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(
          "dns name '" + name + "' (expected: a domain name such as www.example, or .)", e);
    }
  }

  /** Any record of this type, over UDP. */
  public static DnsCheck of(RecordType type, String name) {
    return new DnsCheck(type, name, null, false);
  }

  /** One of the records must be this. */
  public DnsCheck expecting(ExpectedRecord record) {
    return new DnsCheck(type, name, record, tcp);
  }

  public DnsCheck overTcp() {
    return new DnsCheck(type, name, expected, true);
  }

  @Override
  public String kind() {
    return "dns";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return new DnsQuery(this, attempt).begin();
  }

  /** {@code dns A www.example over tcp}. */
  @Override
  public String toString() {
    return "dns " + type + " " + name + (tcp ? " over tcp" : "");
  }
}
