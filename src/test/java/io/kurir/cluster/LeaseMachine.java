package io.kurir.cluster;

/** A machine's clocks in the model: they run a little too fast or too slow, the wall clock jumps, and suspension stops the monotonic one. */
final class LeaseMachine {
    private final LeaseWorld world;
    /** Of its seconds to the true second. */
    private final double rate;

    private long slept;
    private long asleepUntil;
    private long wallOffset;

    LeaseMachine(LeaseWorld world, double rate) {
        this.world = world;
        this.rate = rate;
    }

    /** While it is suspended nobody there reads it. */
    long nanos() {
        return (long) ((world.now() - slept) * rate);
    }

    long millis() {
        return Math.floorDiv((long) (world.now() * rate) + wallOffset, 1_000_000);
    }

    /** The true time that so much by its own clocks takes. */
    long trueNanos(long own) {
        return (long) (own / rate);
    }

    boolean asleep() {
        return world.now() < asleepUntil;
    }

    long asleepUntil() {
        return asleepUntil;
    }

    void suspend(long nanos) {
        if (!asleep()) {
            asleepUntil = world.now() + nanos;
            slept += nanos;
        }
    }

    void setWall(long byNanos) {
        wallOffset += byNanos;
    }
}
