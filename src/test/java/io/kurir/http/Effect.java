package io.kurir.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that calls these operations of the contract, gets a success of each, and checks what it left in the database or in the page; of one that
 * reads, that it answers what is kept there. Without a success of each the test fails; with them {@link ContractCoverage} has it as their proof.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ExtendWith(EffectWitness.class)
public @interface Effect {
    /** Operation ids. */
    String[] value();
}
