/**
 * Builds what runs in a browser into the folder of the class path that is the first argument:
 *
 *   bridge/bridge.js    one script for the page: our bridge, bundled (the page's CSP allows no module of ours)
 *   bridge/wa-js.js     the unmodified wa-js of npm
 *   simulator/…         the simulated WhatsApp Web, plain modules served as they are
 *   phones/…            the simulated phones, likewise
 *   dashboard/…         the dashboard, bundled and compressed by Vite, with a list of its files
 *
 * Maven runs it on every build, so it skips what has not changed: npm's part by the lock file, the type check by the
 * newest time of a source.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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

/** Runs what makes a folder of the class path, unless nothing that it is made from is newer. @param {string} folder @param {string[]} from @param {() => void} build */
function fresh(folder, from, build) {
  const stamp = join(out, folder, '.built');
  const source = String(Math.max(...from.map((path) => (statSync(path).isDirectory() ? newest(path) : statSync(path).mtimeMs))));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  build();
  writeFileSync(stamp, source);
}

function buildPages() {
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
}

function buildDashboard() {
  const folder = join(out, 'dashboard');
  run('node', 'dashboard/types.mjs');
  run('node_modules/.bin/vue-tsc', '--noEmit', '--project', 'dashboard/tsconfig.json');
  run('node_modules/.bin/vitest', 'run', '--config', 'dashboard/vite.config.ts', '--reporter', 'dot');
  run('node_modules/.bin/vite', 'build', '--config', 'dashboard/vite.config.ts', '--outDir', folder, '--logLevel', 'warn');
  const files = readdirSync(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    const compressed = /\.(js|css|svg|html)$/.test(name);
    if (compressed) {
      writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes));
    }
    return { name, compressed, hashed: /-[\w-]{8}\.(js|css)$/.test(name) };
  });
  writeFileSync(join(folder, 'files.json'), JSON.stringify(files));
}

const contracts = ['openapi.yaml', 'asyncapi.yaml'].map((name) => join(here, '../../..', name));
fresh('bridge', ['bridge', 'simulator', 'phones', 'build.mjs', 'package-lock.json', 'tsconfig.json'].map((name) => join(here, name)), buildPages);
fresh('dashboard', [join(here, 'dashboard/src'), ...['dashboard/public', 'dashboard/index.html', 'dashboard/types.mjs', 'dashboard/vite.config.ts', 'dashboard/tsconfig.json', 'build.mjs', 'package-lock.json'].map((name) => join(here, name)), ...contracts], buildDashboard);
