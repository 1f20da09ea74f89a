/**
 * Whether a recording is what its manifest says, from the first line to the last: every mistake with its place, not only
 * the first. Must never change anything.
 */
import { SoundstageError } from '../../protocol/soundstage-error.js';
import type { RecordedEntry, Side } from '../entries.js';
import { decodeEntryLine } from '../entry-lines.js';
import { type Line, LineFile } from '../line-file.js';
import { EVENTS_PART, imagePart, LANE_PARTS, MANIFEST_PART, type PartSource } from '../parts.js';
import { Recording } from '../recording.js';
import { createNodeSha256 } from './node-sha256.js';

/** Something that is wrong. */
export interface RecordingProblem {
  /** The file, with the line behind a colon where there is one. */
  readonly path: string;
  readonly code: string;
  /** What is wrong and what to try. */
  readonly message: string;
}

/** More are counted, not told. */
const TOLD_PROBLEMS = 50;

/** Everything that is wrong with a recording; nothing when it can be trusted. */
export function checkRecording(source: PartSource): readonly RecordingProblem[] {
  return new RecordingCheck(source).run();
}

class RecordingCheck {
  readonly #source: PartSource;
  readonly #problems: RecordingProblem[] = [];
  readonly #images = new Set<string>();
  /** Up to where each lane is referred to. */
  readonly #used = { client: 0, server: 0 };

  constructor(source: PartSource) {
    this.#source = source;
  }

  run(): readonly RecordingProblem[] {
    const recording = this.#attempt(MANIFEST_PART, () => new Recording(this.#source, { verify: false }));
    if (recording === undefined) return this.#problems;
    const { complete, events, transcriptSha256 } = recording.manifest;
    const { entries, isTorn } = this.#lines(recording);
    if (!complete) {
      const torn = isTorn ? ' and one that is torn' : '';
      this.#add(
        MANIFEST_PART,
        `The recorder did not finish: there are ${entries} whole lines${torn}. Try recording again, or soundstage check --accept ${recording.name}, which keeps what is there.`,
        'E_RECORDING_INCOMPLETE',
      );
      return this.#problems;
    }
    this.#attempt(EVENTS_PART, () => new Recording(this.#source, { createHash: createNodeSha256 }));
    if (entries !== events.entries)
      this.#add(
        MANIFEST_PART,
        `It counts ${events.entries} entries, and ${EVENTS_PART} has ${entries}. ${ACCEPT_HINT}`,
      );
    this.#media(recording);
    if (this.#problems.length > 0) return this.#problems;
    const found = this.#attempt(EVENTS_PART, () => recording.transcriptHash(createNodeSha256));
    if (transcriptSha256 !== undefined && found !== undefined && found !== transcriptSha256) {
      this.#add(
        MANIFEST_PART,
        `The transcript hashes to ${found}, and the manifest says ${transcriptSha256}. ${ACCEPT_HINT}`,
      );
    }
    return this.#problems;
  }

  /** Reads every line, also behind one that is wrong. */
  #lines(recording: Recording): { entries: number; isTorn: boolean } {
    const { complete, provenance } = recording.manifest;
    const file = new LineFile(this.#source, EVENTS_PART, { allowsTorn: !complete });
    let [entries, atMs, isTorn] = [0, 0, false];
    this.#attempt(EVENTS_PART, () => {
      for (const line of file.lines()) {
        const entry = this.#entry(recording, line, atMs);
        if (entry === undefined && line.isLast && !complete) isTorn = true;
        else entries += 1;
        if (entry === undefined) continue;
        atMs = entry.atMs;
        this.#references(recording, entry, line.number, provenance.kind === 'handwritten');
      }
    });
    return { entries, isTorn };
  }

  #entry(recording: Recording, { text, number, isLast }: Line, atMs: number): RecordedEntry | undefined {
    try {
      return decodeEntryLine(text, atMs, { recording: recording.name, line: number });
    } catch (error) {
      if (!(error instanceof SoundstageError)) throw error;
      if (!isLast || recording.manifest.complete)
        this.#add(`${EVENTS_PART}:${number}`, error.message, error.code);
      return undefined;
    }
  }

  #references(recording: Recording, entry: RecordedEntry, line: number, isFree: boolean): void {
    if (entry.kind !== 'text') return;
    for (const part of entry.parts) {
      if (typeof part === 'string') continue;
      const place = `${EVENTS_PART}:${line}`;
      if (part.kind === 'image') {
        this.#images.add(part.sha256);
        const isThere = this.#attempt(place, () => this.#source.sizeOf(imagePart(part.sha256)) !== undefined);
        if (isThere === false)
          this.#add(place, `It refers to ${imagePart(part.sha256)}, which is not there. ${BACK_HINT}`);
        continue;
      }
      const { lane, offsetSamples, lengthSamples } = part;
      const end = offsetSamples + lengthSamples;
      const samples = recording.lane(lane)?.samples ?? 0;
      const range = `samples ${offsetSamples} to ${end} of ${LANE_PARTS[lane]}`;
      if (lane !== entry.from)
        this.#add(place, `A message of the ${entry.from} refers to ${range}. ${BACK_HINT}`);
      else if (end > samples) this.#add(place, `It refers to ${range}, which has ${samples}. ${BACK_HINT}`);
      else if (offsetSamples < this.#used[lane] && !isFree)
        this.#add(place, `It refers to ${range}, of which an earlier line has some. ${ACCEPT_HINT}`);
      this.#used[lane] = Math.max(this.#used[lane], end);
    }
  }

  #media({ manifest }: Recording): void {
    for (const side of ['client', 'server'] satisfies Side[]) {
      const part = LANE_PARTS[side];
      const lane = manifest.lanes[side];
      if (lane === undefined && this.#attempt(part, () => this.#source.sizeOf(part)) !== undefined)
        this.#add(part, `The manifest does not know it. ${ACCEPT_HINT}`);
      if (lane !== undefined && this.#used[side] > lane.samples)
        this.#add(MANIFEST_PART, `It counts ${lane.samples} samples of ${part}. ${ACCEPT_HINT}`);
    }
    for (const sha256 of this.#images) {
      if (!manifest.images.includes(sha256))
        this.#add(MANIFEST_PART, `It does not list ${imagePart(sha256)}. ${ACCEPT_HINT}`);
    }
  }

  #attempt<Result>(part: string, read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SoundstageError)) throw error;
      const { line, part: named = part } = error.details;
      this.#add(
        typeof line === 'number' ? `${EVENTS_PART}:${line}` : String(named),
        error.message,
        error.code,
      );
      return undefined;
    }
  }

  #add(place: string, message: string, code = 'E_RECORDING_HASH'): void {
    if (this.#problems.length >= TOLD_PROBLEMS) return;
    const problem = { path: `${this.#source.name}/${place}`, code, message };
    const isTold = this.#problems.some((one) => one.message === message && one.path === problem.path);
    if (!isTold) this.#problems.push(problem);
  }
}

const BACK_HINT = 'Try getting the files back.';
const ACCEPT_HINT =
  'Try getting the file back, or, if the edit was meant, soundstage check --accept, which marks the recording as handwritten.';
