/** The unmodified whatsapp-web.js against the simulated WhatsApp Web: a second client that agrees on how the page behaves. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import whatsapp from 'whatsapp-web.js';
import { front } from './front.mjs';
import { browserArguments, check, executablePath, get, onPhone, post, simulator, until } from './harness.mjs';

const { Client, LocalAuth, MessageMedia } = whatsapp;
const [ME, PHONE, OTHER, NOBODY] = ['5511900000001', '5511900000003', '5511900000004', '5511900000000'];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';
const EVENTS = [
  'qr', 'authenticated', 'ready', 'message', 'message_create', 'message_ack', 'message_edit', 'message_reaction',
  'message_revoke_everyone', 'group_join', 'group_update', 'disconnected',
];
const dataPath = mkdtempSync(join(tmpdir(), 'kurir-wwebjs-'));
const door = await front(simulator);
let seen = [];

function start() {
  seen = [];
  const client = new Client({
    authStrategy: new LocalAuth({ dataPath }),
    webVersionCache: { type: 'none' },
    puppeteer: {
      executablePath,
      acceptInsecureCerts: true,
      args: [
        ...browserArguments.filter((one) => !one.startsWith('--host-resolver-rules')),
        `--host-resolver-rules=MAP web.whatsapp.com 127.0.0.1:${door.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
      ],
    },
  });
  for (const name of EVENTS) client.on(name, (...given) => seen.push({ name, given }));
  client.initialize().catch((error) => console.log(`initialize: ${error}`));
  return client;
}
const event = (name, holds = () => true) =>
  until(name, () => seen.find((one) => one.name === name && holds(...one.given))?.given);
const chat = (phone) => `${phone}@c.us`;

await post('reset');
await post('phones', { phone: ME, name: 'Alice' });
await post('phones', { phone: PHONE, name: 'Victor' });
let client = start();
try {
  const [qr] = await check('a QR', () => event('qr'));
  await post(`phones/${ME}/scan`, { qr });
  await check('linked', async () => void (await event('authenticated')));
  await check('ready', async () => void (await event('ready')));
  await check('who it is', async () => {
    assert.deepEqual([client.info.wid._serialized, client.info.pushname, await client.getState()], [chat(ME), 'Alice', 'CONNECTED']);
  });
  await check('it sends, and is told of receipts', async () => {
    const sent = await client.sendMessage(chat(PHONE), 'hello from the other client');
    assert.equal((await onPhone(PHONE, sent.id.id)).text, 'hello from the other client');
    // A receipt may be faster than the page's own write, which then raises nothing.
    for (const level of [2, 3]) await event('message_ack', (message, ack) => message.id.id === sent.id.id && ack === level);
    await event('message_create', (message) => message.id.id === sent.id.id);
  });
  await check('it receives', async () => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'hello back' });
    const [message] = await event('message', (one) => one.id.id === id);
    assert.deepEqual([message.body, message.from], ['hello back', chat(PHONE)]);
  });
  await check('it replies, and reads the quote', async () => {
    const [message] = await event('message', (one) => one.body === 'hello back');
    const reply = await message.reply('indeed');
    assert.equal((await onPhone(PHONE, reply.id.id)).quoted.id, message.id.id);
    assert.equal((await reply.getQuotedMessage()).body, 'hello back');
  });
  await check('it sends a file', async () => {
    const sent = await client.sendMessage(chat(PHONE), new MessageMedia('image/png', PNG, 'x.png'), { caption: 'look' });
    const there = await onPhone(PHONE, sent.id.id);
    assert.deepEqual([there.media.kind, there.media.caption], ['image', 'look']);
    assert.equal((await get(`phones/${PHONE}/media/${sent.id.id}`)).base64, PNG);
  });
  await check('it receives a file', async () => {
    const media = { kind: 'document', size: 70_000, fileName: 'r.bin' };
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media });
    const [message] = await event('message', (one) => one.id.id === id);
    const got = await message.downloadMedia();
    assert.deepEqual([got.filename, got.data], ['r.bin', (await get(`phones/${ME}/media/${id}`)).base64]);
  });
  await check('who is on WhatsApp', async () => {
    assert.deepEqual([await client.isRegisteredUser(chat(PHONE)), await client.isRegisteredUser(chat(NOBODY))], [true, false]);
  });
  await check('chats and contacts', async () => {
    const chats = await client.getChats();
    assert.deepEqual(chats.map(({ name }) => name), ['Victor']);
    assert.ok((await client.getContacts()).some(({ pushname }) => pushname === 'Victor'));
  });
  await check('the messages of a chat', async () => {
    const all = await (await client.getChatById(chat(PHONE))).fetchMessages({ limit: 10 });
    assert.equal(all.length, 5);
  });
  await check('it marks as read', async () => {
    await client.sendSeen(chat(PHONE));
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'read this' });
    await event('message', (one) => one.id.id === id);
    await client.sendSeen(chat(PHONE));
    await onPhone(PHONE, id, ({ status }) => status === 'read');
  });
  await check('reactions both ways', async () => {
    const [message] = await event('message', (one) => one.body === 'hello back');
    await message.react('👍');
    await onPhone(PHONE, message.id.id, (one) => one.reactions?.[0].emoji === '👍');
    const sent = await client.sendMessage(chat(PHONE), 'react');
    await onPhone(PHONE, sent.id.id);
    await post(`phones/${PHONE}/react`, { to: ME, id: sent.id.id, emoji: '🎉' });
    await event('message_reaction', (one) => one.reaction === '🎉' && one.msgId.id === sent.id.id);
  });
  await check('edits both ways', async () => {
    const sent = await client.sendMessage(chat(PHONE), 'helo');
    await sent.edit('hello');
    await onPhone(PHONE, sent.id.id, ({ text, edited }) => edited && text === 'hello');
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'wrold' });
    await event('message', (one) => one.id.id === id);
    await post(`phones/${PHONE}/edit`, { to: ME, id, text: 'world' });
    await event('message_edit', (one, body) => one.id.id === id && body === 'world');
  });
  await check('deletions both ways', async () => {
    const sent = await client.sendMessage(chat(PHONE), 'not this');
    await sent.delete(true);
    await onPhone(PHONE, sent.id.id, ({ revoked }) => revoked);
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'nor that' });
    await event('message', (one) => one.id.id === id);
    await post(`phones/${PHONE}/revoke`, { to: ME, id });
    await event('message_revoke_everyone', (one) => one.id.id === id || one.protocolMessageKey?.id === id);
  });
  const gid = await check('a group', async () => {
    const made = await client.createGroup('Crew', [chat(PHONE)]);
    assert.deepEqual((await get(`groups/${made.gid._serialized}`)).participants.map(({ phone }) => phone), [ME, PHONE]);
    return made.gid._serialized;
  });
  await check('a message to the group, and one from it', async () => {
    const sent = await client.sendMessage(gid, 'hello crew');
    assert.equal((await onPhone(PHONE, sent.id.id)).text, 'hello crew');
    const { id } = await post(`phones/${PHONE}/messages`, { to: gid, text: 'aye' });
    const [message] = await event('message', (one) => one.id.id === id);
    assert.deepEqual([message.from, message.author], [gid, (await get(`phones/${PHONE}`)).lid]);
  });
  await check('members of the group', async () => {
    const group = await client.getChatById(gid);
    assert.deepEqual([group.isGroup, group.name, group.participants.length], [true, 'Crew', 2]);
    await group.addParticipants([chat(OTHER)]);
    // the network's notice follows its answer, and whatsapp-web.js leaves out whom the page does not know yet
    await until('one more', async () => (await client.getChatById(gid)).participants.length === 3);
    await group.promoteParticipants([chat(OTHER)]);
    await until('an admin', async () => (await get(`groups/${gid}`)).participants.some(({ phone, admin }) => phone === OTHER && admin));
    await group.removeParticipants([chat(OTHER)]);
    assert.equal((await get(`groups/${gid}`)).participants.length, 2);
    await group.setSubject('Team');
    assert.equal((await get(`groups/${gid}`)).subject, 'Team');
  });
  await check('it comes back without a QR', async () => {
    await client.destroy();
    client = start();
    await event('ready');
    assert.ok(!seen.some(({ name }) => name === 'qr'));
  });
  await check('it logs out', async () => {
    await client.logout();
    await until('no link', async () => (await get(`phones/${ME}`)).links.length === 0);
    assert.ok(!existsSync(join(dataPath, 'session')));
  });
} finally {
  await client.destroy().catch(() => {});
  door.close();
  rmSync(dataPath, { recursive: true, force: true });
}
