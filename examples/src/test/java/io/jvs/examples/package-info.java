@NullMarked
package io.jvs.examples;

import org.jspecify.annotations.NullMarked;
