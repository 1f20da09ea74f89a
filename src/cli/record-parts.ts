/**
 * What `soundstage record` puts into the proxy from other rooms: the redaction and the player of recordings. Must never
 * take a flag for granted that nothing here obeys.
 */
import { SoundstageError } from '../protocol/index.js';
import type { RecordingProxyOptions } from '../proxy/index.js';

/** The flags that choose them. */
export interface RecordPartFlags {
  /** `speech` to replace voices by tones. */
  readonly redact?: 'speech';
  /** A file of rules of the user's own. */
  readonly rules?: string;
}

/** @throws SoundstageError `E_CLI_VALUE` for a flag that nothing obeys yet */
export function recordParts(
  flags: RecordPartFlags,
): Pick<RecordingProxyOptions, 'createRedactor' | 'speechRedacted' | 'replayBackend'> {
  if (flags.redact === undefined && flags.rules === undefined) return {};
  throw new SoundstageError(
    'E_CLI_VALUE',
    'Cannot redact: this build has no redaction. Try without --redact and --rules, on traffic without secrets.',
  );
}
