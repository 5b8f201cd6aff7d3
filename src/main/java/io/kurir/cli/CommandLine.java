package io.kurir.cli;

import io.kurir.Main;
import io.kurir.Misconfigured;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/**
 * {@code kurir}. Exit codes: 0 done or stopped as asked, 1 failed, or {@code db check}, {@code doctor} or
 * {@code redis monitor} found something, 2 asked or configured wrongly.
 */
@Command(
        name = "kurir",
        mixinStandardHelpOptions = true,
        versionProvider = CommandLine.Version.class,
        description = "A self-hosted, clustered WhatsApp gateway.",
        subcommands = {
            DemoCommand.class,
            StartCommand.class,
            DoctorCommand.class,
            DatabaseCommand.class,
            RedisCommand.class,
            UserCommand.class,
            ProfileCommand.Link.class,
            ProfileCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            SimulatorCommand.class
        })
public final class CommandLine {
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private CommandLine() {}

    /** Does what is asked and returns the exit code. The caller ends the process: libraries leave threads behind. */
    public static int run(String... args) {
        var commands = new picocli.CommandLine(new CommandLine());
        commands.setExecutionExceptionHandler(CommandLine::explain);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        if (args.length == 0) {
            commands.usage(System.err);
            return WRONG;
        }
        return commands.execute(args);
    }

    private static int explain(Exception failure, picocli.CommandLine command, ParseResult asked) {
        // a signal that came while something was being started: libraries wrap the interrupt in exceptions of their own
        if (Stop.asked()) {
            return 0;
        }
        if (failure instanceof Misconfigured misconfigured) {
            System.err.println(misconfigured.getMessage());
            return WRONG;
        }
        LoggerFactory.getLogger(CommandLine.class).error("{} failed", command.getCommandName(), failure);
        return FAILED;
    }

    /** As the jar's manifest says. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
            return new String[] {"kurir " + version.orElse("(not from a jar)")};
        }
    }
}
