@NullMarked
package io.jvs.transport.tcp.hello;

import org.jspecify.annotations.NullMarked;
