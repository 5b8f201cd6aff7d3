// @ts-check
/**
 * The yardstick of `bin/bench send`: wa-js called straight through Playwright, without Kurir. Commands come as lines of JSON on stdin, each is
 * answered by one line on stdout:
 *
 *   {op: "open", phones}                         links one page per phone; all pages so far stay open
 *   {op: "run", style, inFlight, count, perSecond, to, text}  sends; `to[page]` are its recipients. style "each": a call of page.evaluate per message, `inFlight`
 *                                                of them at any time, not more than `perSecond` where that is not 0; "group": per page one call
 *                                                for its share of `inFlight` messages
 */
import { createInterface } from 'node:readline';
import { mkdtempSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { playwright, executable, sandbox, url, waJs, profiles, kept } = JSON.parse(process.argv[2]);
const { chromium } = await import(pathToFileURL(playwright).href);

const launch = {
  executablePath: executable,
  headless: true,
  chromiumSandbox: sandbox,
  args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost', '--disable-background-networking', '--disable-component-update'],
};
const script = `window.WPPConfig = {disableGoogleAnalytics: true, linkPreviewApiServers: []};\n${readFileSync(waJs, 'utf8')}`;

/** @type {any} */
let browser;
/** @type {any[]} */
const pages = [];

async function context() {
  if (kept) return chromium.launchPersistentContext(mkdtempSync(`${profiles}/`), launch);
  browser ??= await chromium.launch(launch);
  return browser.newContext();
}

/** Not waitForFunction: WhatsApp's content security policy refuses it. @param {any} page @param {string} fact */
async function until(page, fact) {
  for (const end = Date.now() + 60_000; !(await page.evaluate(fact)); await new Promise((done) => setTimeout(done, 50))) {
    if (Date.now() > end) throw new Error(`did not happen: ${fact}`);
  }
}

/** @param {string} phone */
async function link(phone) {
  const page = await (await context()).newPage();
  await page.addInitScript({ content: script });
  await page.goto(url);
  await until(page, 'Boolean(window.WPP?.isReady)');
  const qr = await page.evaluate('WPP.conn.getAuthCode().then((code) => code.fullCode)');
  const scanned = await fetch(`${url}api/phones/${phone}/scan`, { method: 'POST', body: JSON.stringify({ qr }) });
  if (!scanned.ok) throw new Error(`scan ${phone}: ${await scanned.text()}`);
  await until(page, 'WPP.conn.isAuthenticated() && WPP.whatsapp.Stream.mode === "MAIN" && WPP.whatsapp.Socket.hasSynced');
  pages.push(page);
}

/** What Kurir's bridge does, too: no link preview, not marked as read, the server's ack awaited. */
async function sendAll(/** @type {[string, string][]} */ texts) {
  const { WPP } = /** @type {any} */ (globalThis);
  const options = { createChat: true, linkPreview: false, detectMentioned: false, markIsRead: false, waitForAck: true };
  const sent = await Promise.all(texts.map(([to, text]) => WPP.chat.sendTextMessage(to + '@c.us', text, options)));
  if (sent.some((one) => one.ack < 1)) throw new Error('not acknowledged: ' + JSON.stringify(sent));
}

/** @param {{ inFlight: number, count: number, perSecond: number, to: string[][], text: string }} run */
async function each({ inFlight, count, perSecond, to, text }) {
  const start = performance.now();
  const millis = new Array(count);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const due = perSecond === 0 ? 0 : start + (1000 * i) / perSecond - performance.now();
      if (due > 0) await new Promise((done) => setTimeout(done, due));
      const begin = performance.now();
      await pages[i % pages.length].evaluate(sendAll, [recipient(i, to, text)]);
      millis[i] = performance.now() - begin;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { millis };
}

/** @param {{ inFlight: number, count: number, to: string[][], text: string }} run */
async function group({ inFlight, count, to, text }) {
  for (let first = 0; first < count; first += inFlight) {
    /** @type {[string, string][][]} */
    const shares = pages.map(() => []);
    for (let i = first; i < Math.min(count, first + inFlight); i++) shares[i % pages.length].push(recipient(i, to, text));
    await Promise.all(shares.map((share, page) => (share.length === 0 ? undefined : pages[page].evaluate(sendAll, share))));
  }
  return { millis: [] };
}

/** @param {number} i @param {string[][]} to @param {string} text @returns {[string, string]} */
function recipient(i, to, text) {
  const people = to[i % pages.length];
  return [people[Math.floor(i / pages.length) % people.length], `${text} ${i}`];
}

/** @param {any} command */
async function carryOut(command) {
  if (command.op === 'open') {
    for (const phone of command.phones) await link(phone);
    return {};
  }
  const begin = performance.now();
  const { millis } = await (command.style === 'each' ? each : group)(command);
  return { millis, seconds: (performance.now() - begin) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ ok: await carryOut(JSON.parse(line)) }));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(/** @type {any} */ (error)?.stack ?? error) }));
  }
}
process.exit(0);
