package io.kurir.simulator;

/** What the simulator refuses to do, with the HTTP status that says why; pages get the same status in their answer. */
final class Refusal extends RuntimeException {
    private final int status;

    Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
