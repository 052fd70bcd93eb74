/** What tests of checks share: servers that lie, certificates, nginx, and a table of verdicts. */
@NullMarked
package io.jvs.checks;

import org.jspecify.annotations.NullMarked;
