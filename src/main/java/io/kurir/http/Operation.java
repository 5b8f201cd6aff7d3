package io.kurir.http;

/** One operation of the contract: hears a validated request of somebody who may ask, and answers. Runs on a virtual thread; may await. */
@FunctionalInterface
public interface Operation {
    Answer handle(Ask ask);
}
