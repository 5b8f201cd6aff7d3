package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.Accounts;
import io.kurir.access.Authenticator;
import io.kurir.audit.Audit;
import io.kurir.batch.Batches;
import io.kurir.batch.Bulk;
import io.kurir.chat.Chats;
import io.kurir.chat.History;
import io.kurir.cluster.Nodes;
import io.kurir.config.StoredConfig;
import io.kurir.contact.AddressBook;
import io.kurir.erasure.Erasure;
import io.kurir.event.EventFeed;
import io.kurir.group.Groups;
import io.kurir.media.Intake;
import io.kurir.media.Media;
import io.kurir.media.MediaLinks;
import io.kurir.message.MessageChanges;
import io.kurir.message.Messages;
import io.kurir.schedule.Schedules;
import io.kurir.session.Devices;
import io.kurir.suppression.Suppressions;
import io.kurir.webhook.Webhooks;

/** What the HTTP side stands on. One set serves all instances of {@link HttpVerticle}; each part is safe for several threads. */
public record HttpServices(
        Settings.Http http,
        Settings.Access access,
        Contract contract,
        LargeBodies largeBodies,
        Authenticator authenticator,
        Accounts accounts,
        Devices devices,
        Messages messages,
        MessageChanges messageChanges,
        Bulk bulk,
        Batches batches,
        Suppressions suppressions,
        Media media,
        Schedules schedules,
        Intake intake,
        MediaLinks mediaLinks,
        AddressBook addressBook,
        Chats chats,
        History history,
        Groups groups,
        Nodes nodes,
        StoredConfig config,
        EventFeed events,
        Idempotency idempotency,
        Webhooks webhooks,
        Audit audit,
        Erasure erasure,
        Health health,
        Metrics metrics) {}
