/** What a page remembers, what a phone gives it, names, hidden numbers, and a network that falls silent; with the unmodified wa-js. */
import { assert, check, get, messages, onPhone, post, put, scenario, stanza, until } from '../harness.mjs';

const [ME, PHONE, OTHER, HIDDEN] = ['5511900000001', '5511900000003', '5511900000004', '5511900000005'];
const lidMode = process.env.LID === 'true';

/** Runs in the page: whether its profile has a chat with so many unread messages; counts are written up to 100 ms later. */
async function storedUnread(count) {
  const result = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const database = await result(indexedDB.open('whatsapp-simulator'));
  const log = await result(database.transaction('log').objectStore('log').getAll());
  database.close();
  return log.flat().some(({ kind, value }) => kind === 'chats' && value.unread === count);
}

await scenario(async (browser) => {
  await put('knobs', { historyOnLink: 3 });
  const early = [];
  for (let i = 0; i < 60; i++) early.push((await post(`phones/${PHONE}/messages`, { to: ME, text: `early ${i}` })).id);
  const group = (await post('groups', { subject: 'Old', by: PHONE, members: [ME] })).id;
  await post(`phones/${PHONE}/messages`, { to: group, text: 'in the group' });
  await post(`phones/${ME}/messages`, { to: PHONE, text: 'from my phone' });
  await put(`phones/${ME}/contacts`, { contacts: [{ phone: PHONE, name: 'Paula' }, { phone: OTHER, name: 'Otto' }] });
  const me = await browser.linked(ME);
  const chat = await me.address(PHONE);
  const texts = (options, id = chat) =>
    me.run((one, more) => WPP.chat.getMessages(one, more).then((list) => list.map(({ body }) => body)), id, options);
  const name = (id) => me.run((one) => WPP.chat.get(one).formattedTitle, id);

  await check('a page that is linked later gets the latest messages, as no news', async () => {
    assert.deepEqual(await texts({ count: -1 }), ['early 58', 'early 59', 'from my phone']);
    assert.deepEqual(await texts({ count: -1 }, group), ['in the group']);
    assert.deepEqual(await me.left('chat.new_message'), []);
    assert.equal(await me.run((id) => WPP.chat.get(id).unreadCount, chat), 0);
    const own = await me.run((id) => WPP.chat.getMessages(id, { count: 1 }).then(([msg]) => [msg.id.fromMe, msg.ack]), chat);
    assert.deepEqual(own, [true, 3]);
  });
  await check('older ones come from the phone when it is asked, once', async () => {
    const ask = () => me.run((id) => require('WAWebSendNonMessageDataRequest').sendPeerDataOperationRequest(3, { chatId: id }), chat);
    await ask();
    const all = await texts({ count: -1 });
    assert.deepEqual([all.length, all[0], all.at(-1)], [53, 'early 8', 'from my phone']);
    await ask();
    assert.equal((await texts({ count: -1 })).length, 61);
    assert.equal(await me.run((id) => WPP.chat.get(id).endOfHistoryTransferType, chat), 1);
    await ask();
    assert.equal((await texts({ count: -1 })).length, 61);
  });
  await check('pages of it, before and after a message, after a reload', async () => {
    await me.reload();
    const key = `false_${chat}_${early[30]}`;
    assert.deepEqual(await texts({ count: 3, direction: 'before', id: key }), ['early 27', 'early 28', 'early 29']);
    assert.deepEqual(await texts({ count: 2, direction: 'after', id: key }), ['early 31', 'early 32']);
    assert.deepEqual(await texts({ count: 2 }), ['early 59', 'from my phone']);
  });
  await check('chats with their unread messages', async () => {
    for (const text of ['one', 'two']) await post(`phones/${OTHER}/messages`, { to: ME, text });
    await me.event('chat.new_message', ({ body }) => body === 'two');
    await until('the count is stored', () => me.run(storedUnread, 2));
    await me.reload();
    const list = await me.run(() => WPP.chat.list().then((all) => all.map((one) => [one.formattedTitle, one.unreadCount])));
    assert.deepEqual(list[0], ['Otto', 2]);
    assert.deepEqual(list.slice(1).map(([title]) => title).sort(), ['Old', 'Paula']);
    const unread = await me.run(() => WPP.chat.list({ onlyWithUnreadMessage: true }).then((all) => all.map((one) => String(one.id))));
    assert.deepEqual(unread, [await me.address(OTHER)]);
    assert.deepEqual(await texts({ count: -1, onlyUnread: true }, unread[0]), ['one', 'two']);
  });

  await check('the address book', async () => {
    const book = () => me.run(() => WPP.contact.list({ onlyMyContacts: true }).then((all) => all.filter((one) => !one.isMe).map((one) => [String(one.id), one.name])));
    assert.deepEqual((await book()).sort(), [[`${PHONE}@c.us`, 'Paula'], [`${OTHER}@c.us`, 'Otto']]);
    await put(`phones/${ME}/contacts`, { contacts: [{ phone: PHONE, name: 'Paulina' }] });
    await until('the new book', async () => JSON.stringify(await book()) === JSON.stringify([[`${PHONE}@c.us`, 'Paulina']]));
    assert.equal(await name(chat), 'Paulina');
    await me.reload();
    assert.equal(await name(chat), 'Paulina');
    assert.equal(await name(await me.address(OTHER)), 'User 0004');
  });

  await check(lidMode ? 'who hides the number is known by LID, until it is told' : 'where chats go by number, none is hidden', async () => {
    await post('phones', { phone: HIDDEN, name: 'Secret', knobs: { hideNumber: true } });
    const { lid } = await get(`phones/${HIDDEN}`);
    await post(`phones/${HIDDEN}/messages`, { to: ME, text: 'guess who' });
    const seen = await me.event('chat.new_message', ({ body }) => body === 'guess who');
    assert.equal(seen.from, lidMode ? lid : `${HIDDEN}@c.us`);
    const pair = () => me.run((id) => WPP.contact.getPnLidEntry(id).then((entry) => entry.phoneNumber?._serialized ?? null), lid);
    if (lidMode) assert.equal(await pair(), null);
    const reply = await me.run((id) => WPP.chat.sendTextMessage(id, 'who?').then((sent) => sent.id), seen.from);
    await onPhone(HIDDEN, stanza(reply));
    await post(`phones/${HIDDEN}/reveal`, { to: ME });
    await until('the number', async () => (await pair()) === `${HIDDEN}@c.us`);
    await me.reload();
    assert.equal(await pair(), `${HIDDEN}@c.us`);
    assert.equal(await me.address(HIDDEN), seen.from);
  });
  await check('a hidden number in a group', async () => {
    const { lid } = await get(`phones/${HIDDEN}`);
    await post('phones', { phone: '5511900000006', knobs: { hideNumber: true } });
    const { lid: other } = await get('phones/5511900000006');
    const { id } = await post('groups', { subject: 'Masks', by: HIDDEN, members: [ME, '5511900000006'] });
    await me.event('chat.new_message', ({ from }) => from === id);
    const people = await me.run((gid) => WPP.group.getParticipants(gid).then((all) => all.map((one) => String(one.id))), id);
    assert.ok(people.includes(lid) && people.includes(other));
    assert.equal(await me.run((one) => WPP.contact.getPnLidEntry(one).then((entry) => entry.phoneNumber?._serialized ?? null), other), null);
  });

  await check('a deaf network: the socket stays open, nothing goes either way', async () => {
    const { opened } = await get(`phones/${ME}/sockets`);
    await post('phones', { phone: ME, knobs: { deaf: true } });
    await me.run((id) => void WPP.chat.sendTextMessage(id, 'do you hear me?'), chat);
    await post(`phones/${PHONE}/messages`, { to: ME, text: 'do you?' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(!(await messages(ME, `with=${PHONE}`)).some(({ text }) => text === 'do you hear me?'));
    assert.deepEqual(await me.left('chat.new_message').then((all) => all.filter(({ body }) => body === 'do you?')), []);
    assert.equal((await get(`phones/${ME}/sockets`)).opened, opened);
    assert.equal((await get(`phones/${ME}/sockets`)).live, 1);
    assert.equal(await me.run(() => WPP.whatsapp.Socket.state), 'CONNECTED');
    await post('phones', { phone: ME, knobs: { deaf: null } });
    await post(`phones/${ME}/drop`);
    await me.event('chat.new_message', ({ body }) => body === 'do you?');
    await until('the message goes out', async () => (await messages(PHONE, `with=${ME}`)).some(({ text }) => text === 'do you hear me?'));
  });
});
