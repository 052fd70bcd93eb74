@NullMarked
package io.jvs.agent;

import org.jspecify.annotations.NullMarked;
