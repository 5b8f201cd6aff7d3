package io.kurir.db;

import java.util.List;
import java.util.Map;

/**
 * What a {@link Dump} has beside the rows.
 *
 * @param version of the schema, as Flyway counts
 * @param tables in an order in which each comes after those that it refers to
 * @param sequences the last value that each has given
 * @param partitions of partitioned tables
 * @param position the highest of any event, also of those that are no longer kept
 */
public record Dumped(
        String version, List<Table> tables, Map<String, Long> sequences, List<Partition> partitions, long position) {

    /** Without columns that the database computes. */
    public record Table(String name, List<String> columns) {}

    /** {@code bounds}: as in {@code create table … partition of table …}. */
    public record Partition(String name, String table, String bounds) {}
}
