/**
 * Connection templates: who follows whom, until when.
 *
 * <p>Start reading at {@link io.jvs.persistence.TemplateTable}. Exported to transports alone, for
 * what they learn themselves, such as connection ids. All methods may be called by any thread; none
 * blocks.
 */
@NullMarked
package io.jvs.persistence;

import org.jspecify.annotations.NullMarked;
