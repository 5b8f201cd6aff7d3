/** Reactions, edits, deletions, polls, places and contact cards both ways, with the unmodified wa-js. */
import { assert, check, messages, onPhone, post, put, scenario, stanza, until } from '../harness.mjs';

const [ME, PEER, PHONE] = ['5511900000001', '5511900000002', '5511900000003'];

await scenario(async (browser) => {
  const me = await browser.linked(ME);
  const peer = await browser.linked(PEER);
  const [to, phone] = [await me.address(PEER), await me.address(PHONE)];
  const self = await peer.address(ME);
  const send = async (text, chat = to) => (await me.run((id, body) => WPP.chat.sendTextMessage(id, body), chat, text)).id;
  const fromPhone = async (content) => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, ...content });
    return { id, seen: await me.event('chat.new_message', (one) => one.id.includes(id)) };
  };
  const body = (client, key) => client.run((id) => WPP.chat.getMessageById(id).then((msg) => [msg.type, msg.body]), key);

  await check('a reaction of mine, another one, and taken back', async () => {
    const key = await send('react to me');
    const reactions = async () => (await onPhone(PEER, stanza(key))).reactions ?? [];
    for (const emoji of ['👍', '🎉', '']) {
      await me.run((id, text) => WPP.chat.sendReactionToMessage(id, text), key, emoji);
      const event = await peer.event('chat.new_reaction', (one) => one.text === emoji);
      assert.deepEqual([event.msgId, event.sender], [stanza(key), self]);
      const wanted = emoji ? [{ from: ME, emoji }] : [];
      await until('the reaction', async () => JSON.stringify(await reactions()) === JSON.stringify(wanted));
    }
    assert.equal((await messages(PEER, `with=${ME}`)).length, 1);
  });
  await check('a reaction of a phone, kept over a reload', async () => {
    const key = await send('and to me', phone);
    await post(`phones/${PHONE}/react`, { to: ME, id: stanza(key), emoji: '❤️' });
    const event = await me.event('chat.new_reaction', (one) => one.text === '❤️');
    assert.deepEqual([event.msgId, event.sender], [stanza(key), phone]);
    const kept = (id) => WPP.chat.getReactions(id).then(({ reactions }) => reactions.map((one) => one.aggregateEmoji));
    assert.deepEqual(await me.run(kept, key), ['❤️']);
    await me.reload();
    assert.deepEqual(await me.run(kept, key), ['❤️']);
    await me.run((id) => WPP.chat.sendReactionToMessage(id, '🙈'), key);
    const there = await onPhone(PHONE, stanza(key), (one) => one.reactions?.length === 2);
    assert.deepEqual(there.reactions.map(({ from }) => from).sort(), [ME, PHONE]);
  });

  await check('an edit of mine', async () => {
    const key = await send('teh text');
    const result = await me.run((id) => WPP.chat.editMessage(id, 'the text').then(({ id: same }) => same), key);
    assert.equal(result, key);
    const there = await onPhone(PEER, stanza(key), (one) => one.edited);
    assert.equal(there.text, 'the text');
    const event = await peer.event('chat.msg_edited');
    assert.equal(event.body, 'the text');
    assert.deepEqual(await body(me, key), ['chat', 'the text']);
    assert.equal((await messages(PEER, `with=${ME}`)).filter(({ id }) => id !== stanza(key)).length, 1);
  });
  await check('an edit of a phone, kept over a reload', async () => {
    const { id, seen } = await fromPhone({ text: 'helo' });
    await post(`phones/${PHONE}/edit`, { to: ME, id, text: 'hello' });
    const event = await me.event('chat.msg_edited', (one) => one.id === seen.id);
    assert.equal(event.body, 'hello');
    await me.reload();
    assert.deepEqual(await body(me, seen.id), ['chat', 'hello']);
  });
  await check('an edit that comes too late is refused', async () => {
    const key = await send('old');
    await put('knobs', { editWindowMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await assert.rejects(me.run((id) => WPP.chat.editMessage(id, 'new'), key), /too old/);
    assert.equal((await onPhone(PEER, stanza(key))).edited, undefined);
    assert.deepEqual(await body(me, key), ['chat', 'old']);
    await put('knobs', { editWindowMs: null });
  });
  await check('nobody edits what another wrote', async () => {
    const { id } = await fromPhone({ text: 'mine' });
    await assert.rejects(post(`phones/${ME}/edit`, { to: PHONE, id, text: 'yours' }), (error) => error.status === 403);
  });

  await check('a message that I delete for everyone', async () => {
    const key = await send('forget this');
    const result = await me.run((chat, id) => WPP.chat.deleteMessage(chat, id, false, true), to, key);
    assert.deepEqual([result.isRevoked, result.sendMsgResult], [true, 'OK']);
    const there = await onPhone(PEER, stanza(key), (one) => one.revoked);
    assert.equal(there.text, '');
    const event = await peer.event('chat.msg_revoke');
    assert.deepEqual([event.type, event.refId], ['sender_revoke', stanza(key)]);
    assert.equal((await body(peer, event.key))[0], 'revoked');
    assert.equal((await body(me, key))[0], 'revoked');
  });
  await check('a message that a phone deletes for everyone', async () => {
    const { id, seen } = await fromPhone({ text: 'oops' });
    await post(`phones/${PHONE}/revoke`, { to: ME, id });
    const event = await me.event('chat.msg_revoke');
    assert.deepEqual([event.type, event.key], ['sender_revoke', seen.id]);
    await me.reload();
    assert.deepEqual(await body(me, seen.id), ['revoked', '']);
  });
  await check('a message that I delete for me', async () => {
    const key = await send('for me');
    const result = await me.run((chat, id) => WPP.chat.deleteMessage(chat, id), to, key);
    assert.equal(result.isDeleted, true);
    await me.reload();
    const all = await me.run((chat) => WPP.chat.getMessages(chat, { count: -1 }).then((list) => list.map(({ id }) => String(id))), to);
    assert.ok(all.length > 1 && !all.includes(key));
    assert.equal((await onPhone(PEER, stanza(key))).text, 'for me');
  });

  await check('a poll of mine, and votes of a phone', async () => {
    const { id: key } = await me.run((chat) => WPP.chat.sendCreatePollMessage(chat, 'Where?', ['here', 'there'], { selectableCount: 1 }), phone);
    const there = await onPhone(PHONE, stanza(key));
    assert.deepEqual(there.poll, { name: 'Where?', options: ['here', 'there'], selectable: 1, votes: [] });
    await post(`phones/${PHONE}/vote`, { to: ME, id: stanza(key), options: ['there'] });
    const event = await me.event('chat.poll_response');
    assert.deepEqual([event.msgId, event.sender, event.options], [stanza(key), phone, ['there']]);
    await post(`phones/${PHONE}/vote`, { to: ME, id: stanza(key), options: ['here'] });
    await me.event('chat.poll_response', ({ options }) => options[0] === 'here');
    const voted = await onPhone(ME, stanza(key), (one) => one.poll.votes[0]?.options[0] === 'here');
    assert.deepEqual(voted.poll.votes, [{ from: PHONE, options: ['here'] }]);
    const votes = (id) => WPP.chat.getVotes(id).then((all) => all.votes.map((one) => one.selectedOptions.filter(Boolean)[0].name));
    await me.reload();
    assert.deepEqual(await me.run(votes, key), ['here']);
  });
  await check('a poll of a phone', async () => {
    const { seen } = await fromPhone({ poll: { name: 'When?', options: ['now', 'later'], selectable: 1 } });
    assert.deepEqual([seen.type, seen.pollName, seen.pollOptions.map(({ name }) => name)], ['poll_creation', 'When?', ['now', 'later']]);
  });

  await check('a place of mine', async () => {
    const { id: key } = await me.run((chat) => WPP.chat.sendLocationMessage(chat, { lat: 52.5, lng: '13.4', name: 'Mitte', address: 'Street 1' }), to);
    const there = await onPhone(PEER, stanza(key));
    assert.deepEqual(there.location, { latitude: 52.5, longitude: 13.4, name: 'Mitte', address: 'Street 1' });
  });
  await check('a place of a phone', async () => {
    const { seen } = await fromPhone({ location: { latitude: -6.2, longitude: 106.8, name: 'Home', address: 'Jalan 2' } });
    assert.deepEqual([seen.type, seen.lat, seen.lng, seen.loc], ['location', -6.2, 106.8, 'Home\nJalan 2']);
  });
  await check('a contact card of mine, and two', async () => {
    const one = await me.run((chat) => WPP.chat.sendVCardContactMessage(chat, { id: '5511988887777@c.us', name: 'Ana' }), to);
    assert.deepEqual((await onPhone(PEER, stanza(one.id))).contacts, [{ name: 'Ana', phone: '5511988887777' }]);
    const both = [{ id: '5511988887777@c.us', name: 'Ana' }, { id: '5511988886666@c.us', name: 'Budi' }];
    const two = await me.run((chat, cards) => WPP.chat.sendVCardContactMessage(chat, cards), to, both);
    const there = await onPhone(PEER, stanza(two.id));
    assert.deepEqual(there.contacts.map(({ name }) => name), ['Ana', 'Budi']);
  });
  await check('a contact card of a phone, and two', async () => {
    const one = await fromPhone({ contacts: [{ name: 'Ana', phone: '5511988887777' }] });
    assert.equal(one.seen.type, 'vcard');
    assert.match(one.seen.body, /FN:Ana\nTEL.*waid=5511988887777/);
    const two = await fromPhone({ contacts: [{ name: 'Ana', phone: '5511988887777' }, { name: 'Budi', phone: '5511988886666' }] });
    assert.deepEqual([two.seen.type, two.seen.vcardList.length], ['multi_vcard', 2]);
  });

  await check('changes that come while the page is away wait for it', async () => {
    const key = await send('stays', phone);
    await me.page.goto('about:blank');
    await post(`phones/${PHONE}/react`, { to: ME, id: stanza(key), emoji: '⏳' });
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'first' });
    await post(`phones/${PHONE}/edit`, { to: ME, id, text: 'second' });
    await me.page.goto(process.env.SIMULATOR);
    await me.main();
    assert.equal((await me.event('chat.new_reaction')).text, '⏳');
    assert.equal((await me.event('chat.msg_edited')).body, 'second');
  });
});
