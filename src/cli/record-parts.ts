/**
 * What `soundstage record` puts into the proxy from other rooms: the redaction and the player of recordings.
 */
import { createMockServer } from '../mock-server/index.js';
import type { RecordingProxyOptions } from '../proxy/index.js';
import { loadRedactionRules } from '../recordings/files/index.js';
import { createRedactor } from '../recordings/index.js';

/** The flags that choose them. */
export interface RecordPartFlags {
  /** `speech` to replace voices by tones. */
  readonly redact?: 'speech';
  /** A file of rules of the user's own. */
  readonly rules?: string;
}

/** @throws SoundstageError `E_REDACTION_RULES` for a file of rules that cannot be obeyed */
export function recordParts(
  flags: RecordPartFlags,
): Required<Pick<RecordingProxyOptions, 'createRedactor' | 'speechRedacted' | 'replayBackend'>> {
  const rules = flags.rules === undefined ? undefined : loadRedactionRules(flags.rules);
  const speech = flags.redact === 'speech';
  return {
    createRedactor: () => createRedactor({ rules, speech }),
    speechRedacted: speech,
    replayBackend: {
      open: (recording) => createMockServer({ recording, library: false, controlApi: false }),
    },
  };
}
