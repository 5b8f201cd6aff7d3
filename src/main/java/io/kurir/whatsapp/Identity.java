package io.kurir.whatsapp;

import java.util.Optional;

/** Whom a linked page belongs to. */
public record Identity(Jid phone, Optional<Jid> lid, String name) {}
