package io.kurir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.embedded.EmbeddedDatabases;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaIT {
    private EmbeddedDatabases databases;

    @BeforeAll
    void start(@TempDir Path data) throws InterruptedException {
        databases = EmbeddedDatabases.start(data, EnumSet.of(EmbeddedDatabases.Kind.POSTGRES), Progress.SILENT);
    }

    @AfterAll
    void stop() {
        databases.close();
    }

    @Test
    void setUpMakesTheDatabaseAndMigratesItOnce() {
        var schema = schema(url("fresh \"one\"".replace(" ", "%20").replace("\"", "%22")));

        assertThat(schema.setup()).isEqualTo(2);
        assertThat(schema.missing()).isEmpty();
        assertThat(schema.setup()).isZero();
        assertThat(schema.migrate()).isZero();
    }

    @Test
    void tellsWhatIsMissing() {
        assertThat(schema(databases.databaseUrl()).missing()).containsExactly("1 a table", "2 a column");
    }

    @Test
    void everyMistakeInTheUrlIsToldInOneSentenceWithoutThePassword() {
        assertSentence(url("nowhere"), "there is no such database; make it with `bin/kurir db setup`");
        assertSentence(databases.databaseUrl().replaceFirst(":[^:@]+@", ":wrong@"), "correct user and password");
        assertSentence("postgresql://me:hidden@127.0.0.1:1/kurir", "does not answer");
        assertSentence("postgresql://127.0.0.1/kurir", "must look like");
        assertSentence("postgresql://me:hid den@127.0.0.1/kurir", "must look like");
    }

    @Test
    void theNextReleasesSchemaIsGoodForThisOne() {
        var url = url("newer");
        assertThat(schema(url).setup()).isEqualTo(2);

        var older = new Schema(new Settings.Database(url, 1, false), "classpath:db/none");
        assertThat(older.missing()).isEmpty();
    }

    private void assertSentence(String url, String part) {
        assertThatThrownBy(() -> schema(url).missing())
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining(part)
                .hasMessageNotContaining("hidden")
                .hasMessageNotContaining("\n");
    }

    private String url(String database) {
        return databases.databaseUrl().replaceFirst("/[^/]+$", "/" + database);
    }

    private static Schema schema(String url) {
        return new Schema(new Settings.Database(url, 1, false), "classpath:db/example");
    }
}
