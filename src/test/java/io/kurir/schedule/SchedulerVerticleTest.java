package io.kurir.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SchedulerVerticleTest {

    /** Takes its time, as a transaction does. */
    private record Waiting(Vertx vertx, BlockingQueue<Future<Boolean>> begun) implements Promotion {
        @Override
        public String name() {
            return "waiting";
        }

        @Override
        public Future<Boolean> promote() {
            Future<Boolean> turn = vertx.timer(300, TimeUnit.MILLISECONDS).map(true);
            begun.add(turn);
            return turn;
        }
    }

    @Test
    void endsWhenWhatItPromotesHasEnded() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Waiting waiting = new Waiting(vertx, new LinkedBlockingQueue<>());
            String deployment = get(vertx.deployVerticle(new SchedulerVerticle(List.of(waiting))));
            Future<Boolean> turn = waiting.begun.take();
            get(vertx.undeploy(deployment));
            assertThat(turn.succeeded()).as(String.valueOf(turn.cause())).isTrue();
            assertThat(waiting.begun).isEmpty();
        } finally {
            get(vertx.close());
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
