/**
 * What the scripts share: a Chromium that reaches nothing but this machine, pages of the simulated WhatsApp Web with the unmodified
 * wa-js in them, and the simulator's control plane. The environment says where things are: SIMULATOR (base URL), CHROMIUM, WAJS.
 * A script prints one line per check and ends with the first that fails.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer';

const { SIMULATOR, CHROMIUM, WAJS } = process.env;
export const simulator = SIMULATOR;
export const executablePath = CHROMIUM;
export const browserArguments = [
  ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
];
const PATIENCE_MS = 8_000;

/** Runs one check: what it gives is printed, what it throws ends the script. */
export async function check(name, deed) {
  const start = performance.now();
  const given = await deed();
  console.log(`ok ${name} (${Math.round(performance.now() - start)} ms)`, given === undefined ? '' : JSON.stringify(given));
  return given;
}

/** Waits for a fact: until `look` gives something, and gives that. */
export async function until(fact, look) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function control(method, path, body) {
  const response = await fetch(new URL(`api/${path}`, SIMULATOR), { method, ...(body && { body: JSON.stringify(body) }) });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.error}`), { status: response.status });
  return answer;
}
export const get = (path) => control('GET', path);
export const post = (path, body = {}) => control('POST', path, body);
export const put = (path, body) => control('PUT', path, body);
export const messages = async (phone, query = '') => (await get(`phones/${phone}/messages?${query}`)).messages;
/** The message with this stanza id on a phone, once it satisfies the condition. */
export const onPhone = (phone, id, holds = () => true) =>
  until(`${phone} has ${id}`, async () => (await messages(phone, `id=${id}`)).find(holds));

/** The stanza id of a serialized message key. */
export const stanza = (key) => key.split('_')[2];

/** Runs in the page before wa-js and the page's own scripts: records what wa-js reports. */
function record() {
  window.seen = [];
  const text = (value) => (value == null ? value : String(value));
  const pick = {
    'chat.new_message': (m) => ({
      id: text(m.id), from: text(m.from), to: text(m.to), author: text(m.author), type: m.type, body: m.body, caption: m.caption,
      mimetype: m.mimetype, filename: m.filename, size: m.size, subtype: m.subtype, recipients: m.recipients?.map(text),
      lat: m.lat, lng: m.lng, loc: m.loc, vcardList: m.vcardList, pollName: m.pollName, pollOptions: m.pollOptions,
      mentioned: m.mentionedJidList?.map(text), quoted: m.quotedMsg?.body, quotedId: text(m._quotedMsgObj?.id), fromMe: m.id.fromMe,
    }),
    'chat.msg_ack_change': (a) => ({ ack: a.ack, chat: text(a.chat), sender: text(a.sender), ids: a.ids.map((id) => id.id) }),
    'chat.msg_edited': (e) => ({ id: text(e.id), chat: text(e.chat), body: e.msg.body, caption: e.msg.caption }),
    'chat.msg_revoke': (r) => ({ type: r.type, refId: r.refId.id, key: text(r.refId), from: text(r.from), author: text(r.author) }),
    'chat.new_reaction': (r) => ({ msgId: r.msgId.id, text: r.reactionText, sender: text(r.sender) }),
    'chat.poll_response': (p) => ({
      msgId: p.msgId.id, chat: text(p.chatId), sender: text(p.sender), options: p.selectedOptions.filter(Boolean).map((o) => o.name),
    }),
    'group.participant_changed': (g) => g,
    'chat.presence_change': (p) => ({ id: text(p.id), state: p.state, participants: p.participants?.map((one) => ({ id: text(one.id), state: one.state })) }),
  };
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, take] of Object.entries(pick)) window.WPP.on(name, (data) => window.seen.push({ name, ...take(data) }));
  });
}

/** A page of one account. */
class Client {
  constructor(phone, page) {
    this.phone = phone;
    this.page = page;
  }
  /** Runs a function of WPP in the page. */
  run(deed, ...args) {
    return this.page.evaluate(deed, ...args);
  }
  /** Waits for an event of wa-js that satisfies the condition, and takes it. */
  event(name, holds = () => true) {
    return until(`${this.phone} sees ${name}`, async () => {
      const seen = await this.page.evaluate(() => window.seen);
      const index = seen.findIndex((one) => one.name === name && holds(one));
      if (index >= 0) await this.page.evaluate((at) => window.seen.splice(at, 1), index);
      return seen[index];
    });
  }
  /** Events of that name that were not taken. */
  left(name) {
    return this.page.evaluate((wanted) => window.seen.filter((one) => one.name === wanted), name);
  }
  async ready() {
    await this.page.waitForFunction(() => window.WPP?.isFullReady, { timeout: 20_000 });
  }
  async main() {
    await this.ready();
    await this.page.waitForFunction(() => WPP.conn.isAuthenticated() && WPP.whatsapp.Stream.mode === 'MAIN' && WPP.whatsapp.Socket.hasSynced);
  }
  async reload() {
    await this.page.reload();
    await this.main();
  }
  /** How this page names a person, and the other way round. */
  address(phone) {
    return this.run(async (id) => String((await WPP.chat.find(id)).id), `${phone}@c.us`);
  }
}

export class Browser {
  static async launch() {
    const profile = mkdtempSync(join(tmpdir(), 'kurir-wajs-'));
    const browser = await puppeteer.launch({ executablePath, args: browserArguments, userDataDir: profile });
    return Object.assign(new Browser(), { browser, profile });
  }
  async open(phone) {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    if (process.env.VERBOSE) page.on('console', (line) => console.log(`  [${phone}] ${line.type()} ${line.text()}`));
    page.on('pageerror', (error) => console.log(`  [${phone}] page error ${error}`));
    await page.evaluateOnNewDocument('window.WPPConfig = { disableGoogleAnalytics: true, linkPreviewApiServers: [] };');
    await page.evaluateOnNewDocument(readFileSync(WAJS, 'utf8'));
    await page.evaluateOnNewDocument(record);
    await page.goto(SIMULATOR);
    const client = new Client(phone, page);
    await client.ready();
    return client;
  }
  /** A page that is linked to the phone. */
  async linked(phone) {
    const client = await this.open(phone);
    const qr = await until('a QR code', () => client.run(async () => (await WPP.conn.getAuthCode())?.fullCode));
    await post(`phones/${phone}/scan`, { qr });
    await client.main();
    return client;
  }
  async close() {
    await this.browser.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** Runs a script with a browser; the network is as new. @param {Record<string, unknown>} [knobs] */
export async function scenario(deed, knobs = {}) {
  await post('reset');
  await put('knobs', { deliverMs: 1, readMs: 2, syncDelayMs: 1000, lidChats: process.env.LID === 'true', ...knobs });
  const browser = await Browser.launch();
  try {
    await deed(browser);
  } finally {
    await browser.close();
  }
}
export { assert };
