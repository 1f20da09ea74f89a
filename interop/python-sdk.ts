/**
 * Makes the virtual environment of one pinned Python SDK under the cache folder. A second run with the same
 * requirements touches neither pip nor the network.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool, lastLines, type MissingTool, type ReadySuite, runCommand } from './toolchain.js';

/** Prints the version; fails where `python3-venv` is split off and absent. */
const PROBE = ['-c', 'import ensurepip, sys, venv; print(*sys.version_info[:2])'];
const OLDEST_MINOR = 10;

/**
 * Prepares one SDK.
 *
 * @throws Error when pip fails
 */
export async function preparePythonSdk(
  interopFolder: string,
  cacheFolder: string,
  requirements: string,
): Promise<ReadySuite | MissingTool> {
  const python = await findTool(['python3', 'python'], PROBE);
  if (python === undefined || !isRecent(python.output)) {
    const found = python === undefined ? '' : ` (found ${python.output.trim().replace(' ', '.')})`;
    return {
      missing: `Python 3.${OLDEST_MINOR} or newer with venv${found}: try apt-get install python3 python3-venv, or https://www.python.org/downloads/`,
    };
  }
  const requirementsFile = join(interopFolder, 'python', requirements);
  const folder = join(cacheFolder, requirements.replace(/^requirements-(.*)\.txt$/, 'python-$1'));
  const interpreter =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const stampFile = join(folder, 'requirements.sha256');
  const stamp = createHash('sha256')
    .update(python.output)
    .update(readFileSync(requirementsFile))
    .digest('hex');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(cacheFolder, { recursive: true });
    await mustRun(python.command, ['-m', 'venv', folder], cacheFolder);
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      requirementsFile,
    ];
    await mustRun(interpreter, install, cacheFolder);
    writeFileSync(stampFile, stamp);
  }
  return { command: interpreter, args: [join(interopFolder, 'python', 'suite.py')] };
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.trim().split(' ').map(Number);
  return major === 3 && minor >= OLDEST_MINOR;
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await runCommand(command, args, cwd);
  if (code !== 0)
    throw new Error(
      `${command} ${args.join(' ')} failed. Try it by hand; it needs the network once.\n${lastLines(output, 12)}`,
    );
}
