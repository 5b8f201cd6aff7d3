package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where the pieces of snapshots lie, each by its device and name. It sees sealed bytes only, never overwrites, and need not know what belongs
 * together. Names are 32 bytes, pieces at most 1 MiB and a few bytes.
 */
public interface SnapshotStorage {

    /** Those that are not there; the others are not forgotten as unused for an hour at least. */
    Future<List<Buffer>> missing(String deviceId, Collection<Buffer> names);

    /** One that is there already stays as it is. */
    Future<Void> put(String deviceId, Buffer name, Buffer bytes);

    Future<Optional<Buffer>> get(String deviceId, Buffer name);

    Future<Void> delete(String deviceId, Collection<Buffer> names);

    /** Deletes what is not among {@code names} and was put, or asked for as {@link #missing}, longer ago than {@code unused}. */
    Future<Void> retain(String deviceId, Collection<Buffer> names, Duration unused);
}
