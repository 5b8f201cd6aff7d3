/** Files both ways, with the unmodified wa-js. */
import { assert, check, get, onPhone, post, put, scenario, stanza } from '../harness.mjs';
import { createHash } from 'node:crypto';

const [ME, PEER, PHONE] = ['5511900000001', '5511900000002', '5511900000003'];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';
const sha256 = (base64) => createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');

/** Runs in the page: sends what is described, and gives the result and what was sent. */
async function sendFile({ to, base64, mimetype, options, make }) {
  const makers = {
    wav() {
      const samples = 8000;
      const view = new DataView(new ArrayBuffer(44 + samples * 2));
      const put = (at, text) => [...text].forEach((char, i) => view.setUint8(at + i, char.charCodeAt(0)));
      put(0, 'RIFF');
      view.setUint32(4, 36 + samples * 2, true);
      put(8, 'WAVEfmt ');
      [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, 8000, 4], [28, 16000, 4], [32, 2, 2], [34, 16, 2]].forEach(([at, value, bytes]) =>
        bytes === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true),
      );
      put(36, 'data');
      view.setUint32(40, samples * 2, true);
      for (let i = 0; i < samples; i++) view.setInt16(44 + i * 2, Math.sin(i / 5) * 9000, true);
      return new File([view.buffer], options.filename, { type: mimetype });
    },
    async webp() {
      const canvas = new OffscreenCanvas(64, 64);
      canvas.getContext('2d').fillRect(8, 8, 40, 40);
      return new File([await canvas.convertToBlob({ type: 'image/webp' })], options.filename, { type: 'image/webp' });
    },
    async webm() {
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
      const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
      const chunks = [];
      recorder.ondataavailable = ({ data }) => chunks.push(data);
      recorder.start();
      for (let i = 0; i < 10; i++) {
        canvas.getContext('2d').fillRect(i, i, 20, 20);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      await new Promise((resolve) => ((recorder.onstop = resolve), recorder.stop()));
      return new File(chunks, options.filename, { type: 'video/webm' });
    },
    zeros: () => new File([new Uint8Array(options.bytes)], options.filename, { type: mimetype }),
  };
  const content = make ? await makers[make]() : `data:${mimetype};base64,${base64}`;
  const result = await WPP.chat.sendFileMessage(to, content, options);
  const blob = await WPP.chat.downloadMedia(result.id);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  const model = WPP.whatsapp.MsgStore.get(result.id);
  return {
    id: result.id, ack: result.ack, outcome: result.sendMsgResult.messageSendResult, type: model.type, width: model.width,
    thumbnail: model.body?.length > 0, duration: model.duration, waveform: model.waveform?.length,
    sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''), size: blob.size,
  };
}

/** Runs in the page. */
async function download(id) {
  const blob = await WPP.chat.downloadMedia(id);
  return { mimetype: blob.type, base64: (await WPP.util.blobToBase64(blob)).split(',')[1] };
}

await scenario(async (browser) => {
  const me = await browser.linked(ME);
  const peer = await browser.linked(PEER);
  await put('knobs', { readMs: -1 });
  const to = await me.address(PEER);
  const kinds = [
    ['image', { base64: PNG, mimetype: 'image/png', options: { type: 'image', filename: 'x.png', caption: 'a picture' } }],
    ['document', { base64: 'JVBERi0xLjQK', mimetype: 'application/pdf', options: { type: 'document', filename: 'd.pdf', caption: 'paper' } }],
    ['audio', { make: 'wav', mimetype: 'audio/wav', options: { type: 'audio', filename: 'a.wav' } }],
    ['voice', { make: 'wav', mimetype: 'audio/wav', options: { type: 'audio', isPtt: true, filename: 'v.wav' } }],
    ['sticker', { make: 'webp', mimetype: 'image/webp', options: { type: 'sticker', filename: 's.webp' } }],
    ['video', { make: 'webm', mimetype: 'video/webm', options: { type: 'video', filename: 'm.webm', caption: 'moving' } }],
  ];
  for (const [kind, what] of kinds) {
    await check(`${kind} to a phone and a page`, async () => {
      const sent = await me.run(sendFile, { to, ...what });
      assert.equal(sent.outcome, 'OK');
      assert.ok(sent.ack >= 1); // a receipt may be faster than the page's own write
      const there = await onPhone(PEER, stanza(sent.id));
      assert.equal(there.media.kind, kind);
      assert.equal(there.media.sha256, sent.sha256);
      assert.equal(there.media.size, sent.size);
      assert.equal(there.media.caption, what.options.caption);
      assert.equal(there.text, what.options.caption ?? '');
      if (kind === 'document') assert.equal(there.media.fileName, 'd.pdf');
      if (kind === 'image' || kind === 'video') assert.ok(sent.width > 0);
      if (kind === 'image') assert.ok(sent.thumbnail);
      if (kind === 'voice') assert.equal(sent.waveform, 64);
      const { base64, mimetype } = await get(`phones/${PEER}/media/${stanza(sent.id)}`);
      assert.equal(sha256(base64), sent.sha256);
      const seen = await peer.event('chat.new_message', (one) => one.id.includes(stanza(sent.id)));
      assert.equal(seen.type, kind === 'voice' ? 'ptt' : kind);
      assert.equal(seen.caption, what.options.caption);
      const got = await peer.run(download, seen.id);
      assert.deepEqual(got, { base64, mimetype });
      return { type: sent.type, size: sent.size };
    });
  }
  await check('a document without a caption shows none', async () => {
    const sent = await me.run(sendFile, { to, base64: 'aGVsbG8=', mimetype: 'text/plain', options: { type: 'document', filename: 'n.txt' } });
    const there = await onPhone(PEER, stanza(sent.id));
    assert.equal(there.media.caption, undefined);
  });

  for (const kind of ['image', 'video', 'audio', 'voice', 'document', 'sticker']) {
    await check(`${kind} from a phone`, async () => {
      const base64 = kind === 'image' ? PNG : Buffer.from(`the bytes of ${kind}`).toString('base64');
      const media = { kind, base64, caption: 'look', ...(kind === 'document' && { fileName: 'r.txt' }) };
      const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media });
      const seen = await me.event('chat.new_message', (one) => one.id.includes(id));
      assert.equal(seen.type, kind === 'voice' ? 'ptt' : kind);
      assert.equal(seen.caption, 'look');
      assert.equal((await me.run(download, seen.id)).base64, base64);
      const stored = await me.run(async (key) => {
        const msg = await WPP.chat.getMessageById(key);
        await msg.downloadMedia();
        return msg.mediaData.mediaStage;
      }, seen.id);
      assert.equal(stored, 'RESOLVED');
    });
  }
  await check('5 MB from a phone', async () => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media: { kind: 'document', size: 5_000_000, fileName: 'big.bin' } });
    const seen = await me.event('chat.new_message', (one) => one.id.includes(id));
    const { base64 } = await me.run(download, seen.id);
    const there = await onPhone(ME, id);
    assert.equal(sha256(base64), there.media.sha256);
  });
  await check('16 MB to a phone', async () => {
    const what = { make: 'zeros', mimetype: 'application/octet-stream', options: { type: 'document', filename: 'z.bin', bytes: 16 << 20 } };
    const sent = await me.run(sendFile, { to, ...what });
    assert.equal((await onPhone(PEER, stanza(sent.id))).media.size, 16 << 20);
  });
  await check('what is too large for the network fails', async () => {
    const what = { make: 'zeros', mimetype: 'application/octet-stream', options: { type: 'document', filename: 'z.bin', bytes: 65 << 20 } };
    assert.equal((await me.run(sendFile, { to, ...what })).outcome, 'ERROR_UPLOAD');
  });
  await check('what is too large for its kind is refused by wa-js', async () => {
    const what = { make: 'zeros', mimetype: 'image/png', options: { type: 'image', filename: 'z.png', bytes: 101 << 20 } };
    await assert.rejects(me.run(sendFile, { to, ...what }), /exceeds the upload limit/);
  });
  await check('an upload that the network refuses fails the message, once', async () => {
    await put('knobs', { failUpload: 507, failMediaTimes: 1 });
    const what = { base64: 'aGVsbG8=', mimetype: 'text/plain', options: { type: 'document', filename: 'n.txt' } };
    const failed = await me.run(sendFile, { to, ...what });
    assert.deepEqual([failed.outcome, failed.ack], ['ERROR_UPLOAD', -1]);
    assert.equal((await me.run(sendFile, { to, ...what })).outcome, 'OK');
    await put('knobs', { failUpload: null, failMediaTimes: null });
  });
  await check('a download that the network refuses rejects, and works later', async () => {
    await post('phones', { phone: ME, knobs: { failDownload: 404 } });
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media: { kind: 'document', size: 1_000 } });
    const seen = await me.event('chat.new_message', (one) => one.id.includes(id));
    await assert.rejects(me.run(download, seen.id), /404/);
    await post('phones', { phone: ME, knobs: { failDownload: null } });
    const there = await onPhone(ME, id);
    assert.equal(sha256((await me.run(download, seen.id)).base64), there.media.sha256);
  });
  await check('a quoted picture', async () => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media: { kind: 'image', base64: PNG, caption: 'first' } });
    const { id: reply } = await post(`phones/${PHONE}/messages`, { to: ME, text: 'see above', quoted: id });
    const seen = await me.event('chat.new_message', (one) => one.id.includes(reply));
    assert.equal(stanza(seen.quotedId), id);
  });
  await check('files are there after a reload', async () => {
    const { id } = await post(`phones/${PHONE}/messages`, { to: ME, media: { kind: 'image', base64: PNG } });
    const seen = await me.event('chat.new_message', (one) => one.id.includes(id));
    await me.reload();
    assert.equal((await me.run(download, seen.id)).base64, PNG);
  });
});
