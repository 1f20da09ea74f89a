/**
 * Every rule by name, and the one interpreter that applies a rule to all connections. Adding a rule is adding a row
 * here and its name to the scenario format.
 */
import { CLIENT_RULES, type ClientRule } from '../../scenarios/index.js';
import type { Finding } from '../expectation-check.js';
import type { WireSession } from '../wire-session.js';
import { moments } from '../words.js';
import { audioAligned, audioBase64, imageAfterAudio, imageRate } from './media-rules.js';
import type { Rule } from './rule.js';
import { noRepeatedUpdate, setupFirst, uniqueEventIds } from './setup-rules.js';
import { oneOutputPerCall, stringOutputs } from './tool-rules.js';
import { cancelWhenActive, createWhenIdle } from './turn-rules.js';

const RULES: Readonly<Record<ClientRule, Rule>> = {
  'audio-aligned': { examines: 'appends', look: audioAligned },
  'audio-base64': { examines: 'appends', look: audioBase64 },
  'image-after-audio': { examines: 'images', look: imageAfterAudio },
  'image-rate': { examines: 'images', look: imageRate },
  'unique-event-ids': { examines: 'event ids', look: uniqueEventIds },
  'one-output-per-call': { examines: 'tool outputs', look: oneOutputPerCall },
  'string-outputs': { examines: 'tool outputs', look: stringOutputs },
  'setup-first': { examines: 'first requests', look: setupFirst },
  'no-repeated-update': { examines: 'updates', look: noRepeatedUpdate },
  'create-when-idle': { examines: 'requests', look: createWhenIdle },
  'cancel-when-active': { examines: 'cancels', look: cancelWhenActive },
};

/** Applies a rule to every connection by itself. A rule without anything to look at is kept. */
export function ruleCheck(name: ClientRule, sessions: readonly WireSession[]): Finding {
  const { examines, look } = RULES[name];
  let examined = 0;
  const broken = sessions.flatMap((session) => {
    const finding = look(session);
    examined += finding.examined;
    return finding.breaches.map((breach) => ({ connection: session.connection, ...breach }));
  });
  return {
    what: `the client keeps ${name}: ${CLIENT_RULES[name].replace(/\.$/, '')}`,
    ok: broken.length === 0,
    saw:
      broken.length === 0
        ? `kept by all ${examines}: ${examined}`
        : `broken ${moments(broken, sessions.length)}`,
  };
}
