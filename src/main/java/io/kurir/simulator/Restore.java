package io.kurir.simulator;

import io.kurir.simulator.Submissions.Submission;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the lines of the journal mean. Kinds: {@code knobs, phone, group, link, unlink, ratchet, undelivered, receipt, got, entry,
 * status, submission, reset}. Every line says what is so, not what was done, so that the compacted file needs no kinds of its own.
 *
 * <p>Runs on a worker thread before the simulator serves anybody.
 */
final class Restore {
    private static final Logger LOG = LoggerFactory.getLogger(Restore.class);

    private final Network network;

    private Restore(Network network) {
        this.network = network;
    }

    /** Fills the network from the file and leaves the file compacted; submissions are all kept. */
    static void from(Path path, Network network) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Optional<Path> parent = Optional.ofNullable(path.toAbsolutePath().getParent());
        if (parent.isPresent()) {
            Files.createDirectories(parent.get());
        }
        Restore restore = new Restore(network);
        try (BufferedWriter out = Files.newBufferedWriter(fresh)) {
            if (Files.exists(path)) {
                try (BufferedReader in = Files.newBufferedReader(path)) {
                    in.lines().forEach(line -> restore.read(line, out));
                }
            }
            restore.snapshot(out);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void read(String text, BufferedWriter out) {
        try {
            JsonObject line = new JsonObject(text);
            apply(line);
            // A reset stays as well: it is what keeps the submissions before it from coming back.
            if (List.of("submission", "reset").contains(line.getString("k"))) {
                write(out, line.getString("k"), line);
            }
        } catch (DecodeException torn) {
            LOG.warn("a line of the simulator's state cannot be read and is skipped: {} characters", text.length());
        }
    }

    private void apply(JsonObject line) {
        switch (line.getString("k")) {
            case "knobs" -> network.useCommon(line.getJsonObject("knobs"));
            case "phone" -> phone(line);
            case "group" -> group(line);
            case "link" -> {
                Link link = new Link(line.getString("link"), line.getString("token"), known(line.getString("pn")));
                link.hasHistory = line.getBoolean("history", true);
                network.add(link);
            }
            case "unlink" -> of(line).ifPresent(network::remove);
            case "ratchet" ->
                of(line).ifPresent(link -> {
                    line.getJsonObject("sent").forEach(one -> link.sent.put(one.getKey(), number(one.getValue())));
                    line.getJsonObject("received")
                            .forEach(one -> link.received.put(one.getKey(), number(one.getValue())));
                });
            case "undelivered" -> of(line).ifPresent(link -> undelivered(link, line));
            case "receipt" -> of(line).ifPresent(link -> link.keep(line.getJsonObject("receipt")));
            case "got" ->
                of(line).ifPresent(link -> {
                    link.hasHistory |= line.getBoolean("history", false);
                    link.confirm(line.getJsonArray("ids"), line.getInteger("receipts"));
                });
            case "entry" -> {
                Entry entry = Entry.fromJson(line.getJsonObject("entry"));
                known(line.getString("pn")).conversations.put(entry);
                network.sawEntry(entry.n());
            }
            case "status" -> status(line);
            case "submission" -> submission(line);
            case "reset" -> network.reset();
            default ->
                throw new IllegalStateException("the simulator's state has a line of kind " + line.getString("k"));
        }
    }

    private Optional<Link> of(JsonObject line) {
        return Optional.ofNullable(network.byLinkId.get(line.getString("link")));
    }

    private Account known(String pn) {
        Account known = network.accounts.get(pn);
        return known == null ? network.add(new Account(pn, network.knobs())) : known;
    }

    private void phone(JsonObject line) {
        String pn = line.getString("pn");
        Account account = known(pn);
        account.name = line.getString("name");
        account.auto = Optional.ofNullable(line.getBoolean("auto"));
        account.contacts.clear();
        switch (line.getValue("contacts")) {
            case JsonObject named -> named.forEach(one -> account.contacts.put(one.getKey(), (String) one.getValue()));
            // as an earlier version wrote them
            case JsonArray numbers -> numbers.forEach(contact -> account.contacts.put((String) contact, ""));
            default -> {}
        }
        line.getJsonArray("told", new JsonArray()).forEach(other -> account.told.add((String) other));
        account.overrides = line.getJsonObject("knobs");
        account.knobs = network.knobs().with(account.overrides);
    }

    private void group(JsonObject line) {
        Account owner = known(line.getString("owner"));
        Group group = new Group(line.getString("id"), owner, line.getLong("creation"), line.getString("subject"));
        group.description = line.getString("description");
        group.inviteCode = line.getString("inviteCode");
        line.getJsonObject("members")
                .forEach(one -> group.members.put(known(one.getKey()), Group.Role.valueOf((String) one.getValue())));
        network.groups.put(group.id, group);
    }

    private void undelivered(Link link, JsonObject line) {
        JsonObject message = line.getJsonObject("message");
        link.keep(message, line.getInteger("times"));
        Long ratchet = message.getLong("ratchet");
        JsonObject author = message.getJsonObject("lidMap");
        if (ratchet != null && author != null) {
            // A number may be hidden, a LID never is.
            network.pnOf(author.getString("lid")).ifPresent(pn -> {
                String remote = message.getJsonObject("id").getString("remote");
                String peer = remote.endsWith("@g.us") ? remote + ' ' + pn : pn;
                link.received.merge(peer, ratchet, Math::max);
            });
        }
    }

    private void status(JsonObject line) {
        Account reader = known(line.getString("reader"));
        Account author = known(line.getString("author"));
        int status = line.getInteger("s");
        for (Object id : line.getJsonArray("ids")) {
            Optional<String> group = Optional.ofNullable(line.getString("group"));
            reader.conversations
                    .find(true, group.orElse(author.pn), (String) id)
                    .ifPresent(entry -> entry.raise(status));
            author.conversations
                    .find(false, group.orElse(reader.pn), (String) id)
                    .ifPresent(entry -> entry.raise(group.isPresent() ? entry.reached(reader.pn, status) : status));
        }
    }

    private void submission(JsonObject line) {
        Submission submission = Submission.fromJson(line.put("seq", network.submissions.nextSeq()));
        network.submissions.add(submission);
        Link link = network.byLinkId.get(submission.link());
        if (link != null) {
            submission.ratchet().ifPresent(counter -> link.sent.merge(submission.to(), counter, Math::max));
        }
    }

    private void snapshot(BufferedWriter out) {
        write(out, "knobs", new JsonObject().put("knobs", network.common()));
        for (Account account : network.accounts.values()) {
            write(out, "phone", account.stored());
        }
        for (Group group : network.groups.values()) {
            write(out, "group", group.stored());
        }
        for (Account account : network.accounts.values()) {
            for (Entry entry : account.conversations.all()) {
                write(out, "entry", new JsonObject().put("pn", account.pn).put("entry", entry.toJson()));
            }
            account.links.values().forEach(link -> snapshot(out, link));
        }
    }

    private static void snapshot(BufferedWriter out, Link link) {
        write(out, "link", link(link));
        JsonObject ratchet = new JsonObject().put("link", link.id).put("sent", new JsonObject());
        link.sent.forEach((peer, counter) -> ratchet.getJsonObject("sent").put(peer, counter));
        ratchet.put("received", new JsonObject());
        link.received.forEach(
                (peer, counter) -> ratchet.getJsonObject("received").put(peer, counter));
        write(out, "ratchet", ratchet);
        link.undelivered
                .values()
                .forEach(one -> write(out, "undelivered", undelivered(link, one.message(), one.times())));
        link.receipts.forEach(one ->
                write(out, "receipt", new JsonObject().put("link", link.id).put("receipt", one)));
    }

    static JsonObject link(Link link) {
        return new JsonObject()
                .put("link", link.id)
                .put("token", link.token)
                .put("pn", link.account.pn)
                .put("history", link.hasHistory);
    }

    static JsonObject undelivered(Link link, JsonObject message, int times) {
        return new JsonObject().put("link", link.id).put("message", message).put("times", times);
    }

    static JsonObject got(Link link, JsonArray ids, int receipts) {
        return new JsonObject()
                .put("link", link.id)
                .put("ids", ids)
                .put("receipts", receipts)
                .put("history", link.hasHistory);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private static void write(BufferedWriter out, String kind, JsonObject line) {
        try {
            out.write(line.put("k", kind).encode());
            out.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
