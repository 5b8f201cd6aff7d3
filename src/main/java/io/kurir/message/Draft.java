package io.kurir.message;

import io.kurir.http.Problem;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import java.util.List;
import java.util.Optional;

/**
 * A message that was read and keeps the limits, and has no id yet.
 *
 * @param content finished: mentions are written into it
 * @param media the hash of its file, which the media store has
 * @param quoted the stanza id of the message that this one answers
 */
public record Draft(
        Jid chat,
        Content content,
        Optional<String> media,
        Optional<String> quoted,
        List<Jid> mentions,
        boolean typing) {

    /** With other words; throws {@code INVALID_PAYLOAD} that names {@code field} when they break a limit. */
    public Draft saying(String field, String words) {
        Content other = switch (content) {
            case Content.Text _ -> Drafts.finished("", new Content.Text(words), mentions);
            case Content.Media media ->
                new Content.Media(
                        media.kind(),
                        media.mimetype(),
                        media.fileName(),
                        media.size(),
                        Drafts.words(field, Mentions.write(field, words, mentions), Drafts.LONGEST_CAPTION));
            case Content.Location _, Content.Contacts _, Content.Poll _, Content.Other _ ->
                throw Problem.invalid(field, "is not for a message of this kind");
        };
        return new Draft(chat, other, media, quoted, mentions, typing);
    }
}
