package io.kurir.http;

import io.kurir.access.AccountOperations;
import io.kurir.access.TokenOperations;
import io.kurir.access.UserOperations;
import io.kurir.agent.AgentOperations;
import io.kurir.agent.ChatbotOperations;
import io.kurir.audit.AuditOperations;
import io.kurir.batch.JobOperations;
import io.kurir.chat.ChatOperations;
import io.kurir.config.ConfigOperations;
import io.kurir.contact.ContactOperations;
import io.kurir.dialect.SharedSessions;
import io.kurir.dialect.accounts.AccountsOperations;
import io.kurir.erasure.ErasureOperations;
import io.kurir.event.EventOperations;
import io.kurir.group.GroupOperations;
import io.kurir.message.MediaOperations;
import io.kurir.message.MessageOperations;
import io.kurir.reporting.AdminOperations;
import io.kurir.reporting.AllowedNumberOperations;
import io.kurir.reporting.ReportOperations;
import io.kurir.reporting.SingleDeviceOperations;
import io.kurir.schedule.ScheduleOperations;
import io.kurir.session.ClusterOperations;
import io.kurir.session.DeviceOperations;
import io.kurir.statistics.StatisticsOperations;
import io.kurir.suppression.SuppressionOperations;
import io.kurir.webhook.WebhookOperations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The table of contents: every operation of the contract, in its order, with the method that answers it. */
final class Operations {
    private Operations() {}

    static Map<String, Operation> table(
            AccountOperations accounts,
            UserOperations users,
            TokenOperations tokens,
            DeviceOperations devices,
            MessageOperations messages,
            MediaOperations media,
            JobOperations jobs,
            SuppressionOperations suppressions,
            ScheduleOperations schedules,
            ContactOperations contacts,
            ChatOperations chats,
            GroupOperations groups,
            ClusterOperations cluster,
            ConfigOperations config,
            Operation stream,
            EventOperations events,
            WebhookOperations webhooks,
            AgentOperations agents,
            ChatbotOperations chatbots,
            AuditOperations audit,
            ErasureOperations erasure,
            AccountsOperations accountsDialect,
            SharedSessions sessions,
            StatisticsOperations statistics,
            ReportOperations reports,
            AllowedNumberOperations allowed,
            SingleDeviceOperations single,
            AdminOperations admin,
            Health health,
            Metrics metrics,
            Docs docs) {
        Map<String, Operation> table = new LinkedHashMap<>();
        table.put("register", accounts::register);
        table.put("login", accounts::login);
        table.put("refreshToken", accounts::refreshToken);
        table.put("logout", accounts::logout);
        table.put("getProfile", accounts::getProfile);
        table.put("updateProfile", accounts::updateProfile);
        table.put("listApiKeys", accounts::listApiKeys);
        table.put("createApiKey", accounts::createApiKey);
        table.put("deleteApiKey", accounts::deleteApiKey);
        table.put("createDevice", devices::create);
        table.put("listDevices", devices::list);
        table.put("listConnectedDevices", devices::listConnected);
        table.put("listConnectedDevicesDetail", devices::listConnected);
        table.put("getDevice", devices::get);
        table.put("updateDevice", devices::update);
        table.put("deleteDevice", erasure::device);
        table.put("getDeviceStatus", devices::status);
        table.put("connectDevice", devices::connect);
        table.put("disconnectDevice", devices::disconnect);
        table.put("restartDevice", devices::restart);
        table.put("wipeDevice", devices::wipe);
        table.put("deleteSession", devices::wipe);
        table.put("getQr", devices::qr);
        table.put("getQrImage", devices::qrImage);
        table.put("getQrBase64", devices::qrBase64);
        table.put("createPairingCode", devices::pairingCode);
        table.put("issueDeviceToken", tokens::issue);
        table.put("revokeDeviceToken", tokens::revoke);
        table.put("sendMessage", messages::send);
        table.put("sendMedia", media::send);
        table.put("sendLocation", messages::sendLocation);
        table.put("sendContact", messages::sendContact);
        table.put("sendPoll", messages::sendPoll);
        table.put("sendReaction", messages::react);
        table.put("startTextJob", jobs::startText);
        table.put("startMediaJob", jobs::startMedia);
        table.put("startGroupMediaJob", jobs::startGroupMedia);
        table.put("listJobs", jobs::list);
        table.put("getJob", jobs::get);
        table.put("listJobItems", jobs::items);
        table.put("cancelJob", jobs::cancel);
        table.put("pauseJob", jobs::pause);
        table.put("resumeJob", jobs::resume);
        table.put("listSuppressions", suppressions::list);
        table.put("addSuppression", suppressions::add);
        table.put("removeSuppression", suppressions::remove);
        table.put("listChatbots", chatbots::list);
        table.put("createChatbot", chatbots::create);
        table.put("setChatbotStatus", chatbots::status);
        table.put("deleteChatbot", chatbots::delete);
        table.put("setChatbotEndpoint", chatbots::endpoint);
        table.put("scheduleMessage", schedules::create);
        table.put("listSchedules", schedules::list);
        table.put("getSchedule", schedules::get);
        table.put("updateSchedule", schedules::update);
        table.put("cancelSchedule", schedules::cancel);
        table.put("openMedia", media::open);
        table.put("getMessageMedia", media::link);
        table.put("getMessage", messages::get);
        table.put("editMessage", messages::edit);
        table.put("deleteMessage", messages::revoke);
        table.put("listContacts", contacts::list);
        table.put("checkNumbers", contacts::checkNumbers);
        table.put("getAgent", agents::get);
        table.put("setAgent", agents::put);
        table.put("deleteAgent", agents::delete);
        table.put("tryAgent", agents::attempt);
        table.put("eraseContact", erasure::contact);
        table.put("listChats", chats::list);
        table.put("getChatHistory", chats::history);
        table.put("getGroupChatHistory", chats::groupHistory);
        table.put("getDailyChatList", chats::day);
        table.put("getStatistics", statistics::range);
        table.put("getDailyStatistics", statistics::daily);
        table.put("listGroups", groups::list);
        table.put("createGroup", groups::create);
        table.put("getGroup", groups::info);
        table.put("addGroupParticipants", groups::invite);
        table.put("removeGroupParticipant", groups::remove);
        table.put("promoteGroupAdmins", groups::promote);
        table.put("demoteGroupAdmin", groups::demote);
        table.put("getGroupInviteLink", groups::inviteLink);
        table.put("leaveGroup", groups::leave);
        table.put("sendGroupMessage", groups::send);
        table.put("sendGroupMention", groups::mention);
        table.put("sendGroupMedia", groups::sendMedia);
        table.put("streamEvents", stream);
        table.put("createEventTicket", tokens::ticket);
        table.put("listEvents", events::list);
        table.put("listWebhooks", webhooks::list);
        table.put("createWebhook", webhooks::create);
        table.put("getWebhook", webhooks::get);
        table.put("updateWebhook", webhooks::update);
        table.put("deleteWebhook", webhooks::delete);
        table.put("testWebhook", webhooks::test);
        table.put("rotateWebhookSecret", webhooks::rotateSecret);
        table.put("listWebhookDeliveries", webhooks::deliveries);
        table.put("replayWebhook", webhooks::replay);
        table.put("listAllDevices", devices::listAll);
        table.put("listAllMessages", admin::messages);
        table.put("listAllGroups", admin::groups);
        table.put("listAllContacts", admin::contacts);
        table.put("listAllJobs", jobs::list);
        table.put("getAnyJob", jobs::get);
        table.put("cancelAnyJob", jobs::cancel);
        table.put("getOverview", admin::stats);
        table.put("listAudit", audit::list);
        table.put("listUsers", users::list);
        table.put("createUser", users::create);
        table.put("getUser", users::get);
        table.put("updateUser", users::update);
        table.put("deleteUser", users::delete);
        table.put("getCluster", cluster::get);
        table.put("moveDevice", cluster::move);
        table.put("listConfig", config::list);
        table.put("setConfig", config::put);
        table.put("resetConfig", config::reset);
        table.put("getReportedSession", reports::session);
        table.put("listReportedSessions", reports::sessionsOfUser);
        table.put("setSessionRemark", reports::remark);
        table.put("getMessageStats", reports::stats);
        table.put("listMessageDetails", reports::details);
        table.put("listGroupLinks", reports::groupLinks);
        table.put("listMessagesByNumber", reports::byNumber);
        table.put("listFilteredHistory", reports::filtered);
        table.put("getConversation", reports::conversation);
        table.put("listMessagesOfNumber", reports::ofNumber);
        table.put("mapMessagesOfNumber", reports::mapping);
        table.put("listContactsOfNumber", reports::contacts);
        table.put("listAllowedNumbers", allowed::list);
        table.put("addAllowedNumber", allowed::add);
        table.put("setAllowedNumberStatus", allowed::change);
        table.put("removeAllowedNumber", allowed::remove);
        table.put("getSingleStatus", single::status);
        table.put("connectSingle", single::connect);
        table.put("regenerateSingleQr", single::regenerateQr);
        table.put("disconnectSingle", single::disconnect);
        table.put("sendSingleMessage", single::sendMessage);
        table.put("listSingleMessages", single::messages);
        table.put("listSingleContacts", single::contacts);
        table.put("getHealth", health::getHealth);
        table.put("getApiHealth", health::getApiHealth);
        table.put("getLiveness", health::getLiveness);
        table.put("getReadiness", health::getReadiness);
        table.put("listAccounts", accountsDialect::list);
        table.put("startAccount", accountsDialect::start);
        table.put("reconnectAccount", accountsDialect::reconnect);
        table.put("getAccountQr", accountsDialect::qr);
        table.put("deleteAccount", accountsDialect::delete);
        table.put("queueMessage", accountsDialect::send);
        table.put("getQueuedMessage", accountsDialect::job);
        table.put("startBroadcast", accountsDialect::broadcast);
        table.put("getBroadcast", accountsDialect::getBroadcast);
        table.put("setConfigValue", accountsDialect::setConfig);
        table.put("getConfigValue", accountsDialect::getConfig);
        table.put("createSession", sessions::create);
        table.put("endSession", sessions::delete);
        table.put("reconnectSession", sessions::reconnect);
        table.put("getMetrics", _ -> Answer.raw("text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
        table.put("getContract", docs::getContract);
        table.put("getEventContract", docs::getEventContract);
        table.put("getDocs", docs::getDocs);
        table.put("getDocsAsset", docs::getDocsAsset);
        return table;
    }

    /** Throws IllegalStateException that names what only one of the two has. */
    static void mustMatch(Contract contract, Map<String, Operation> table) {
        TreeSet<String> unbound = new TreeSet<>(contract.entries().keySet());
        unbound.removeAll(table.keySet());
        TreeSet<String> unlisted = new TreeSet<>(table.keySet());
        unlisted.removeAll(contract.entries().keySet());
        if (!unbound.isEmpty() || !unlisted.isEmpty()) {
            throw new IllegalStateException("openapi.yaml and the table of operations disagree: without a method "
                    + unbound + ", not in the contract " + unlisted);
        }
    }
}
