/** Groups with the unmodified wa-js: members, messages, receipts, notices, refusals, and what survives a reload. */
import { assert, check, get, messages, onPhone, post, scenario, simulator, stanza, until } from '../harness.mjs';

const [ME, PEER, PHONE, OTHER, NOBODY] = ['5511900000001', '5511900000002', '5511900000003', '5511900000004', '5511900000000'];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

await scenario(async (browser) => {
  const me = await browser.linked(ME);
  const peer = await browser.linked(PEER);
  await post('phones', { phone: PEER, name: 'Peer', auto: false });
  const lids = {};
  for (const phone of [ME, PEER, PHONE, OTHER]) lids[phone] = (await get(`phones/${phone}`)).lid;
  const members = (client, gid) =>
    client.run((id) => WPP.group.getParticipants(id).then((all) => all.map((one) => [String(one.id), one.isAdmin])), gid);
  const send = (client, gid, text, options) => client.run((id, body, more) => WPP.chat.sendTextMessage(id, body, more), gid, text, options);
  let gid = '';

  await check('a group of mine', async () => {
    const made = await me.run((list) => WPP.group.create('Team', list).then((g) => ({ gid: String(g.gid), participants: g.participants })), [
      `${PEER}@c.us`,
      `${PHONE}@c.us`,
    ]);
    gid = made.gid;
    assert.deepEqual(Object.values(made.participants).map(({ code }) => code), [200, 200]);
    const group = await get(`groups/${gid}`);
    assert.deepEqual([group.subject, group.owner], ['Team', ME]);
    assert.deepEqual(group.participants.map(({ phone, admin }) => [phone, admin]), [[ME, true], [PEER, false], [PHONE, false]]);
    assert.deepEqual(await members(me, gid), [[lids[ME], true], [lids[PEER], false], [lids[PHONE], false]]);
    return gid;
  });
  await check('the others are told', async () => {
    const notice = await peer.event('chat.new_message', (one) => one.type === 'gp2');
    assert.deepEqual([notice.subtype, notice.author, notice.body], ['create', lids[ME], 'Team']);
    assert.deepEqual(await members(peer, gid), await members(me, gid));
    assert.equal(await peer.run((id) => WPP.chat.get(id).formattedTitle, gid), 'Team');
  });

  await check('a message of mine reaches all, and is as far as the slowest', async () => {
    const sent = await send(me, gid, 'hello all');
    assert.deepEqual([sent.sendMsgResult.messageSendResult, sent.sendMsgResult.count], ['OK', 2]);
    assert.equal(sent.id, `true_${gid}_${stanza(sent.id)}_${lids[ME]}`);
    const seen = await peer.event('chat.new_message', (one) => one.body === 'hello all');
    assert.deepEqual([seen.id, seen.from, seen.author], [`false_${gid}_${stanza(sent.id)}_${lids[ME]}`, gid, lids[ME]]);
    assert.equal((await onPhone(PHONE, stanza(sent.id))).author, `${ME}@c.us`);
    await me.event('chat.msg_ack_change', ({ ack, sender, ids }) => ack === 3 && sender === lids[PHONE] && ids[0] === stanza(sent.id));
    await me.event('chat.msg_ack_change', ({ ack, sender, ids }) => ack === 2 && sender === lids[PEER] && ids[0] === stanza(sent.id));
    const ack = () => me.run((id) => WPP.whatsapp.MsgStore.get(id).ack, sent.id);
    await until('delivered to all', async () => (await ack()) === 2);
    assert.equal((await onPhone(ME, stanza(sent.id))).status, 'delivered');
    await peer.run((id) => WPP.chat.markIsRead(id), gid);
    await me.event('chat.msg_ack_change', ({ ack: level, sender }) => level === 3 && sender === lids[PEER]);
    await until('read by all', async () => (await ack()) === 3);
    assert.equal((await onPhone(ME, stanza(sent.id))).status, 'read');
  });
  await check('a message of a phone, with a mention and a quote', async () => {
    const first = (await messages(PHONE, `with=${gid}`))[0];
    const { id } = await post(`phones/${PHONE}/messages`, { to: gid, text: `@${ME} yes`, quoted: first.id, mentions: [ME] });
    for (const client of [me, peer]) {
      const seen = await client.event('chat.new_message', (one) => one.id.includes(id));
      assert.deepEqual([seen.author, seen.quoted, seen.mentioned], [lids[PHONE], 'hello all', [lids[ME]]]);
      assert.equal(stanza(seen.quotedId), first.id);
      assert.equal(seen.quotedId.startsWith('true'), client === me);
    }
  });
  await check('a reply and a mention of mine', async () => {
    const theirs = (await messages(PHONE, `with=${gid}`)).at(-1);
    const key = `false_${gid}_${theirs.id}_${lids[PHONE]}`;
    const sent = await send(me, gid, `@${lids[PEER].split('@')[0]} look`, { quotedMsg: key, detectMentioned: true });
    const there = await onPhone(PEER, stanza(sent.id));
    assert.deepEqual([there.quoted.id, there.mentions], [theirs.id, [lids[PEER]]]);
  });
  await check('files', async () => {
    const sent = await me.run((id, png) => WPP.chat.sendFileMessage(id, `data:image/png;base64,${png}`, { type: 'image', caption: 'us', filename: 'x.png' }), gid, PNG);
    assert.equal((await get(`phones/${PHONE}/media/${stanza(sent.id)}`)).base64, PNG);
    const seen = await peer.event('chat.new_message', ({ type }) => type === 'image');
    const got = await peer.run((id) => WPP.chat.downloadMedia(id).then(WPP.util.blobToBase64), seen.id);
    assert.equal(got.split(',')[1], PNG);
  });
  await check('reactions, edits, deletions and votes', async () => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: gid, text: 'lunch' });
    const key = `false_${gid}_${id}_${lids[PHONE]}`;
    await me.event('chat.new_message', (one) => one.id === key);
    await me.run((one) => WPP.chat.sendReactionToMessage(one, '😋'), key);
    const event = await peer.event('chat.new_reaction');
    assert.deepEqual([event.msgId, event.sender], [id, lids[ME]]);
    assert.deepEqual((await onPhone(PEER, id, (one) => one.reactions)).reactions, [{ from: ME, emoji: '😋' }]);
    await post(`phones/${PHONE}/edit`, { to: gid, id, text: 'dinner' });
    assert.equal((await me.event('chat.msg_edited')).body, 'dinner');
    await assert.rejects(post(`phones/${PEER}/revoke`, { to: gid, id }), (error) => error.status === 403);
    await me.run((chat, one) => WPP.chat.deleteMessage(chat, one, false, true), gid, key);
    const revoked = await peer.event('chat.msg_revoke');
    assert.deepEqual([revoked.type, revoked.refId], ['admin_revoke', id]);
    assert.equal((await onPhone(PHONE, id)).revoked, true);
    const poll = await me.run((chat) => WPP.chat.sendCreatePollMessage(chat, 'Who?', ['me', 'you']), gid);
    await onPhone(PHONE, stanza(poll.id));
    await post(`phones/${PHONE}/vote`, { to: gid, id: stanza(poll.id), options: ['you'] });
    const vote = await me.event('chat.poll_response');
    assert.deepEqual([vote.sender, vote.options], [lids[PHONE], ['you']]);
  });
  await check('typing', async () => {
    await peer.run((id) => WPP.chat.markIsComposing(id), gid);
    await until('somebody types', () =>
      me.run((id, who) => WPP.whatsapp.PresenceStore.get(id)?.chatstates.get(who)?.type === 'composing', gid, lids[PEER]));
  });

  await check('members are added, promoted, demoted and removed', async () => {
    const added = await me.run((id, who) => WPP.group.addParticipants(id, who), gid, [`${OTHER}@c.us`, `${PEER}@c.us`, `${NOBODY}@c.us`]);
    assert.deepEqual(Object.values(added).map(({ code }) => code), [200, 409, 404]);
    // the network's notice follows its answer
    await until('one more', async () => (await members(me, gid)).some(([id]) => id === lids[OTHER]));
    for (const action of ['promote', 'demote', 'remove']) {
      await me.run((id, who, name) => WPP.group[`${name}Participants`](id, who), gid, `${OTHER}@c.us`, action);
      if (action === 'promote') await until('an admin', async () => (await members(me, gid)).some(([id, admin]) => id === lids[OTHER] && admin));
      if (action === 'demote') await until('a member', async () => (await members(me, gid)).some(([id, admin]) => id === lids[OTHER] && !admin));
    }
    for (const client of [me, peer]) {
      for (const action of ['add', 'promote', 'demote', 'remove']) {
        const change = await client.event('group.participant_changed', (one) => one.action === action);
        assert.deepEqual([change.groupId, change.author, change.participants], [gid, lids[ME], [lids[OTHER]]]);
      }
    }
    await until('three again', async () => (await members(peer, gid)).length === 3);
  });
  await check('who is no admin is refused', async () => {
    await assert.rejects(peer.run((id) => WPP.group.addParticipants(id, '5511900000009@c.us'), gid), /not admin/);
    await assert.rejects(peer.run((id) => WPP.group.setSubject(id, 'x'), gid), /not allowed/);
    await assert.rejects(post(`groups/${gid}/subject`, { by: PEER, subject: 'x' }), (error) => error.status === 403);
    await assert.rejects(post(`groups/${gid}/participants`, { by: PHONE, add: [OTHER] }), (error) => error.status === 403);
    await assert.rejects(post(`phones/${OTHER}/messages`, { to: gid, text: 'let me in' }), (error) => error.status === 403);
  });
  await check('subject and description', async () => {
    await me.run((id) => WPP.group.setSubject(id, 'Crew'), gid);
    await me.run((id) => WPP.group.setDescription(id, 'All of us'), gid);
    assert.deepEqual([(await get(`groups/${gid}`)).subject, (await get(`groups/${gid}`)).description], ['Crew', 'All of us']);
    await peer.event('chat.new_message', ({ subtype }) => subtype === 'subject');
    await until('the names', () => peer.run((id) => WPP.chat.get(id).formattedTitle === 'Crew' && WPP.chat.get(id).groupMetadata.desc === 'All of us', gid));
  });
  await check('the invite code, and another one', async () => {
    const code = await me.run((id) => WPP.group.getInviteCode(id), gid);
    assert.equal((await get(`groups/${gid}`)).inviteCode, code);
    const other = await me.run((id) => WPP.group.revokeInviteCode(id), gid);
    assert.notEqual(other, code);
    const third = await browser.linked(OTHER);
    await assert.rejects(third.run((text) => WPP.group.join(text), code), /Invalid Invite Code/);
    assert.equal((await third.run((text) => WPP.group.join(text), other)).id, gid);
    assert.equal((await me.event('group.participant_changed', ({ action }) => action === 'join')).participants[0], lids[OTHER]);
    await third.page.close();
  });

  await check('a phone changes the group', async () => {
    const { results } = await post(`groups/${gid}/participants`, { by: ME, promote: [PEER], remove: [OTHER] });
    assert.deepEqual(results.map(({ status }) => status), [200, 200]);
    await peer.event('group.participant_changed', ({ action, participants }) => action === 'promote' && participants[0] === lids[PEER]);
    assert.equal(await peer.run((id) => WPP.group.iAmAdmin(id), gid), true);
  });
  await check('a group of a phone', async () => {
    const { id } = await post('groups', { subject: 'Theirs', by: PHONE, members: [ME] });
    await me.event('chat.new_message', ({ from, subtype }) => from === id && subtype === 'create');
    const all = await me.run(() => WPP.group.getAllGroups().then((list) => list.map((chat) => String(chat.id)).sort()));
    assert.deepEqual(all, [gid, id].sort());
    assert.equal((await get('groups')).groups.length, 2);
  });
  await check('groups are known after a reload, and changed while away', async () => {
    await me.page.goto('about:blank');
    await post(`groups/${gid}/participants`, { by: PEER, add: [OTHER] });
    const { id } = await post(`phones/${PHONE}/messages`, { to: gid, text: 'where are you?' });
    await me.page.goto(simulator);
    await me.main();
    assert.equal((await me.event('group.participant_changed')).action, 'add');
    await me.event('chat.new_message', (one) => one.id.includes(id));
    assert.equal((await members(me, gid)).length, 4);
    const texts = await me.run((chat) => WPP.chat.getMessages(chat, { count: -1 }).then((list) => list.map(({ body }) => body)), gid);
    assert.ok(texts.includes('hello all') && texts.includes('where are you?'));
    const chats = await me.run(() => WPP.chat.list({ onlyGroups: true }).then((list) => list.map((chat) => chat.formattedTitle)));
    assert.deepEqual(chats.sort(), ['Crew', 'Theirs']);
  });
  await check('who leaves is out', async () => {
    await me.run((id) => WPP.group.leave(id), gid);
    assert.equal((await peer.event('group.participant_changed', ({ action }) => action === 'leave')).participants[0], lids[ME]);
    assert.deepEqual((await get(`groups/${gid}`)).participants.map(({ phone }) => phone), [PEER, PHONE, OTHER]);
    await until('no member', () => me.run((id) => WPP.chat.get(id).isReadOnly, gid));
    const sent = await send(me, gid, 'anybody?');
    assert.deepEqual([sent.ack, sent.sendMsgResult.messageSendResult], [-1, 'ERROR_UNKNOWN']);
    await post(`groups/${gid}/leave`, { phone: PHONE });
    await peer.event('group.participant_changed', ({ participants }) => participants[0] === lids[PHONE]);
  });
});
