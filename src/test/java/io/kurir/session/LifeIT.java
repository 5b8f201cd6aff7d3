package io.kurir.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.Vault;
import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.cluster.Nodes;
import io.kurir.config.StoredConfig;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.http.EventContract;
import io.kurir.http.Problem;
import io.kurir.message.Outbox;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of devices on a real PostgreSQL, with browsers that do what the test says. Over 300 lines: one state machine, one suite. */
class LifeIT {
    private static final String DEVICE = "device-1";
    private static final Reach ALL = Reach.ALL;

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog events = new EventLog(pool, bus);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Vault vault = new Vault("a secret for tests, 32 characters or more");
    private final Nodes nodes =
            new Nodes(vertx, pool, "node-1", "test", java.util.Set.of(io.kurir.Settings.Role.WORKER), 1L << 40);
    private final Devices devices = new Devices(
            pool,
            new Owners(vertx, pool, bus, nodes),
            "ID",
            new Proxies(vertx, vault, URI.create("http://127.0.0.1:1"), List.of()));
    private final FakeWhatsApp.Network network = new FakeWhatsApp.Network();
    private String deployment = "";

    @AfterEach
    void close() throws Exception {
        network.slow.values().forEach(waits -> waits.tryFail("the test ended"));
        get(vertx.undeploy(deployment));
        EventContract.check(pool);
        get(vertx.close());
    }

    private void node(Map<String, String> more) throws Exception {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "KURIR_MODE", "simulator",
                "KURIR_DATA", Path.of("target/life").toAbsolutePath().toString(),
                "KURIR_ACCESS_SECRET", "a secret for tests, 32 characters or more",
                "KURIR_DEVICE_RECONNECT_DELAY", "30ms",
                "KURIR_HEALTH_PROBE_EVERY", "200ms",
                "KURIR_HEALTH_HEALTHY_AFTER", "60s"));
        environment.putAll(more);
        Settings settings = SettingsFile.load(
                        new SettingsFile.Sources(Path.of("").toAbsolutePath(), Optional.empty(), environment, Map.of()))
                .settings();
        get(events.maintain(Duration.ofDays(30)));
        Leases leases = new Leases(
                vertx,
                pool,
                "node-1",
                new Settings.Lease(Duration.ofSeconds(20), Duration.ofMillis(100), Duration.ofSeconds(3)));
        WorkerVerticle.Node node = new WorkerVerticle.Node(
                pool,
                bus,
                leases,
                nodes,
                events,
                settings,
                new StoredConfig(
                        vertx,
                        pool,
                        bus,
                        settings.delivery(),
                        settings.send(),
                        settings.device().onLogout()),
                new Outbox(pool, bus),
                new io.kurir.media.Media(vertx, pool, settings.media(), settings.data()),
                meters,
                vault,
                place -> Future.succeededFuture(new FakeWhatsApp(network, place)),
                Traces.OFF);
        get(nodes.join());
        deployment = get(vertx.deployVerticle(
                new Workers(node), new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)));
    }

    private void node() throws Exception {
        node(Map.of());
    }

    /** On a virtual thread of Vert.x, as an operation. */
    private <T> T call(Callable<T> operation) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Promise<Void> deployed = Promise.promise();
        vertx.deployVerticle(
                        new io.vertx.core.AbstractVerticle() {
                            @Override
                            public void start() {
                                try {
                                    answer.complete(operation.call());
                                } catch (Exception refused) {
                                    answer.completeExceptionally(refused);
                                }
                            }
                        },
                        new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .<Void>mapEmpty()
                .onComplete(deployed);
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void create(String deviceId) throws Exception {
        call(() -> devices.create(
                new Devices.NewDevice(
                        Optional.of(deviceId),
                        Optional.empty(),
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Proxies.Setter.OPERATOR));
    }

    private void linked(String deviceId) throws Exception {
        create(deviceId);
        call(() -> devices.connect(ALL, deviceId));
        network.page(deviceId).link();
        until(deviceId, DeviceState.CONNECTED);
    }

    private DeviceState state(String deviceId) throws Exception {
        return call(() -> devices.get(ALL, deviceId)).state();
    }

    private void until(String deviceId, DeviceState state) {
        await().until(() -> state(deviceId) == state);
    }

    private List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        get(pool.query(sql).execute()).forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    /** The steps that were told of a device, as {@code step cause}. */
    private List<String> healings(String deviceId) throws Exception {
        return column("""
                select data->>'step' || ' ' || (data->>'cause') from event
                where type = 'device.healing' and device_id = '%s' order by position
                """.formatted(deviceId));
    }

    private double given(String step, String cause) {
        return meters.counter("kurir.healing", "step", step, "cause", cause).count();
    }

    private long count(String what) {
        return network.done.stream().filter(what::equals).count();
    }

    @Test
    void aDeafPageIsFoundOutAndAReloadIsEnoughWhereItHelps() throws Exception {
        node();
        linked(DEVICE);
        linked("device-2");
        network.cure.put(DEVICE, "reload");
        network.deaf.add(DEVICE);
        await().until(() -> healings(DEVICE).equals(List.of("reload deaf")));
        until(DEVICE, DeviceState.CONNECTED);

        assertThat(count("open " + DEVICE)).isEqualTo(1);
        assertThat(count("open device-2")).isEqualTo(1);
        assertThat(healings("device-2")).isEmpty();
        assertThat(given("reload", "deaf")).isEqualTo(1);
        assertThat(meters.timer("kurir.healing.duration", "cause", "deaf").count())
                .isEqualTo(1);
    }

    @Test
    void aFrozenPageIsReopenedBecauseItCouldNotReloadItself() throws Exception {
        node();
        linked(DEVICE);
        network.cure.put(DEVICE, "reopen");
        network.frozen.add(DEVICE);
        await().until(() -> healings(DEVICE).equals(List.of("reopen frozen")));
        until(DEVICE, DeviceState.CONNECTED);
        assertThat(count("reload " + DEVICE)).isZero();
        assertThat(count("open " + DEVICE)).isEqualTo(2);
    }

    @Test
    void theLastStepMovesAllDevicesToAFreshBrowserEachClosedCleanly() throws Exception {
        node();
        linked(DEVICE);
        linked("device-2");
        network.cure.put(DEVICE, "browser");
        network.frozen.add(DEVICE);
        await().atMost(Duration.ofSeconds(20)).until(() -> network.browsers.size() == 2);
        until(DEVICE, DeviceState.CONNECTED);
        until("device-2", DeviceState.CONNECTED);

        await().until(() -> !network.browsers.getFirst().running());
        assertThat(healings(DEVICE)).containsExactly("reopen frozen", "reopen frozen", "restart frozen");
        assertThat(healings("device-2")).isEmpty();
        assertThat(count("close device-2")).isEqualTo(1);
        assertThat(network.browsers.getLast().folder()).isEqualTo("1b");
    }

    @Test
    void whatNoStepHealsIsGivenUpAndToldAndOnlyARequestStartsItAgain() throws Exception {
        node();
        linked(DEVICE);
        network.unopenable.add(DEVICE);
        network.page(DEVICE).end();
        until(DEVICE, DeviceState.ERROR);

        assertThat(healings(DEVICE)).containsExactly("reopen crashed", "reopen opening", "restart opening");
        assertThat(given("give_up", "opening")).isEqualTo(1);
        assertThat(column("select data->>'state' from event where type = 'device-status' order by position"))
                .endsWith("error");
        long opened = count("open " + DEVICE);
        network.unopenable.clear();
        call(() -> devices.connect(ALL, DEVICE));
        until(DEVICE, DeviceState.CONNECTED);
        assertThat(count("open " + DEVICE)).isEqualTo(opened + 1);
    }

    @Test
    void aDeviceThatWasWellForAWhileStartsAtTheFirstStepAgain() throws Exception {
        node(Map.of("KURIR_HEALTH_HEALTHY_AFTER", "50ms"));
        linked(DEVICE);
        for (int i = 0; i < 5; i++) {
            int times = i + 1;
            network.page(DEVICE).end();
            await().until(() -> count("open " + DEVICE) == times + 1);
            until(DEVICE, DeviceState.CONNECTED);
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
        }
        assertThat(healings(DEVICE)).hasSize(5).containsOnly("reopen crashed");
    }

    @Test
    void aDeadBrowserTakesNobodyAlongForLong() throws Exception {
        node();
        linked(DEVICE);
        linked("device-2");
        network.browsers.getFirst().die();
        await().until(() -> network.browsers.size() == 2);
        until(DEVICE, DeviceState.CONNECTED);
        until("device-2", DeviceState.CONNECTED);
        assertThat(healings(DEVICE)).containsExactly("reopen browser");
        assertThat(healings("device-2")).containsExactly("reopen browser");
        assertThat(network.browsers).hasSize(2);
    }

    @Test
    void aPageThatDoesNotFindTheNetworkAgainIsReloaded() throws Exception {
        node();
        linked(DEVICE);
        network.page(DEVICE).tell(new PageEvent.SocketLost());
        await().until(() -> healings(DEVICE).equals(List.of("reload socket")));
        until(DEVICE, DeviceState.CONNECTED);
    }

    @Test
    void aPageThatComesBackByItselfIsLeftAlone() throws Exception {
        node(Map.of("KURIR_DEVICE_RECONNECT_DELAY", "1s"));
        linked(DEVICE);
        network.page(DEVICE).tell(new PageEvent.SocketLost());
        until(DEVICE, DeviceState.DISCONNECTED);
        network.page(DEVICE).link();
        until(DEVICE, DeviceState.CONNECTED);
        await().pollDelay(Duration.ofMillis(1_200)).until(() -> true);
        assertThat(healings(DEVICE)).isEmpty();
    }

    @Test
    void whatAPageTellsInTheEndIsWritten() throws Exception {
        node();
        linked(DEVICE);
        Jid group = new Jid("120363000000000001", Jid.GROUP);
        Person ann = new Person(Optional.of(Jid.ofPhone("6281234500001")), Optional.empty());
        network.parting.add(new PageEvent.GroupChanged(
                Optional.of("NOTE"), group, "add", List.of(ann), Optional.empty(), Optional.empty(), Instant.now()));
        network.parting.add(new PageEvent.Reacted(group, "A1", ann, false, "👍", Instant.now()));
        call(() -> devices.restart(ALL, DEVICE));
        await().until(() -> column("select type from event where type in ('group.changed', 'message.reaction')")
                        .size()
                == 2);
    }

    @Test
    void aRemoteLogoutKeepsTheRowAndWipesTheProfile() throws Exception {
        node();
        linked(DEVICE);
        network.page(DEVICE).tell(new PageEvent.LoggedOut("removed on the phone"));
        until(DEVICE, DeviceState.LOGGED_OUT);
        await().until(() -> network.wiped.contains(DEVICE));
        assertThatThrownBy(() -> call(() -> devices.start(ALL, DEVICE, Devices.StartPolicy.REFUSE_DISCONNECTED)))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> assertThat(refused.code()).isEqualTo(Problem.Code.DEVICE_DISCONNECTED));
        assertThat(call(() -> devices.connect(ALL, DEVICE)).state()).isEqualTo(DeviceState.QR_REQUIRED);
    }

    @Test
    void aRemoteLogoutPurgesWhereTheSettingsSaySoAndTellsFirst() throws Exception {
        node(Map.of("KURIR_DEVICE_ON_LOGOUT", "purge"));
        linked(DEVICE);
        network.page(DEVICE).tell(new PageEvent.LoggedOut("removed on the phone"));
        await().until(() -> column("select device_id from device").isEmpty());
        assertThat(network.wiped).contains(DEVICE);
        assertThat(column("select data->>'state' from event where type = 'device-status' order by position"))
                .endsWith("logged_out");
    }

    @Test
    void cancellingStopsAnOpeningAndEveryTimer() throws Exception {
        node();
        create(DEVICE);
        network.slow.put(DEVICE, Promise.promise());
        CompletableFuture<Object> connecting = CompletableFuture.supplyAsync(() -> {
            try {
                return call(() -> devices.connect(ALL, DEVICE));
            } catch (Exception ended) {
                return ended;
            }
        });
        until(DEVICE, DeviceState.CONNECTING);
        assertThat(call(() -> devices.wipe(ALL, DEVICE)).state()).isEqualTo(DeviceState.CANCELLED);
        assertThat(network.done).contains("abandon " + DEVICE);
        connecting.get(10, TimeUnit.SECONDS);
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(state(DEVICE)).isEqualTo(DeviceState.CANCELLED);
        assertThat(count("open " + DEVICE)).isEqualTo(1);
    }

    @Test
    void aPageThatLoadsForLongKeepsItsDeadline() throws Exception {
        node();
        create(DEVICE);
        Promise<Void> loads = Promise.promise();
        network.slow.put(DEVICE, loads);
        network.linked.add(DEVICE);
        CompletableFuture<Object> connecting = CompletableFuture.supplyAsync(() -> {
            try {
                return call(() -> devices.connect(ALL, DEVICE));
            } catch (Exception ended) {
                return ended;
            }
        });
        await().until(() -> count("extend " + DEVICE) > 2);
        loads.complete();
        until(DEVICE, DeviceState.CONNECTED);
        connecting.get(10, TimeUnit.SECONDS);
        assertThat(healings(DEVICE)).isEmpty();
    }

    @Test
    void aDeviceNeverStaysInConnecting() throws Exception {
        node(Map.of("KURIR_WHATSAPP_BROWSER_OPEN_TIMEOUT", "1s"));
        linked(DEVICE);
        network.deaf.add(DEVICE); // opens, and then nothing comes of it
        FakeWhatsApp.FakePage page = network.page(DEVICE);
        page.tell(new PageEvent.SocketLost());
        await().atMost(Duration.ofSeconds(40)).until(() -> !healings(DEVICE).isEmpty());
        network.deaf.clear();
        await().atMost(Duration.ofSeconds(40)).until(() -> state(DEVICE) == DeviceState.CONNECTED);
    }

    @Test
    void anIdleBrowserIsClosedAndTheNextDeviceGetsAnotherOne() throws Exception {
        node(Map.of("KURIR_WHATSAPP_BROWSER_IDLE_AFTER", "50ms"));
        linked(DEVICE);
        call(() -> devices.disconnect(ALL, DEVICE));
        await().until(() -> !network.browsers.getFirst().running());
        linked("device-2");
        assertThat(network.browsers).hasSize(2);
    }

    @Test
    void aBrowserIsRecycledOneDeviceAfterTheOther() throws Exception {
        node();
        linked(DEVICE);
        linked("device-2");
        network.done.clear();
        get(bus.ask(SessionApi.RECYCLE, new SessionApi.Recycle(), Duration.ofSeconds(30)));
        until(DEVICE, DeviceState.CONNECTED);
        until("device-2", DeviceState.CONNECTED);
        assertThat(network.done.stream().filter(what -> !what.startsWith("probe") && !what.startsWith("extend")))
                .hasSize(6)
                .startsWith("close " + (network.done.contains("close " + DEVICE) ? closedFirst() : ""))
                .endsWith("close browser 1");
        assertThat(healings(DEVICE)).isEmpty();
        assertThat(network.browsers.getFirst().running()).isFalse();
    }

    @Test
    void aDeviceThatFallsDuringAMoveDoesNotWaitForTheOthers() throws Exception {
        node();
        linked(DEVICE);
        linked("device-2");
        Promise<Void> loaded = Promise.promise();
        network.slow.put("device-2", loaded);
        Future<?> moved = bus.ask(SessionApi.RECYCLE, new SessionApi.Recycle(), Duration.ofSeconds(60));
        await().until(() -> network.done.contains("close device-2"));
        for (int i = 1; i <= 3; i++) {
            int times = i;
            network.page(DEVICE).end();
            await().until(() -> healings(DEVICE).size() == times);
            until(DEVICE, DeviceState.CONNECTED);
        }
        assertThat(healings(DEVICE)).containsExactly("reopen crashed", "reopen crashed", "restart crashed");
        assertThat(moved.isComplete()).isFalse();
        loaded.complete();
        get(moved);
        until("device-2", DeviceState.CONNECTED);
        assertThat(network.browsers).hasSize(2);
    }

    private String closedFirst() {
        return network.done.stream()
                .filter(what -> what.startsWith("close device"))
                .findFirst()
                .orElseThrow()
                .substring(6);
    }

    @Test
    void whatWasRunningIsRestoredWithoutAQrCodeAndNamedDevicesAreOpened() throws Exception {
        node();
        linked(DEVICE);
        create("named-1");
        create("other-1");
        get(vertx.undeploy(deployment));
        node(Map.of("WA_CLIENT_IDS", "named-1,not-there"));
        until(DEVICE, DeviceState.CONNECTED);
        until("named-1", DeviceState.QR_REQUIRED);
        assertThat(state("other-1")).isEqualTo(DeviceState.CREATED);
    }

    @Test
    void accountsThatTheSettingsNameAreMadeAndWhatLostItsLinkShowsNoQrCode() throws Exception {
        get(pool.query("insert into app_user (email, username, password_hash, role)"
                        + " values ('a@example.com', 'a', 'none', 'admin')")
                .execute());
        create("ended-1");
        get(pool.query("update device set state = 'disconnected', phone = '6281100000001'")
                .execute());
        node(Map.of("WA_CLIENT_IDS", "ended-1,toko.1,mywa1"));
        await().until(() -> column("select state from device where external_id in ('mywa1', 'toko.1')")
                .equals(List.of("qr_required", "qr_required")));
        assertThat(column("select external_id from device where dialect = 'accounts' order by 1"))
                .containsExactly("mywa1", "toko.1");
        assertThat(state("ended-1")).isEqualTo(DeviceState.DISCONNECTED);
    }

    @Test
    void aDeviceThatWouldNotFitIsRefusedInWords() throws Exception {
        node(Map.of("KURIR_WHATSAPP_MEMORY_BUDGET", "450m", "KURIR_WHATSAPP_BROWSER_DEVICES_PER_BROWSER", "50"));
        linked(DEVICE);
        create("device-2");
        for (int i = 3; i < 9; i++) {
            linked("device-" + i);
        }
        assertThatThrownBy(() -> call(() -> devices.connect(ALL, "device-2")))
                .isInstanceOfSatisfying(Problem.class, refused -> {
                    assertThat(refused.code()).isEqualTo(Problem.Code.NODE_FULL);
                    assertThat(refused.message()).contains("450 MB").contains("memory-budget");
                });
        assertThat(state("device-2")).isEqualTo(DeviceState.CREATED);
    }
}
