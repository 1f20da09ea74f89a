/**
 * Makes a clone ready to run: installs what package-lock.json names and builds dist/, each only when needed, and
 * says nothing when nothing was. Plain Node without dependencies: it must run before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = 'dist/.build-stamp';
const BUILD_INPUTS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const LIBRARY = 'src/scenarios/library';
const EXIT_INFRASTRUCTURE = 3;

checkNode();
if (!isInstalled()) install();
const wanted = fingerprint();
if (read(STAMP) !== wanted) build(wanted);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Cannot set up: this is Node ${process.versions.node}. Try Node 20.19 or newer (https://nodejs.org).`);
}

/** Whether node_modules holds exactly the versions that the lock file asks for, whoever installed them. */
function isInstalled() {
  const wantedText = read('package-lock.json');
  const foundText = read('node_modules/.package-lock.json');
  if (wantedText === undefined || foundText === undefined) return false;
  const wantedPackages = JSON.parse(wantedText).packages;
  const found = JSON.parse(foundText).packages;
  return Object.entries(wantedPackages).every(([path, entry]) => {
    if (path === '') return true;
    if (found[path] === undefined) return entry.optional === true || entry.devOptional === true;
    return found[path].version === entry.version && found[path].integrity === entry.integrity;
  });
}

function install() {
  say('Installing dependencies (once, and after package-lock.json changes) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'Cannot install the dependencies');
}

/** Changes with the content of anything that the build reads. */
function fingerprint() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '');
  for (const path of [...BUILD_INPUTS, ...sources('src')]) {
    hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
}

function sources(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) =>
      entry.isDirectory() ? sources(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
    .filter((path) => !path.endsWith('.test.ts'))
    .sort();
}

/** Builds beside dist/ and swaps at the end: a failed build leaves the last good one. */
function build(stamp) {
  say('Building dist/ …');
  const fresh = `dist-${process.pid}`;
  process.on('exit', () => rmSync(join(ROOT, fresh), { recursive: true, force: true }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], 'Cannot build');
  // The library is data, which the compiler leaves where it is.
  cpSync(join(ROOT, LIBRARY), join(ROOT, fresh, 'scenarios/library'), { recursive: true });
  if (existsSync(join(ROOT, fresh, 'cli/main.js'))) chmodSync(join(ROOT, fresh, 'cli/main.js'), 0o755);
  writeFileSync(join(ROOT, fresh, '.build-stamp'), stamp);
  // Another set-up may have been quicker.
  if (read(STAMP) === stamp) return;
  const former = `${fresh}-former`;
  process.on('exit', () => rmSync(join(ROOT, former), { recursive: true, force: true }));
  move('dist', former);
  move(fresh, 'dist');
}

/** Renames a folder; another set-up that did the same a moment ago is as good. */
function move(from, to) {
  try {
    renameSync(join(ROOT, from), join(ROOT, to));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
}

/** Runs a program; its output appears only when it fails. */
function run(program, parameters, what) {
  const shell = process.platform === 'win32' && program === 'npm';
  const { status, error, stdout, stderr } = spawnSync(program, parameters, {
    cwd: ROOT,
    encoding: 'utf8',
    shell,
  });
  if (status === 0) return;
  const output = `${stdout ?? ''}${stderr ?? ''}`.trim();
  fail(`${output}\n${what}: ${error?.message ?? `${program} ended with ${status}`}. Try the lines above.`);
}

function read(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(EXIT_INFRASTRUCTURE);
}
