/**
 * The refusal of a handshake that was recorded, given to a client that asks for the same again. Must never be given to
 * one that asks for something else: that client gets a refusal of our own, which says so.
 */
import { compareTargets, type ReplayScript } from '../recordings/index.js';
import { mismatchOf, type SessionReplay } from './session/index.js';
import type { HttpAnswer } from './transport/http-answer.js';

/** What frames the body on the wire is the transport's to say again. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'date',
  'keep-alive',
]);
const CONFLICT_STATUS = 409;

/** A refusal of the handshake that was recorded. */
export class RecordedRefusal {
  readonly #recording: string;
  /** What was asked for; undefined in a recording that does not say. */
  readonly #target: string | undefined;
  readonly #line: number;
  readonly #answer: HttpAnswer;

  /** The refusal that a recording holds, undefined for one of a session. */
  static of(script: ReplayScript): RecordedRefusal | undefined {
    return script.refusal === undefined ? undefined : new RecordedRefusal(script, script.refusal);
  }

  private constructor(script: ReplayScript, { status, headers, body }: NonNullable<ReplayScript['refusal']>) {
    this.#recording = script.recording.name;
    this.#target = script.upgrade?.target;
    this.#line = script.lineOf(0);
    const kept = headers.filter(([name]) => !FRAMING.has(name.toLowerCase()));
    this.#answer = {
      status,
      headers: Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
      body: new TextDecoder().decode(body ?? new Uint8Array(0)),
    };
  }

  /** What a request for `target` gets, and whether it did what was recorded. */
  answerTo(target: string): { readonly answer: HttpAnswer; readonly replay: SessionReplay } {
    const recording = this.#recording;
    const different = this.#target === undefined ? undefined : compareTargets(this.#target, target);
    if (different === undefined)
      return { answer: this.#answer, replay: { recording, ok: true, isComplete: true } };
    const found = { entry: 1, line: this.#line, expected: 'the recorded URL', came: 'another URL' };
    const mismatch = mismatchOf(found, different);
    const body = JSON.stringify({ code: 'ReplayMismatch', message: mismatch.message });
    const answer = { status: CONFLICT_STATUS, headers: { 'content-type': 'application/json' }, body };
    return { answer, replay: { recording, ok: false, isComplete: false, mismatch } };
  }
}
