package io.jvs.transport.tcp;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A promise that every engine keeps. */
@ParameterizedTest
@EnumSource(
    value = TcpEngine.class,
    names = {"EPOLL", "NIO"})
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Engines {}
