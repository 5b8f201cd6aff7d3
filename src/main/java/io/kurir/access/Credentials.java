package io.kurir.access;

import java.util.Optional;

/** What a caller showed to prove who it is; secrets are not printed, so that no log ever has one. */
public sealed interface Credentials {

    /** An access token from a login; or the token of a device that looks like one, as keys of agents that another service has signed do. */
    record AccessToken(String token, Optional<String> about) implements Credentials {
        @Override
        public String toString() {
            return "AccessToken[…]";
        }
    }

    /** An API key. */
    record Key(String key) implements Credentials {
        @Override
        public String toString() {
            return "Key[…]";
        }
    }

    /**
     * The token of a device.
     *
     * @param about the device that the request is about, which decides where several have the same token; empty where it names none
     */
    record DeviceToken(String token, Optional<String> about) implements Credentials {
        @Override
        public String toString() {
            return "DeviceToken[…]";
        }
    }

    /** An API key or the token of a device, where a URL does not say which. */
    record KeyOrDeviceToken(String text, Optional<String> about) implements Credentials {
        @Override
        public String toString() {
            return "KeyOrDeviceToken[…]";
        }
    }

    /** What a caller has shown before, by its number or name: good for as long as that is. {@code device}: of a device token. */
    record Earlier(Optional<Long> loginId, Optional<Long> keyId, Optional<String> device, String name)
            implements Credentials {
        static Earlier of(Caller caller) {
            return new Earlier(caller.loginId(), caller.keyId(), caller.onlyDevice(), caller.name());
        }
    }

    /** What {@code Authorization: Bearer} carries: an access token where it looks like one, else the token of a device. */
    static Credentials bearer(String text, Optional<String> about) {
        return looksSigned(text) ? new AccessToken(text, about) : new DeviceToken(text, about);
    }

    /** What the query {@code token} carries. */
    static Credentials inUrl(String text, Optional<String> about) {
        return looksSigned(text) ? new AccessToken(text, about) : new KeyOrDeviceToken(text, about);
    }

    /** A JWT is three parts, of which the first is JSON in Base64: <code>{"</code> is {@code eyJ}. */
    private static boolean looksSigned(String text) {
        return text.startsWith("eyJ")
                && text.chars().filter(character -> character == '.').count() == 2;
    }
}
