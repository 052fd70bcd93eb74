/**
 * Checks that talk: send a text, expect an answer. Start at {@link
 * io.jvs.checks.dialogue.DialogueCheck}; {@link io.jvs.checks.dialogue.Dialogues} has the known
 * protocols. Definitions are immutable and for any thread; a try runs on the threads of its attempt
 * and of the JDK's asynchronous channels, one step at a time.
 */
@NullMarked
package io.jvs.checks.dialogue;

import org.jspecify.annotations.NullMarked;
