/**
 * The recording of one connection, from what passes to the disk: facts, then redaction, then the writer. Must never let
 * a failure of its own reach the traffic: it ends the recording, says so, and takes nothing more.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';
import { createNodeSha256 } from '../recordings/files/index.js';
import {
  type AnswerEntry,
  AudioFormats,
  type DraftEntry,
  type EndEntry,
  type PartSink,
  type Provenance,
  type RecordingHeader,
  RecordingWriter,
  type Side,
  splitMessage,
  type UpgradeEntry,
} from '../recordings/index.js';
import type { Redactor } from '../recordings/redaction/redactor.js';
import { FrameTee, type PassedThing } from './frame-tee.js';

export interface SessionRecorderOptions {
  /** Makes the recording's place, when the first of it is written. */
  readonly openSink: (scrub: (text: string) => string) => PartSink;
  /** Asked for once, before anything is written. */
  readonly createRedactor: () => Redactor;
  readonly header: Omit<RecordingHeader, 'provenance'>;
  /** Milliseconds since the upgrade request. */
  readonly elapsedMs: () => number;
  /** Told once why the recording ended early. */
  readonly onProblem: (problem: SoundstageError) => void;
}

type Answer = Omit<AnswerEntry, 'atMs' | 'from' | 'kind'>;
type Upgrade = Omit<UpgradeEntry, 'atMs' | 'from' | 'kind'>;

/** Records one connection. No method throws. */
export class SessionRecorder {
  readonly #options: SessionRecorderOptions;
  readonly #formats: AudioFormats;
  readonly #tees = { client: new FrameTee('client'), server: new FrameTee('server') };
  readonly #ended = new Set<Side>();
  /** Entries from before the provenance was known. */
  #early: DraftEntry[] = [];
  #writer: RecordingWriter | undefined;
  #redactor: Redactor | undefined;
  #state: 'waiting' | 'open' | 'complete' | 'incomplete' = 'waiting';

  constructor(options: SessionRecorderOptions) {
    this.#options = options;
    this.#formats = new AudioFormats(options.header.model);
  }

  /** Whether everything that was given has been written, and nothing more will come. */
  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /** Entries on the disk. */
  get entries(): number {
    return this.#writer?.entries ?? 0;
  }

  upgrade(upgrade: Upgrade): void {
    this.#add([{ atMs: 0, from: 'client', kind: 'upgrade', ...upgrade }]);
  }

  /** The answer of the server; now it is known where the traffic comes from. */
  answer(answer: Answer, provenance: Provenance): void {
    if (this.#state !== 'waiting') return;
    this.#attempt(() => {
      // Without it nothing is recorded: it keeps secrets from the disk. The request teaches it the connection's own.
      const redactor = this.#options.createRedactor();
      this.#redactor = redactor;
      const early = this.#early.flatMap((entry) => redactor.push(entry));
      this.#early = [];
      this.#writer = new RecordingWriter({
        sink: this.#options.openSink((text) => redactor.scrub(text)),
        header: { ...scrubbed(this.#options.header, redactor), provenance },
        rateOf: (side) => this.#formats.of(side).rateHz,
        createHash: createNodeSha256,
      });
      this.#state = 'open';
      this.#writer.writeAll(early);
      this.#write([{ atMs: this.#now(), from: 'server', kind: 'answer', ...answer }]);
    });
  }

  /** Bytes that passed behind the handshake. */
  bytes(side: Side, bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#attempt(() => this.#addThings(side, this.#tees[side].push(bytes)));
  }

  /** The end of one side's stream. */
  end(side: Side, how: EndEntry['how']): void {
    if (this.#isOver || this.#ended.has(side)) return;
    this.#ended.add(side);
    this.#attempt(() => {
      this.#addThings(side, this.#tees[side].end());
      this.#add([{ atMs: this.#now(), from: side, kind: 'end', how }]);
    });
  }

  /** Both sides have ended, or the proxy closes. */
  finish(): void {
    if (this.#state === 'waiting') this.#state = 'incomplete';
    if (this.#isOver) return;
    this.#attempt(() => {
      for (const side of ['client', 'server'] as const) {
        if (!this.#ended.has(side)) this.#addThings(side, this.#tees[side].end());
      }
      this.#writer?.writeAll(this.#redactor?.flush() ?? []);
      this.#writer?.finish({ redactions: this.#redactor?.summary });
      this.#state = 'complete';
    });
  }

  get #isOver(): boolean {
    return this.#state === 'complete' || this.#state === 'incomplete';
  }

  #addThings(side: Side, things: readonly PassedThing[]): void {
    if (things.length === 0) return;
    const atMs = this.#now();
    this.#add(things.map((thing) => this.#entryOf(thing, side, atMs)));
  }

  #entryOf(thing: PassedThing, from: Side, atMs: number): DraftEntry {
    if (thing.kind !== 'text') return { ...thing, atMs, from };
    const { text, frames } = thing;
    const parts = splitMessage(text, { side: from, isPcm: this.#formats.of(from).isPcm });
    // What carries audio is no session object: most of the bytes of a session need not be searched for one.
    if (from === 'server' && parts.length === 1) this.#formats.serverText(text);
    return { atMs, from, kind: 'text', parts, ...(frames === undefined ? {} : { frames }) };
  }

  #add(entries: readonly DraftEntry[]): void {
    if (this.#state === 'waiting') this.#early.push(...entries);
    else if (this.#state === 'open') this.#write(entries);
  }

  #write(entries: readonly DraftEntry[]): void {
    this.#writer?.writeAll(entries.flatMap((entry) => this.#redactor?.push(entry) ?? []));
  }

  #now(): number {
    return Math.max(0, Math.round(this.#options.elapsedMs()));
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (cause) {
      this.#state = 'incomplete';
      this.#early = [];
      try {
        this.#writer?.abandon();
      } catch {
        // The first failure is the one to tell; what is on the disk is on the disk.
      }
      this.#options.onProblem(problemOf(cause));
    }
  }
}

function problemOf(cause: unknown): SoundstageError {
  if (cause instanceof SoundstageError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SoundstageError(
    'E_RECORDING_WRITE',
    `Recording ended early: ${why}. The traffic goes on, and what was written can be read. Try more room on the disk, or another folder.`,
    { cause },
  );
}

/** What stands in the manifest is written as well. */
function scrubbed(
  header: SessionRecorderOptions['header'],
  redactor: Redactor,
): SessionRecorderOptions['header'] {
  const { model, name, upstream } = header;
  const scrub = (text: string | undefined) => (text === undefined ? undefined : redactor.scrub(text));
  return {
    ...header,
    model: scrub(model ?? undefined) ?? null,
    name: scrub(name),
    upstream: scrub(upstream),
  };
}
