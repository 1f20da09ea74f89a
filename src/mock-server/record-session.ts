/**
 * A session of a test kept as a recording. Must never call it anything but simulated.
 */
import { SoundstageError } from '../protocol/index.js';
import { createNodeSha256, DirectorySink } from '../recordings/files/index.js';
import { recordLog } from '../recordings/index.js';
import { packageVersion } from './package-version.js';
import type { ServerSession } from './server-session.js';

export interface RecordSessionOptions {
  /** Whether a recording of that name is replaced. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * Writes a session of a mock server to a folder, as `soundstage record` would have: what crossed the connection up to
 * now. Raw bytes that a fault sent beside the messages are not in a session's log, and not in the recording.
 *
 * @param folder by custom with the ending `.rec`
 * @throws SoundstageError `E_RECORDING_EVICTED` when the beginning of the session has left memory, `E_RECORDING_EXISTS`,
 *   `E_RECORDING_WRITE`
 */
export function recordSession(
  session: ServerSession,
  folder: string,
  options: RecordSessionOptions = {},
): void {
  const { entries, model, seed, scenario } = session;
  const evicted = entries.find((entry) => entry.kind === 'note' && entry.code === 'entries-evicted');
  if (evicted !== undefined) {
    throw new SoundstageError(
      'E_RECORDING_EVICTED',
      `Cannot record session ${session.id}: its oldest entries have left memory. Try a larger sessionLogBytes, or soundstage record in front of the server.`,
      { details: { session: session.id } },
    );
  }
  recordLog({
    entries,
    sink: new DirectorySink(folder, options),
    model,
    by: `soundstage ${packageVersion()}`,
    seed,
    ...(scenario === null ? {} : { scenario }),
    createHash: createNodeSha256,
  });
}
