/**
 * Writes a file or a folder under another name beside its own and renames it when it is whole. Must never replace what it
 * was not told to, and never leave a draft behind.
 */
import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { isRecordingFolder } from './directory-parts.js';

export interface ReplaceOptions {
  /** Whether a file, or a folder that holds nothing but a recording, is replaced. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * @param write makes the draft, whose name is given to it
 * @throws SoundstageError `E_RECORDING_EXISTS`, `E_RECORDING_WRITE`, and whatever `write` throws
 */
export async function writeBeside(
  path: string,
  { force = false }: ReplaceOptions,
  write: (draft: string) => void | Promise<void>,
): Promise<void> {
  const target = resolve(path);
  checkFree(path, target, force);
  // Beside it, so that the rename stays within one file system.
  const draft = join(dirname(target), `.${process.pid}-${nextDraft()}.unfinished`);
  const discard = () => rmSync(draft, { recursive: true, force: true });
  process.once('exit', discard);
  try {
    await write(draft);
    checkFree(path, target, force);
    // A file is replaced by the rename itself; a folder must go first.
    if (existsSync(target) && lstatSync(target).isDirectory()) rmSync(target, { recursive: true });
    renameSync(draft, target);
  } catch (cause) {
    if (cause instanceof SoundstageError) throw cause;
    throw new SoundstageError(
      'E_RECORDING_WRITE',
      `Cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}. Try a place that you may write to.`,
      { cause, details: { path } },
    );
  } finally {
    process.off('exit', discard);
    discard();
  }
}

let drafts = 0;

function nextDraft(): number {
  drafts += 1;
  return drafts;
}

function checkFree(path: string, target: string, force: boolean): void {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined || (force && (found.isFile() || isRecordingFolder(target)))) return;
  throw new SoundstageError(
    'E_RECORDING_EXISTS',
    force
      ? `Cannot write ${path}: it holds what is no recording, and nothing of somebody else's is deleted. Try another name.`
      : `Cannot write ${path}: there is something of that name. Try another name, or --force to replace it.`,
    { details: { path } },
  );
}
