/**
 * Runs the golden check on Node 24, which comes as the npm package `node`. It must never fall back to another
 * version: a check that did not run is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '24';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache', `node-${VERSION}`);
const EXIT_INFRASTRUCTURE = 3;

const binary = findBinary() ?? install();
if (binary === undefined) {
  console.error(`Cannot check on Node ${VERSION}: the npm package node@${VERSION} does not install here.`);
  process.exitCode = EXIT_INFRASTRUCTURE;
} else {
  const { status } = spawnSync(binary, ['scripts/check-golden.mjs'], { cwd: ROOT, stdio: 'inherit' });
  process.exitCode = status ?? EXIT_INFRASTRUCTURE;
}

/** The binary of an earlier run, if it is there and of the right version. */
function findBinary() {
  try {
    const path = join(
      dirname(createRequire(join(CACHE, 'x.js')).resolve('node/package.json')),
      'bin',
      'node',
    );
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return stdout.startsWith(`v${VERSION}.`) ? path : undefined;
  } catch {
    return undefined;
  }
}

function install() {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{"private":true}\n');
  const parameters = ['install', `node@${VERSION}`, '--no-audit', '--no-fund', '--loglevel=error'];
  spawnSync('npm', parameters, { cwd: CACHE, stdio: 'inherit', shell: process.platform === 'win32' });
  return findBinary();
}
