package io.kurir;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything an operator can decide, read once at start from {@code conf/kurir.yaml} and the environment. The file names and
 * explains each key; a component of a record here is the key of the same name in kebab case ({@code lease.ttl},
 * {@code delivery.max-attempts}).
 */
public record Settings(
        Mode mode,
        Set<Role> roles,
        Path data,
        Http http,
        Database database,
        Redis redis,
        Cluster cluster,
        WhatsApp whatsapp,
        Profile profile,
        Lease lease,
        Delivery delivery,
        Send send,
        Media media,
        Device device,
        Health health,
        Access access,
        Dialect dialect,
        Events events,
        History history,
        Suppression suppression,
        Schedule schedule,
        Retention retention,
        Webhook webhook,
        Agent agent,
        Tracing tracing) {

    /** Of {@code delivery}, where nothing is said. */
    public static final Duration DEFAULT_BASE_DELAY = Duration.ofSeconds(1);

    public static final int DEFAULT_MAX_ATTEMPTS = 8;

    /** What a start may assume: only {@code PRODUCTION} insists on given secrets and leaves the schema alone. */
    public enum Mode {
        PRODUCTION,
        DEVELOPMENT,
        SIMULATOR
    }

    /** The verticles that this node runs. */
    public enum Role {
        HTTP,
        WORKER,
        SCHEDULER
    }

    /**
     * Where and for whom we listen.
     *
     * @param publicUrl what clients call us by, for links that we hand out
     * @param allowedOrigins {@code https://host} or with a port: whose scripts may read our answers in a browser
     * @param trustedProxies addresses and networks whose {@code X-Forwarded-For} is believed
     */
    public record Http(
            String host,
            int port,
            URI publicUrl,
            List<String> allowedOrigins,
            List<String> trustedProxies,
            Rate rate,
            Optional<Management> management) {

        /** For clients that come directly and as often as they like. */
        public Http(String host, int port, URI publicUrl) {
            this(host, port, publicUrl, List.of(), List.of(), Rate.NONE, Optional.empty());
        }
    }

    /** Where health and metrics are asked, and metrics nowhere else. */
    public record Management(String host, int port) {}

    /**
     * How many requests a caller may make.
     *
     * @param limit in one window; 0: as many as they like
     * @param whitelist addresses and networks that are not counted
     * @param message of the refusal, and {@code statusCode} its status
     */
    public record Rate(int limit, Duration window, List<String> whitelist, String message, int statusCode) {
        public static final String MESSAGE = "Too many requests; try again later";
        public static final int STATUS = 429;

        static final Rate NONE = new Rate(0, Duration.ofMinutes(1), List.of(), MESSAGE, STATUS);
    }

    /** {@code url}: {@code postgresql://user:password@host:port/database}. */
    public record Database(String url, int poolSize, boolean migrateAtStart) {}

    public record Redis(String url) {}

    /**
     * The nodes together.
     *
     * @param config Hazelcast's own file
     * @param host the address that the other nodes reach this one by
     * @param busPort where the others reach its event bus, 0 for any that is free
     * @param secret what programs outside must know to be heard on the bus
     * @param rebalanceEvery how often a node looks whether another one has more room, and hands one device over
     * @param drainTimeout how long a node that stops may take to hand its devices over
     */
    public record Cluster(
            Path config,
            String name,
            String host,
            int busPort,
            String secret,
            Duration rebalanceEvery,
            Duration drainTimeout) {}

    /** {@code memoryBudget}: bytes that the browsers of this node may use together. */
    public record WhatsApp(URI baseUrl, Browser browser, long memoryBudget) {}

    /**
     * {@code executable} is empty where one is to be found; {@code hostRules} is handed to Chromium's
     * {@code --host-resolver-rules}, so that a simulated WhatsApp cannot reach the real one; {@code blockedRequests} is a file of rules, empty
     * where nothing is blocked.
     */
    public record Browser(
            Optional<Path> executable,
            boolean sandbox,
            int devicesPerBrowser,
            Optional<String> hostRules,
            Duration openTimeout,
            Duration recycleAfter,
            Duration idleAfter,
            Optional<Path> blockedRequests) {}

    /**
     * Where the devices' profiles are.
     *
     * @param sharedFolder a volume that all nodes see; without it each keeps its own in its data folder
     * @param snapshots whether a copy of each is kept in PostgreSQL when its page was closed
     * @param waitForNode how long a device waits for a node that is away with the only present copy, before it goes elsewhere without it
     */
    public record Profile(Optional<Path> sharedFolder, boolean snapshots, OnStale onStale, Duration waitForNode) {

        /** Whether a node that is given a device can go on with its profile. */
        public boolean travels() {
            return sharedFolder.isPresent() || snapshots;
        }
    }

    /** What becomes of a linked device of whose profile there is an older copy only. */
    public enum OnStale {
        RELINK,
        RESET
    }

    /** The user data folders of the browsers of the node of this name, whose settings these are. */
    public Path browsers(String node) {
        return profile.sharedFolder().map(shared -> shared.resolve(node)).orElseGet(() -> data.resolve("browsers"));
    }

    /** How long an ownership lasts after its last renewal, and how much earlier the owner itself stops believing in it. */
    public record Lease(Duration ttl, Duration renewEvery, Duration margin) {}

    /**
     * Retries: {@code baseDelay × fib(attempt)}, at most {@code maxAttempts} times. {@code restrictionPause}: for how long nothing cold is sent
     * after WhatsApp has said that the account may not write to strangers.
     */
    public record Delivery(
            int maxAttempts,
            Duration baseDelay,
            OnUnknown onUnknown,
            Duration ackTimeout,
            Duration graceTime,
            Duration restrictionPause) {

        /** With the default pause. */
        public Delivery(
                int maxAttempts, Duration baseDelay, OnUnknown onUnknown, Duration ackTimeout, Duration graceTime) {
            this(maxAttempts, baseDelay, onUnknown, ackTimeout, graceTime, Duration.ofHours(1));
        }

        /** The same with other retries. */
        public Delivery with(int attempts, Duration delay) {
            return new Delivery(attempts, delay, onUnknown, ackTimeout, graceTime, restrictionPause);
        }
    }

    /** What becomes of a message whose outcome can no longer be known. */
    public enum OnUnknown {
        RESEND,
        FAIL
    }

    /** The budget of one device, and how long and how many synchronous callers may wait for it. */
    public record Send(int perMinute, int burst, int syncQueue, Duration syncTimeout) {}

    /**
     * Files of messages.
     *
     * @param maxSize bytes of one file
     * @param types what may be sent, by content
     * @param retention how long after its last use a file is kept
     * @param cacheSize bytes on this machine's disk
     * @param fetchTimeout for a file that is given by its URL, all of it
     * @param allowUrls {@code host:port} patterns that may be called although they are not public
     */
    public record Media(
            long maxSize,
            Set<String> types,
            Duration retention,
            long cacheSize,
            Duration fetchTimeout,
            List<String> allowUrls) {}

    /**
     * How devices are looked after.
     *
     * @param reconnectDelay is doubled with each of the three tries
     * @param allowProxies {@code host:port} patterns of proxies that those who are no admins may set although their address is not public
     */
    public record Device(
            OnLogout onLogout,
            String country,
            ZoneId timezone,
            List<String> restore,
            Duration reconnectDelay,
            List<String> allowProxies) {}

    /** How often a silent page is probed, and how long a device must be well before earlier troubles are forgotten. */
    public record Health(Duration probeEvery, Duration healthyAfter) {}

    /** What becomes of a device whose link was removed on the phone. */
    public enum OnLogout {
        KEEP,
        PURGE
    }

    /**
     * {@code secret} signs the access tokens (HS256) and must have at least 32 characters; what was signed or sealed with one of {@code formerSecrets} is
     * still good. The admin and the API key are made at
     * start when they are given and not there yet.
     */
    public record Access(
            String secret,
            List<String> formerSecrets,
            Duration tokenLifetime,
            Duration refreshLifetime,
            boolean registration,
            Optional<String> adminEmail,
            Optional<String> adminPassword,
            Optional<String> adminApiKey,
            int loginsPerQuarterHour) {}

    /** What is particular to the words of the systems before Kurir. */
    public record Dialect(Connections connections, Agents agents) {

        /** Of connections. {@code openQr}: whether strangers may look at a QR code for a while after it was asked for. */
        public record Connections(boolean openQr) {}

        /** Of agents. {@code anonymous}: whether strangers may make, see and end sessions of agents. */
        public record Agents(boolean anonymous) {}
    }

    /** How long the event log is kept and how often a reader looks for what its notice did not bring. */
    public record Events(Duration retention, Duration sweep) {}

    /** Whose messages are kept. */
    public record History(Persist persist) {}

    /** {@code ALLOWED}: of devices whose number is {@code aktif} in the allowed numbers. */
    public enum Persist {
        ALLOWED,
        ALL
    }

    /** Who writes nothing but one of these words, in lower case, is not written to any more but in reply. */
    public record Suppression(List<String> words) {}
    /** What becomes of a run that is later than {@code lateAfter}, where the schedule itself does not say. */
    public record Schedule(io.kurir.schedule.Schedule.Missed missed, Duration lateAfter) {}
    /** How long what is done with is kept: files that only a request needed, jobs (with their items) and schedules that have ended, the audit. */
    public record Retention(Duration temporaryFiles, Duration jobs, Duration audit) {}
    /**
     * Telling events by HTTP.
     *
     * @param allowUrls {@code host:port} patterns that may be called although they are not public, and without TLS
     * @param parallel calls of one webhook at a time, by each node
     * @param retryDelay before the second attempt; doubled with each
     * @param probeDelay between the first probes of an endpoint that is down; doubled with each, at most 60 times
     * @param giveUpAfter how long an endpoint may be down
     * @param secretOverlap how long a rotated secret still signs
     * @param retention of what was delivered
     * @param deadRetention of what was not
     */
    public record Webhook(
            List<String> allowUrls,
            int parallel,
            Duration retryDelay,
            Duration probeDelay,
            Duration giveUpAfter,
            Duration secretOverlap,
            Duration retention,
            Duration deadRetention) {}

    /**
     * Answering people by AI.
     *
     * @param backendUrl where agents are that have no endpoint of their own, at {@code /agents/{agentId}/execute}
     * @param developerJid who is told of failures by WhatsApp
     * @param alertEvery at most so often per device
     * @param timeout of one call, all of it
     * @param repliesPerMinute in one chat, where the agent itself does not say
     * @param allowUrls {@code host:port} patterns that may be called although they are not public, and without TLS
     * @param parallel calls of one device at a time
     * @param retryDelay before the second of three attempts; doubled with the next
     * @param probeDelay between the first probes of an endpoint that is down; doubled with each, at most 60 times
     * @param giveUpAfter how long a message waits for an endpoint that is down
     */
    public record Agent(
            Optional<URI> backendUrl,
            Optional<String> developerJid,
            Duration alertEvery,
            Duration timeout,
            int repliesPerMinute,
            List<String> allowUrls,
            int parallel,
            Duration retryDelay,
            Duration probeDelay,
            Duration giveUpAfter) {

        Agent withBackend(URI url) {
            return new Agent(
                    Optional.of(url),
                    developerJid,
                    alertEvery,
                    timeout,
                    repliesPerMinute,
                    allowUrls,
                    parallel,
                    retryDelay,
                    probeDelay,
                    giveUpAfter);
        }
    }

    /** {@code endpoint}: of an OTLP collector, without {@code /v1/traces}; empty where nothing is traced. */
    public record Tracing(Optional<URI> endpoint) {}
}
