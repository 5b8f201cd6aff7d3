package io.kurir.simulator;

import java.util.List;

/** Where messages go: to one account or to a group. */
sealed interface Chat {

    /** By number, or the group's id: what stands for the chat on the phone of somebody who writes there. */
    String id();

    /** What stands for the chat on this phone, when the message is from {@code author}. */
    String idAt(Account phone, Account author);

    /** Who gets a message of this author. */
    List<Account> recipients(Account author);

    record Direct(Account peer) implements Chat {
        @Override
        public String id() {
            return peer.pn;
        }

        @Override
        public String idAt(Account phone, Account author) {
            return phone == author ? peer.pn : author.pn;
        }

        @Override
        public List<Account> recipients(Account author) {
            return author == peer || !Account.exists(peer.pn) ? List.of() : List.of(peer);
        }
    }

    record Many(Group group) implements Chat {
        @Override
        public String id() {
            return group.id;
        }

        @Override
        public String idAt(Account phone, Account author) {
            return group.id;
        }

        @Override
        public List<Account> recipients(Account author) {
            return group.members.keySet().stream().filter(one -> one != author).toList();
        }
    }
}
