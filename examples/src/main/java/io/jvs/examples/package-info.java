/** Programs to read first. Each is run by a test against real servers; copy what you need. */
@NullMarked
package io.jvs.examples;

import org.jspecify.annotations.NullMarked;
