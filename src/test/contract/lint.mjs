/**
 * Lints `openapi.yaml` with what Spectral and Redocly recommend; a warning is an error. `bin/test` runs it. Neither contacts anybody: telemetry and
 * update checks are off, and npm runs no scripts of packages. The one exception is in `.redocly.lint-ignore.yaml`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const contract = '../../../openapi.yaml';
const env = {
  ...process.env,
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  SCARF_ANALYTICS: 'false',
  DO_NOT_TRACK: '1',
};

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  return spawnSync(command, args, { cwd: here, env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** @param {string} tool @param {{status: number | null, stdout: string, stderr: string}} done */
function broken(tool, done) {
  console.error(`lint.mjs: ${tool} did not work (${done.status}):\n${done.stdout}${done.stderr}`);
  process.exit(1);
}

const lock = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).digest('hex');
const installed = join(here, 'node_modules/.kurir-lock');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  const npm = run('npm', 'ci', '--no-audit', '--no-fund');
  if (npm.status !== 0) broken('npm ci', npm);
  writeFileSync(installed, lock);
}

/** @param {string} tool @param {string[]} args @returns {any} */
function json(tool, ...args) {
  const done = run(`node_modules/.bin/${tool}`, ...args);
  try {
    return JSON.parse(done.stdout);
  } catch {
    return broken(tool, done);
  }
}

const spectral = json('spectral', 'lint', contract, '--ruleset', 'spectral.yaml', '--format', 'json', '--quiet').map(
  (/** @type {any} */ each) => `Spectral, ${each.code}: ${each.message} at ${each.path.join(' ')} (line ${each.range.start.line + 1})`,
);
const redocly = json('redocly', 'lint', contract, '--config', 'redocly.yaml', '--format', 'json', '--max-problems', '10000')
  .problems.filter((/** @type {any} */ each) => !each.ignored)
  .map((/** @type {any} */ each) => `Redocly, ${each.ruleId}: ${each.message} at ${each.location[0]?.pointer}`);

const found = [...spectral, ...redocly];
found.forEach((line) => console.error(line));
console.log(`openapi.yaml: ${found.length} faults by the recommended rules of Spectral and Redocly`);
process.exit(found.length === 0 ? 0 : 1);
