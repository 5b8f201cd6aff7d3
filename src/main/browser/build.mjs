/**
 * Builds what runs in a browser into the folder of the class path that is the first argument:
 *
 *   bridge/bridge.js    one script for the page: our bridge, bundled (the page's CSP allows no module of ours)
 *   bridge/wa-js.js     the unmodified wa-js of npm
 *   simulator/…         the simulated WhatsApp Web, plain modules served as they are
 *   phones/…            the simulated phones, likewise
 *
 * Maven runs it on every build, so it skips what has not changed: npm's part by the lock file, the type check by the
 * newest time of a source.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, '../../../target/classes'));

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  const done = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (done.status !== 0) {
    console.error(`build.mjs: \`${command} ${args.join(' ')}\` failed${done.error ? `: ${done.error.message}` : ''}`);
    process.exit(1);
  }
}

/** The newest change below a folder, in ms since the epoch. @param {string} folder @returns {number} */
function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name !== 'node_modules')
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
      }),
  );
}

const lock = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex');
const installed = join(here, 'node_modules/.kurir-lock');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  run('npm', 'ci', '--no-audit', '--no-fund');
  writeFileSync(installed, lock);
}

const stamp = join(out, 'bridge/.built');
const source = newest(here);
if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) === source) process.exit(0);

run('node_modules/.bin/tsc', '--project', 'tsconfig.json');
run(
  'node_modules/.bin/esbuild',
  'bridge/bridge.js',
  '--bundle',
  '--format=iife',
  '--target=chrome120',
  '--charset=utf8',
  `--outfile=${join(out, 'bridge/bridge.js')}`,
  '--log-level=warning',
);
cpSync(join(here, 'node_modules/@wppconnect/wa-js/dist/wppconnect-wa.js'), join(out, 'bridge/wa-js.js'));
for (const folder of ['simulator', 'phones']) {
  mkdirSync(join(out, folder), { recursive: true });
  cpSync(join(here, folder), join(out, folder), { recursive: true });
}
writeFileSync(stamp, String(source));
