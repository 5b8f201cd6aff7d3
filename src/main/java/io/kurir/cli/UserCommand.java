package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Settings;
import io.kurir.access.Caller;
import io.kurir.access.Passwords;
import io.kurir.access.User;
import io.kurir.access.Users;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.http.Problem;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kurir user}: people in the configured database, or in the embedded one, also while nodes run. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description =
                "Make a user, or set somebody's password, which the terminal is asked for, or which is the first line of what"
                        + " is piped in.")
final class UserCommand {
    private static final int SHORTEST = 8;

    @Command(mixinStandardHelpOptions = true, description = "Make a user.")
    int create(
            @Mixin Where where,
            @Parameters(paramLabel = "EMAIL") String email,
            @Option(names = "--username", paramLabel = "NAME", description = "What is before the @, unless given.")
                    @Nullable
                    String username,
            @Option(names = "--full-name", paramLabel = "NAME", description = "For people.") @Nullable String fullName,
            @Option(names = "--role", paramLabel = "ROLE", defaultValue = "user", description = "admin or user (user).")
                    Caller.Role role)
            throws Exception {
        if (!email.matches("[^@\\s]+@[^@\\s]+")) {
            throw new Misconfigured("\"" + email + "\" is no email address.");
        }
        if (username != null && !username.matches("[^@\\s]{1,100}")) {
            throw new Misconfigured("A user name has up to 100 characters, without spaces and @.");
        }
        var wanted = new Users.NewUser(
                email, Optional.ofNullable(username), password(), Optional.ofNullable(fullName), role);
        var made = on(where, users -> users.create(wanted));
        System.out.println("Made: " + made.username() + " (" + made.email() + "), number " + made.id() + ".");
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Set somebody's password and end all of that person's logins, on running nodes within 5 seconds.")
    int passwd(@Mixin Where where, @Parameters(paramLabel = "EMAIL_OR_NAME") String name) throws Exception {
        var password = password();
        var changed = on(where, users -> users.setPassword(name, password));
        System.out.println("The password of " + changed.username() + " is set; all logins have ended.");
        return 0;
    }

    /** Not an argument, which all on the machine could read and the shell would keep. */
    private static String password() throws IOException {
        var console = Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
        var password = console.isPresent() ? Passphrase.ask(console.get(), "Password", true) : firstLine();
        if (password.length() < SHORTEST) {
            throw new Misconfigured("The password needs at least " + SHORTEST + " characters.");
        }
        return password;
    }

    /** All of it is read, so that whoever pipes it in is not cut off. */
    private static String firstLine() throws IOException {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
    }

    private static User on(Where where, Function<Users, User> work) throws Exception {
        Stop.here();
        return Databases.with(where, false, (settings, _) -> {
            Schema.prepare(settings.database());
            return on(settings, work);
        });
    }

    /** No node is told: they believe for 5 seconds what they know. */
    private static User on(Settings settings, Function<Users, User> work) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var pool = Database.open(vertx, settings.database());
            return work.apply(new Users(pool, new Passwords(vertx), _ -> {}));
        } catch (Problem refused) {
            throw new Misconfigured(refused.message() + ".");
        } finally {
            Node.await(vertx.close(), Duration.ofSeconds(10));
        }
    }
}
