package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Holds a test to its {@link Effect}; a failed one proves nothing, and its rerun anew. */
final class EffectWitness implements BeforeEachCallback, AfterEachCallback {
    @Override
    public void beforeEach(ExtensionContext test) {
        ContractCoverage.testBegins();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        if (test.getExecutionException().isPresent()) {
            return;
        }
        List<String> claimed =
                List.of(test.getRequiredTestMethod().getAnnotation(Effect.class).value());
        assertThat(ContractCoverage.succeeded())
                .as("operations that succeeded in this test")
                .containsAll(claimed);
        claimed.forEach(ContractCoverage::effectSeen);
    }
}
