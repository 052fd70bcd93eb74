package io.jvs.lab;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What the guest tells of its tests, each on a line of its own that starts with {@link #MARK}.
 *
 * @param id JUnit's unique id of the test
 * @param name the test's name, from its class down
 * @param reason why it was {@code SKIPPED}; empty otherwise
 * @param failure why it {@code FAILED}
 */
record Event(Kind kind, String id, String name, String reason, @Nullable GuestFailure failure)
    implements Serializable {
  enum Kind {
    /** It is going to run, if all goes well; said of all before the first starts. */
    PLANNED,
    STARTED,
    PASSED,
    SKIPPED,
    FAILED,
    /** All was said. */
    END
  }

  /** "Record separator": the line before may be a test's own and unfinished. */
  static final char MARK = '\u001e';

  String line() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(this);
      }
      return MARK + Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The event of a line, given without mark and line end. */
  static Event parse(String line) {
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(line)))) {
      return (Event) in.readObject();
    } catch (IOException | ClassNotFoundException | IllegalArgumentException e) {
      throw new IllegalStateException("the guest said what is no event: " + line, e);
    }
  }
}
