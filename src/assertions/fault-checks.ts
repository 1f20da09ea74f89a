/**
 * Whether every fault of the scenario struck at least once, so that a mistake in an address cannot pass. Must never
 * look at what a fault did.
 */
import { type Fault, faultKind } from '../scenarios/index.js';
import type { Attempt } from './attempts.js';
import type { Check } from './verification.js';
import type { WireSession } from './wire-session.js';
import { counted, fieldsText, listed, type Moment, moments, often, ordinal } from './words.js';

export function faultChecks(
  faults: readonly Fault[],
  attempts: readonly Attempt[],
  sessions: readonly WireSession[],
): readonly Check[] {
  return faults.map((fault, index) => {
    const story = storyOf(index, attempts, sessions);
    const fired = story.strikes.length + story.upgrades.length;
    return {
      what: `the fault ${fault.do}${addressText(fault)} strikes${fault.optional === true ? ' (optional)' : ''}`,
      ok: fired > 0 || fault.optional === true,
      saw: fired > 0 ? struckText(story, sessions.length) : whyNot(fault, story, attempts, sessions),
      ...(fault.note === undefined ? {} : { because: fault.note }),
      place: `faults[${index}]`,
    };
  });
}

/** What became of one fault, over all connections. */
interface FaultStory {
  readonly strikes: readonly Moment[];
  /** Connections at whose upgrade it struck. */
  readonly upgrades: readonly number[];
  /** Why it did nothing where it could have struck. */
  readonly skipped: readonly string[];
  /** Messages that fitted its address in sessions that have ended without it. */
  readonly seen: number;
}

function storyOf(index: number, attempts: readonly Attempt[], sessions: readonly WireSession[]): FaultStory {
  const remarks = sessions.flatMap(({ connection, notes }) =>
    notes.filter(({ note }) => note.details['fault'] === index).map(({ note }) => ({ connection, note })),
  );
  const ofCode = (code: string) => remarks.filter(({ note }) => note.code === code);
  return {
    strikes: ofCode('fault-fired').map(({ connection, note }) => ({ connection, atMs: note.atMs })),
    upgrades: attempts.filter(({ fault }) => fault === index).map(({ connection }) => connection),
    skipped: ofCode('fault-skipped').map(({ note }) =>
      String(note.details['reason'] ?? 'for no stated reason'),
    ),
    seen: ofCode('fault-unfired').reduce((sum, { note }) => sum + Number(note.details['seen'] ?? 0), 0),
  };
}

function struckText({ strikes, upgrades }: FaultStory, connections: number): string {
  if (upgrades.length === 0) return moments(strikes, connections);
  const which = listed(upgrades.map((connection) => `connection ${connection}`));
  return `${often(upgrades.length)}: at the upgrade of ${which}`;
}

function whyNot(
  fault: Fault,
  { skipped, seen }: FaultStory,
  attempts: readonly Attempt[],
  sessions: readonly WireSession[],
): string {
  if (skipped.length > 0) return `it was reached and did nothing: ${listed([...new Set(skipped)], '; ')}`;
  const wanted = fault.at?.connection;
  if (wanted !== undefined && !attempts.some(({ connection }) => connection === wanted)) {
    return `never reached: there was no connection ${wanted}`;
  }
  if (faultKind(fault.do).layer === 'upgrade')
    return `never: it struck at none of ${counted(attempts.length, 'upgrade')}`;
  if (seen > 0) {
    const chance = fault.chance === undefined ? '' : ' (it strikes by chance)';
    return `never: ${counted(seen, 'message')} fitted its address, and it struck none${chance}`;
  }
  const open = sessions.filter(({ isOpen }) => isOpen).length;
  if (open > 0) return `not yet: ${counted(open, 'connection')} still open`;
  return 'never reached: no message fitted its address';
}

/** ` at the 2nd response.audio.delta of response 3 on connection 1`. */
function addressText({ at }: Fault): string {
  if (at === undefined) return '';
  const { event, atMs, nth, times, response, turn, state, where, connection } = at;
  const which = nth === 'every' ? 'every ' : nth === undefined || nth === 1 ? '' : `the ${ordinal(nth)} `;
  const point = event === undefined ? (atMs === undefined ? '' : ` at ${atMs} ms`) : ` at ${which}${event}`;
  return [
    point,
    times === undefined ? '' : `, ${often(times)},`,
    fieldsText(where),
    response === undefined ? '' : ` of response ${response}`,
    turn === undefined ? '' : ` of turn ${turn}`,
    state === undefined ? '' : ` while ${state}`,
    connection === undefined ? '' : ` on connection ${connection}`,
  ].join('');
}
