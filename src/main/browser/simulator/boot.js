// @ts-check
/**
 * The simulated WhatsApp Web. Importing a file defines its modules in the registry; the order of the imports is the order in
 * which client libraries find them, and the first that fits wins.
 */
import './emitter.js';
import './wid.js';
import './msgkey.js';
import './model.js';
import './collection.js';
import './account.js';
import './contacts.js';
import './presence.js';
import './messages.js';
import './chats.js';
import './connection.js';
import './login.js';
import './sending.js';
import './receiving.js';
import './groups/model.js';
import './groups/state.js';
import './groups/actions.js';
import './older.js';
import './media/bytes.js';
import './media/opaque.js';
import './media/model.js';
import './media/cache.js';
import './media/transfer.js';
import './media/prepare.js';
import './media/sending.js';
import './addons/changes.js';
import './addons/reactions.js';
import './addons/polls.js';
import './cards.js';
import './stubs/collections.js';
import './stubs/functions.js';
import './wwebjs.js';
import { publish } from './registry.js';
import { show } from './screen.js';
import { start } from './session.js';
import { VERSION } from './version.js';

publish(VERSION);
show();
await start();
