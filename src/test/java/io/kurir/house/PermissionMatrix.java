package io.kurir.house;

import java.util.Arrays;
import java.util.List;

/**
 * 003's permission matrix, row by row, each feature with the requests that the tables of endpoints list for it: what the admin gets, the user of
 * an own device, and the user of somebody else's (0 where the request names none). {@code {D}} is the device, {@code {Q}} one that shows its QR
 * code, {@code {J}} a job of it, {@code {G}} a group, {@code {U}} the user, {@code {T}} a third one; bodies are JSON.
 */
record PermissionMatrix(String feature, String method, String path, String body, int admin, int own, int other) {
    private static final String LATER = "\"scheduleTime\":\"2099-01-01 12:00:00\",\"timezone\":\"Asia/Jakarta\"";
    private static final String PICTURE =
            "\"mediaType\":\"image\",\"base64\":\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\"";

    private static final String TABLE = """
            Create Device            | POST /devices | {"deviceName":"Baru"} | 201 403 0
            Connect Device           | POST {D}/connect | | 200 200 403
            Disconnect Device        | DELETE {D}/disconnect | | 200 200 403
            Delete Device            | DELETE {D} | | 200 403 403
            Delete Device            | POST {D}/cancel-and-wipe | | 200 403 403
            Delete Device            | DELETE {D}/session | | 200 403 403
            View QR Code             | GET {Q}/qr | | 200 200 403
            View QR Code             | GET {Q}/qr-image | | 200 200 403
            View QR Code             | GET {Q}/qr-base64 | | 200 200 403
            View QR Code             | POST {Q}/pairing-code | {"phone":"6281230000001"} | 200 403 403
            List Devices             | GET /devices | | 200 200 0
            List Devices             | GET /devices/connected | | 200 200 0
            List Devices             | GET /devices/connected/detail | | 200 200 0
            List Devices             | GET {D} | | 200 200 403
            List Devices             | GET {D}/status | | 200 200 403
            Send Message             | POST {D}/send-message | {"phone":"6281230000001","message":"Halo"} | 200 200 403
            Send Message             | POST {D}/send-media | {"to":"6281230000001",PICTURE} | 200 200 403
            Schedule Message         | POST {D}/schedule-message | {"to":"6281230000001","message":"Halo",LATER} | 201 201 403
            Bulk Messaging           | POST {D}/jobs/send-text | {"messages":[{"to":"6281230000001","message":"Halo"}],LATER} | 202 403 403
            Bulk Messaging           | POST {D}/jobs/send-media | {"items":[{"to":"6281230000001",PICTURE}],LATER} | 202 403 403
            Bulk Messaging           | GET /jobs/{J} | | 200 200 404
            Bulk Messaging           | POST /jobs/{J}/cancel | | 200 200 404
            Group Management         | GET {D}/groups | | 200 403 403
            Group Management         | POST {D}/groups | {"subject":"Grup","participants":["6281230000001"]} | 201 403 403
            Group Management         | GET {D}/groups/{G}/info | | 200 403 403
            Group Management         | POST {D}/send-group-message | {"groupId":"{G}","message":"Halo"} | 200 403 403
            Group Management         | POST {D}/groups/{G}/mention-message | {"message":"Halo {m1}","mentions":["6281230000001"]} | 200 403 403
            Group Management         | POST {D}/groups/{G}/send-media | {PICTURE} | 200 403 403
            Group Management         | POST {D}/groups/{G}/jobs/send-media | {"items":[{PICTURE}],LATER} | 202 403 403
            Group Management         | POST {D}/groups/{G}/participants | {"participants":["6281230000001"]} | 200 403 403
            Group Management         | DELETE {D}/groups/{G}/participants/6281230000001 | | 200 403 403
            Group Management         | POST {D}/groups/{G}/admins | {"adminJid":"6281230000001"} | 200 403 403
            Group Management         | DELETE {D}/groups/{G}/admins/6281230000001 | | 200 403 403
            Chat History             | GET {D}/chat-history/6281230000001?source=store | | 200 200 403
            Chat History             | GET {D}/group-chat-history/{G}?source=store | | 200 200 403
            Chat History             | GET {D}/daily-chat-list?date=2026-01-15 | | 200 200 403
            Chat History             | GET {D}/contacts | | 200 200 403
            Statistics               | GET {D}/statistics?startDate=2026-01-15&endDate=2026-01-16 | | 200 403 403
            Statistics               | GET {D}/statistics/daily | | 200 403 403
            Statistics               | GET /api/admin/stats | | 200 403 0
            User Management          | GET /api/admin/users | | 200 403 0
            User Management          | POST /api/admin/users | {"username":"third","email":"third@example.com","password":"securepassword123"} | 201 403 0
            User Management          | GET /api/admin/users/{U} | | 200 403 0
            User Management          | PUT /api/admin/users/{U} | {"fullName":"John"} | 200 403 0
            User Management          | DELETE /api/admin/users/{T} | | 200 403 0
            Device Management (All)  | GET /api/admin/devices | | 200 403 0
            Device Management (All)  | GET /api/admin/groups | | 200 403 0
            Device Management (All)  | GET /api/admin/contacts | | 200 403 0
            Message Management (All) | GET /api/admin/messages | | 200 403 0
            Message Management (All) | GET /api/admin/jobs | | 200 403 0
            Message Management (All) | GET /api/admin/jobs/{J} | | 200 403 403
            Message Management (All) | POST /api/admin/jobs/{J}/cancel | | 200 403 403
            """;

    static List<PermissionMatrix> rows() {
        return TABLE.lines().map(PermissionMatrix::row).toList();
    }

    private static PermissionMatrix row(String line) {
        String[] cells = line.split("\\|", 4);
        String[] request = cells[1].strip().split(" ", 2);
        int[] statuses = Arrays.stream(cells[3].strip().split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        return new PermissionMatrix(
                cells[0].strip(),
                request[0],
                request[1].startsWith("/api/")
                        ? request[1]
                        : "/api/whatsapp-multi-device" + request[1].replaceFirst("^\\{", "/devices/{"),
                cells[2].strip().replace("LATER", LATER).replace("PICTURE", PICTURE),
                statuses[0],
                statuses[1],
                statuses[2]);
    }

    @Override
    public String toString() {
        return feature + ": " + method + " " + path;
    }
}
