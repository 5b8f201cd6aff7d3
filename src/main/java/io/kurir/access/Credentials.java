package io.kurir.access;

/** What a caller showed to prove who it is; not printed, so that no log ever has it. */
public sealed interface Credentials {

    /** An access token from a login. */
    record AccessToken(String token) implements Credentials {
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
}
