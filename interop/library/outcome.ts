/**
 * Puts one run of the SDK into one word and a few facts. A pure function of what both sides saw; it must never know
 * what a scenario is about.
 */
import type { SdkFacts } from './sdk-workers.js';
import type { ServerView } from './server-process.js';

/** What became of a run, with its meaning as the page prints it; in the order of the page's summary. */
export const OUTCOMES = {
  completed:
    'the second turn completed on the first connection; what went wrong before, the program was told',
  recovered: 'the connection was lost, the program was told, and the second turn completed on another one',
  refused:
    'no second turn was to be had, and the program was told: by `connect()`, an error event or a close',
  exception: 'the SDK raised where the program could not simply connect again',
  silent:
    'both turns look well, but something was lost, or went wrong, that only the log of the SDK or the server knows',
  stuck: 'a call did not return, or an answer did not come and nothing said why',
} as const;
export type Outcome = keyof typeof OUTCOMES;

/** The outcome of one run, ready to be read. */
export interface RunOutcome {
  readonly outcome: Outcome;
  /** What the program was told or noticed, in its order: exceptions, errors, closes, waits in vain. */
  readonly told: readonly string[];
  /** What only the SDK's log, or the server's, shows. */
  readonly untold: readonly string[];
  readonly closes: readonly string[];
  readonly probe: string;
  readonly unmet: readonly string[];
  readonly seen: number;
}

/** The outcome of a run. */
export function outcomeOf(facts: SdkFacts, view: ServerView): RunOutcome {
  const { links, turns } = facts;
  const lines = links.flatMap(({ log }) => log);
  // An end that neither `on_close` nor a call has told.
  const isEndUntold = view.endedByServer > links.filter(({ told }) => told).length;
  return {
    outcome: wordFor(facts, isEndUntold || lines.some(({ ofClose }) => !ofClose)),
    told: toldBy(facts),
    untold: [
      ...counted(lines.map(({ text }) => `\`${masked(text)}\``)),
      ...(isEndUntold ? ['the end of a connection'] : []),
    ],
    closes: counted(links.flatMap(({ closed }) => (closed === null ? [] : [closeText(closed)]))),
    probe: turns.probe,
    unmet: view.unmet,
    seen: links.reduce((sum, link) => sum + link.seen, 0),
  };
}

function wordFor({ hung, links, raised, turns }: SdkFacts, isSilent: boolean): Outcome {
  if (hung !== null) return 'stuck';
  if (!links.some((link) => link.opened)) return 'refused';
  if (turns.first === 'no answer' || turns.probe === 'no answer') return 'stuck';
  const ending = raised.some(({ call }) => call === 'end_session' || call === 'close');
  if (turns.probe === 'completed') {
    if (ending) return 'exception';
    if (isSilent) return 'silent';
    return links.length === 1 ? 'completed' : 'recovered';
  }
  return raised.some(({ call }) => call !== 'connect') ? 'exception' : 'refused';
}

function toldBy({ hung, links, raised, turns }: SdkFacts): readonly string[] {
  const waits = (['first', 'probe'] as const)
    .filter((turn) => !['completed', 'connection lost', 'not reached', 'refused'].includes(turns[turn]))
    .map((turn) => `${turn === 'first' ? 'first turn' : 'second turn'}: ${turns[turn]}`);
  return [
    ...(hung === null ? [] : [`\`${hung}()\` did not return`]),
    ...counted(raised.map(({ call, error }) => `\`${call}()\`: ${masked(error)}`)),
    ...counted(links.flatMap((link) => link.errors.map((code) => `error event \`${masked(code)}\``))),
    ...waits,
  ];
}

/** Equal texts as one with their number, in the order of their first. */
function counted(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} ×${count}`));
}

function closeText([code, reason]: readonly [number | null, string | null]): string {
  const why = reason === null || reason === '' ? '' : ` ${masked(reason)}`;
  return `${code ?? 'None'}${why}`;
}

const LONGEST_TEXT = 110;
/** The first sentence of a text that has several: the rest is advice. */
const FIRST_SENTENCE = /^.{30,}?[a-z0-9]{2}\.(?= [A-Z])/;

/** Without what differs from run to run: ids that the SDK draws, request ids, ports, memory addresses. */
function masked(text: string): string {
  const plain = text
    .replace(/event_[0-9a-f]{32}/g, 'event_…')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '…')
    .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1')
    .replace(/0x[0-9a-f]+/g, '0x…')
    .replace(/\s+/g, ' ');
  const first = FIRST_SENTENCE.exec(plain);
  if (first !== null) return first[0];
  return plain.length <= LONGEST_TEXT ? plain : `${plain.slice(0, LONGEST_TEXT)}…`;
}
