package io.kurir.example;

import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import io.kurir.client.Event;
import io.kurir.client.Following;
import io.kurir.client.IncomingMessage;
import io.kurir.client.KurirClient;
import io.kurir.client.SendText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Tells the owner of a shop that it is at work, and answers who writes to the shop. Its class path is kurir-client.jar, vertx-core and vertx-hazelcast
 * with what these need.
 *
 * <pre>
 * KURIR_CLUSTER_SECRET=… KURIR_API_KEY=… java -cp … io.kurir.example.ShopAssistant cluster.xml kurir shop-1 6281234567890 position.txt
 * </pre>
 */
public final class ShopAssistant {
    private final KurirClient kurir;
    private final Path positionFile;

    private ShopAssistant(KurirClient kurir, Path positionFile) {
        this.kurir = kurir;
        this.positionFile = positionFile;
    }

    /** Arguments: Hazelcast's settings, the cluster's name, the shop's device, the owner's number, where the position is kept. */
    public static void main(String[] args) throws IOException {
        Vertx vertx = join(args[0], args[1]);
        KurirClient kurir =
                KurirClient.create(vertx, System.getenv("KURIR_CLUSTER_SECRET"), System.getenv("KURIR_API_KEY"));
        Path positionFile = Path.of(args[4]);
        new ShopAssistant(kurir, positionFile).work(args[2], args[3]);
    }

    /** As a lite member: it keeps no data of the cluster, so that it may come and go. */
    private static Vertx join(String hazelcastFile, String clusterName) throws IOException {
        Config hazelcast = new XmlConfigBuilder(hazelcastFile)
                .build()
                .setClusterName(clusterName)
                .setLiteMember(true);
        VertxOptions options = new VertxOptions();
        options.getEventBusOptions().setHost("127.0.0.1").setClusterPublicHost("127.0.0.1");
        return Vertx.builder()
                .with(options)
                .withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered()
                .await();
    }

    private void work(String shop, String owner) throws IOException {
        kurir.send(shop, SendText.of(owner, "The shop assistant is at work."))
                .onSuccess(sent -> say("sent " + sent.messageId()))
                .onFailure(why -> say("not sent: " + why));
        Following following = Files.exists(positionFile)
                ? kurir.events(
                        Set.of(shop),
                        Long.parseLong(Files.readString(positionFile).strip()),
                        this::handle)
                : kurir.events(Set.of(shop), this::handle);
        following.placed().onSuccess(position -> {
            remember(position);
            say("following");
        });
        following.ended().onFailure(why -> say("not following any more: " + why));
    }

    /** An event counts as dealt with when this has succeeded; after a crash in between it comes again, and the answer goes out once all the same. */
    private Future<?> handle(Event event) {
        return event.incoming()
                .<Future<?>>map(this::answer)
                .orElseGet(Future::succeededFuture)
                .andThen((_, failed) -> {
                    if (failed == null) {
                        remember(event.position());
                    }
                });
    }

    private Future<?> answer(IncomingMessage message) {
        String words = message.text().endsWith("?") ? "Yes, until 5 pm." : "Thank you, " + message.senderName() + ".";
        return kurir.reply(message, words).onSuccess(sent -> say("answered " + message.messageId()));
    }

    private void remember(long position) {
        try {
            Files.writeString(positionFile, Long.toString(position));
        } catch (IOException e) {
            say("the position is not kept: " + e.getMessage());
        }
    }

    private static void say(String words) {
        System.out.println(words);
    }
}
