/**
 * Compares two recordings: what was added, removed, moved or changed, in data and in words, and the lines themselves.
 * Must never hold audio, and must say so where it compares less than everything.
 */
import { createSha256, type Sha256 } from '../../media/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type { Side } from '../entries.js';
import type { Recording } from '../recording.js';
import { alignEvents, type Step } from './align-events.js';
import { audioWords } from './audio-run.js';
import { type ComparedEvent, type ComparedEvents, comparedEvents } from './compared-events.js';
import { crossings, orderDifferences } from './order.js';
import { type UnifiedHunk, unifiedHunks, weave } from './unified-lines.js';
import { differenceWords, Likeness, type ValueDifference, valueDifferences } from './value-differences.js';

export interface CompareOptions {
  /** Milliseconds by which the times of an event, counted from the upgrade request, may differ. Default 10 000. */
  readonly timeToleranceMs?: number | undefined;
  /** Lines that stay the same around each change of the textual comparison. Default 3. */
  readonly contextLines?: number | undefined;
  /** Opens a SHA-256 digest; a platform's own is faster than the default. */
  readonly createHash?: (() => Sha256) | undefined;
}

/** One thing that is not the same, or that is worth knowing. */
export interface RecordingDifference {
  readonly kind: 'added' | 'removed' | 'moved' | 'changed' | 'audio' | 'time' | 'order' | 'whole';
  /** Who sent the event; undefined for what concerns the whole recording. */
  readonly side?: Side;
  /** The type of the event, or what else it is: `close`, `answer`, `binary`, … */
  readonly event?: string;
  /** Which of its type on its side, from 1: in the first recording, or in the second for one that was added. */
  readonly nth?: number;
  /** How many of them in a row; absent for one. */
  readonly count?: number;
  /** Of a changed key. */
  readonly key?: ValueDifference;
  readonly words: string;
}

/** The outcome of a comparison. */
export interface RecordingComparison {
  readonly equal: boolean;
  readonly differences: readonly RecordingDifference[];
  /** Differences beyond `LIMITS.comparedDifferences`, which are not listed. */
  readonly unlisted: number;
  /** What differs and is no failure: the order between two sides that do not wait for each other, pings, headers. */
  readonly remarks: readonly RecordingDifference[];
  /** What is the same, in one sentence. */
  readonly same: string;
  /** The textual comparison; empty when every line is the same. */
  readonly hunks: readonly UnifiedHunk[];
}

export const DEFAULT_TIME_TOLERANCE_MS = 10_000;
const DEFAULT_CONTEXT_LINES = 3;

/** Compares `b` with `a`. @throws SoundstageError `E_RECORDING_…` for a recording that cannot be read to its end */
export function compareRecordings(
  a: Recording,
  b: Recording,
  options: CompareOptions = {},
): RecordingComparison {
  const createHash = options.createHash ?? createSha256;
  const [eventsA, eventsB] = [comparedEvents(a, createHash), comparedEvents(b, createHash)];
  if (eventsA === undefined || eventsB === undefined) {
    return byHash(a, b, createHash, `one of them has more than ${LIMITS.comparedEvents} events`);
  }
  const client = alignEvents(eventsA.client, eventsB.client);
  const server = alignEvents(eventsA.server, eventsB.server);
  if (client === undefined || server === undefined) {
    const why = `more than ${LIMITS.comparedEdits} events of one side were added or removed`;
    return byHash(a, b, createHash, why);
  }
  const isSpeechRedacted = a.manifest.redactions.speech || b.manifest.redactions.speech;
  return new Comparison(eventsA, eventsB, weave(client, server), { ...options, isSpeechRedacted }).outcome();
}

/** All that can be said of two recordings that do not line up. */
function byHash(a: Recording, b: Recording, createHash: () => Sha256, why: string): RecordingComparison {
  const equal = a.transcriptHash(createHash) === b.transcriptHash(createHash);
  const how = equal ? 'the same' : 'not the same';
  const words = `Not compared event by event: ${why}. By hash, their transcripts are ${how}.`;
  const difference: RecordingDifference = { kind: 'whole', words };
  const rest = { unlisted: 0, same: equal ? 'The transcripts are the same.' : '', hunks: [] };
  return equal
    ? { equal, differences: [], remarks: [difference], ...rest }
    : { equal, differences: [difference], remarks: [], ...rest };
}

type Pair = Extract<Step, { kind: 'pair' }>;

class Comparison {
  readonly #a: ComparedEvents;
  readonly #b: ComparedEvents;
  readonly #steps: readonly Step[];
  readonly #options: CompareOptions & { readonly isSpeechRedacted: boolean };
  readonly #likeness: Likeness;
  readonly #differences: RecordingDifference[] = [];
  readonly #remarks: RecordingDifference[] = [];
  /** Pairs that have a difference. */
  readonly #changed = new Set<ComparedEvent>();
  #unlisted = 0;

  constructor(
    a: ComparedEvents,
    b: ComparedEvents,
    steps: readonly Step[],
    options: CompareOptions & { readonly isSpeechRedacted: boolean },
  ) {
    this.#a = a;
    this.#b = b;
    this.#steps = steps;
    this.#options = options;
    this.#likeness = new Likeness(options.isSpeechRedacted);
  }

  outcome(): RecordingComparison {
    for (const step of folded(this.#steps)) this.#take(step);
    this.#compareTimes();
    this.#compareOrder();
    this.#compareConnections();
    const isSame = (event: ComparedEvent) => !this.#changed.has(event);
    return {
      equal: this.#differences.length === 0,
      differences: this.#differences,
      unlisted: this.#unlisted,
      remarks: this.#remarks,
      same: this.#same(),
      hunks: unifiedHunks(this.#steps, isSame, this.#options.contextLines ?? DEFAULT_CONTEXT_LINES),
    };
  }

  get #pairs(): readonly Pair[] {
    return this.#steps.filter((step) => step.kind === 'pair');
  }

  #add(difference: RecordingDifference): void {
    if (this.#differences.length >= LIMITS.comparedDifferences) this.#unlisted += 1;
    else this.#differences.push(difference);
  }

  #take({ step, count }: Folded): void {
    const many = count === 1 ? {} : { count };
    if (step.kind === 'pair') this.#takePair(step);
    else if (step.kind === 'removed') {
      if (step.isMoved === true) return;
      const words = `${nameOf(step.a, count)} is missing`;
      this.#add({ kind: 'removed', ...placeOf(step.a), ...many, words });
    } else if (step.kind === 'added') {
      const words = `${nameOf(step.b, count)} was added`;
      this.#add({ kind: 'added', ...placeOf(step.b), ...many, words });
    } else {
      const words = `${nameOf(step.a)} stands at another place: event ${step.a.index + 1} → ${step.b.index + 1}`;
      this.#add({ kind: 'moved', ...placeOf(step.a), words });
    }
  }

  #takePair({ a, b }: Pair): void {
    // A withheld entry may have been just that.
    if (a.label !== b.label && (a.stoodFor !== undefined || b.stoodFor !== undefined)) return;
    for (const key of valueDifferences(a.value, b.value, this.#likeness)) {
      this.#changed.add(a);
      this.#add({ kind: 'changed', ...placeOf(a), key, words: `${nameOf(a)}: ${differenceWords(key)}` });
    }
    if (a.audio === undefined || b.audio === undefined || this.#options.isSpeechRedacted) return;
    const words = audioWords(a.audio, b.audio);
    if (words === undefined) return;
    this.#changed.add(a);
    this.#add({ kind: 'audio', ...placeOf(a), words: `${nameOf(a)}: audio ${words}` });
  }

  #compareTimes(): void {
    const toleranceMs = this.#options.timeToleranceMs ?? DEFAULT_TIME_TOLERANCE_MS;
    const late = this.#pairs.filter(({ a, b }) => Math.abs(a.atMs - b.atMs) > toleranceMs);
    const [first] = late;
    if (first === undefined) return;
    const { a, b } = first;
    const others = late.length === 1 ? '' : `, and ${late.length - 1} more`;
    const words = `${nameOf(a)} comes at ${b.atMs} ms instead of ${a.atMs} ms, which is more than the tolerance of ${toleranceMs} ms${others}`;
    this.#add({ kind: 'time', ...placeOf(a), ...(late.length === 1 ? {} : { count: late.length }), words });
  }

  #compareOrder(): void {
    const ofServer = this.#pairs.filter(({ a }) => a.side === 'server');
    for (const { a, b, request, early } of orderDifferences(this.#a, this.#b, ofServer)) {
      const [before, after] = early === 'b' ? ['now', 'did not'] : ['no longer', 'did'];
      const words = `${nameOf(early === 'b' ? b : a)} ${before} comes before the client's ${request}; it ${after} before`;
      this.#add({ kind: 'order', ...placeOf(a), words });
    }
    const count = crossings(this.#steps);
    if (count === 0) return;
    const words = `The two sides are interleaved differently at ${count} ${count === 1 ? 'place' : 'places'}; the order within each side is compared by itself.`;
    this.#remarks.push({ kind: 'order', count, words });
  }

  #compareConnections(): void {
    const { controlFrames: before } = this.#a;
    const { controlFrames: after } = this.#b;
    if (before !== after)
      this.#remarks.push({ kind: 'whole', words: `Pings and pongs: ${before} → ${after}.` });
    for (const side of ['client', 'server'] as const) {
      const [a, b] = [this.#a.headers[side], this.#b.headers[side]];
      const gone = a.filter((name) => !b.includes(name));
      const come = b.filter((name) => !a.includes(name));
      if (gone.length + come.length === 0) continue;
      const changes = [...gone.map((name) => `${name} missing`), ...come.map((name) => `${name} added`)];
      this.#remarks.push({ kind: 'whole', side, words: `Headers of the ${side}: ${changes.join(', ')}.` });
    }
  }

  #same(): string {
    const same = this.#pairs.filter(({ a }) => !this.#changed.has(a));
    const ofClient = same.filter(({ a }) => a.side === 'client').length;
    const audioMs = same.reduce((sum, { a }) => sum + (a.audio?.lengthMs ?? 0), 0);
    const audio = audioMs === 0 ? '' : `, ${(audioMs / 1000).toFixed(1)} s of audio among them`;
    return `The same: ${ofClient} events of the client, ${same.length - ofClient} of the server${audio}.`;
  }
}

interface Folded {
  readonly step: Step;
  readonly count: number;
}

/** Several of a type in a row that were added or removed count as one change. */
function folded(steps: readonly Step[]): Folded[] {
  const result: { step: Step; count: number }[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (last !== undefined && goesWith(last.step, step)) last.count += 1;
    else result.push({ step, count: 1 });
  }
  return result;
}

function goesWith(last: Step, step: Step): boolean {
  if (last.kind === 'removed' && step.kind === 'removed') {
    return isAlike(last.a, step.a) && last.isMoved === step.isMoved;
  }
  return last.kind === 'added' && step.kind === 'added' && isAlike(last.b, step.b);
}

function isAlike(a: ComparedEvent, b: ComparedEvent): boolean {
  return a.side === b.side && a.label === b.label;
}

function placeOf({ side, label, nth }: ComparedEvent): Pick<RecordingDifference, 'side' | 'event' | 'nth'> {
  return { side, event: label, nth };
}

/** What to call an event: `session.updated`, or `response.done 2` for a later one. */
function nameOf({ side, label, nth }: ComparedEvent, count = 1): string {
  const number = nth === 1 ? '' : ` ${nth}`;
  const owner = HTTP_AND_FRAMES.has(label) ? `${side}'s ` : '';
  return `${owner}${label}${number}${count === 1 ? '' : ` (×${count})`}`;
}

/** Names that both sides use. */
const HTTP_AND_FRAMES: ReadonlySet<string> = new Set([
  'text',
  'binary',
  'invalid-text',
  'bytes',
  'close',
  'end',
  'withheld',
]);
