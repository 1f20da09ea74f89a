/**
 * A recording as a scenario: its answers become replies, its user turns what the user said, in their order, whatever the
 * next client does. Must never invent what was not recorded.
 */
import { encodeWav, pcm16FromBytes } from '../media/index.js';
import { isJsonObject, type JsonObject, valueAt } from '../protocol/json-object.js';
import type { Delivery, Reply, ReplyItem, Scenario, UserTurn } from '../scenarios/index.js';
import type { RecordedEntry } from './entries.js';
import { modelOf } from './log-entries.js';
import type { Recording } from './recording.js';
import { parseMessage } from './replay-script.js';

export interface ScenarioFromOptions {
  /** Whether the pauses between the recorded deltas are kept. Default false. */
  readonly timing?: boolean | undefined;
}

/** What a response has said so far. */
interface HeardItem {
  deltas: string[];
  audio: Uint8Array[];
  gapsMs: number[];
}

const TEXT_DELTAS: ReadonlySet<unknown> = new Set(['response.text.delta', 'response.audio_transcript.delta']);
const TRANSCRIPTS = 'conversation.item.input_audio_transcription.';

/** The scenario of a recording. @throws SoundstageError `E_RECORDING_…` as the recording is read */
export function scenarioFromRecording(recording: Recording, options: ScenarioFromOptions = {}): Scenario {
  const reader = new AnswerReader(recording, options.timing === true);
  for (const entry of recording.entries()) reader.take(entry);
  const { model, replies, userTurns } = reader;
  return {
    version: 1,
    summary: `Answers as recorded in ${recording.name.split(/[\\/]/).at(-1) ?? recording.name}.`,
    ...(model === undefined ? {} : { model }),
    ...(replies.length === 0 ? {} : { replies }),
    ...(userTurns.length === 0 ? {} : { userTurns }),
  };
}

class AnswerReader {
  readonly #recording: Recording;
  readonly #keepsTiming: boolean;
  readonly #items = new Map<string, HeardItem>();
  readonly replies: Reply[] = [];
  readonly userTurns: UserTurn[] = [];
  model: string | undefined;
  #lastDeltaMs = 0;

  constructor(recording: Recording, keepsTiming: boolean) {
    this.#recording = recording;
    this.#keepsTiming = keepsTiming;
  }

  take(entry: RecordedEntry): void {
    if (entry.kind === 'upgrade') this.model = modelOf(entry.target) ?? undefined;
    if (entry.kind !== 'text' || entry.from !== 'server') return;
    const texts = entry.parts.filter((part) => typeof part === 'string');
    const event = parseMessage(texts.join(''));
    const type = event?.['type'];
    if (event === undefined || typeof type !== 'string') return;
    if (type === 'response.created') this.#lastDeltaMs = entry.atMs;
    else if (TEXT_DELTAS.has(type)) this.#takeText(event, entry.atMs);
    else if (type === 'response.audio.delta') {
      for (const part of entry.parts)
        if (typeof part !== 'string') this.#heard(event).audio.push(this.#recording.bytesOf(part));
    } else if (type === 'response.done') this.#takeResponse(event);
    else if (type === `${TRANSCRIPTS}completed`)
      this.userTurns.push({ transcript: textAt(event, 'transcript') });
    else if (type === `${TRANSCRIPTS}failed`) this.userTurns.push({ transcriptionFailed: true });
  }

  #takeText(event: JsonObject, atMs: number): void {
    const heard = this.#heard(event);
    heard.deltas.push(textAt(event, 'delta'));
    heard.gapsMs.push(Math.max(0, atMs - this.#lastDeltaMs));
    this.#lastDeltaMs = atMs;
  }

  #heard(event: JsonObject): HeardItem {
    const id = textAt(event, 'item_id');
    const heard = this.#items.get(id) ?? { deltas: [], audio: [], gapsMs: [] };
    this.#items.set(id, heard);
    return heard;
  }

  #takeResponse(event: JsonObject): void {
    const output = valueAt(event, ['response', 'output']);
    const items = Array.isArray(output) ? output.filter(isJsonObject) : [];
    const replyItems = items.flatMap((item) => this.#replyItem(item));
    const gapsMs = items.flatMap((item) => this.#items.get(textAt(item, 'id'))?.gapsMs ?? []);
    const delivery: Delivery | undefined = this.#keepsTiming && gapsMs.length > 0 ? { gapsMs } : undefined;
    this.replies.push({
      ...endOf(event),
      ...(replyItems.length === 0 ? {} : { items: replyItems }),
      ...(delivery === undefined ? {} : { delivery }),
    });
    this.#items.clear();
  }

  #replyItem(item: JsonObject): ReplyItem[] {
    if (item['type'] === 'function_call')
      return [{ toolCall: { name: textAt(item, 'name'), arguments: textAt(item, 'arguments') } }];
    if (item['type'] !== 'message') return [];
    const heard = this.#items.get(textAt(item, 'id'));
    const text = spokenText(item) ?? heard?.deltas.join('') ?? '';
    const deltas = heard !== undefined && heard.deltas.join('') === text ? { deltas: heard.deltas } : {};
    return [{ message: { text, ...deltas, ...this.#voiceOf(heard) } }];
  }

  #voiceOf(heard: HeardItem | undefined): { wav?: Uint8Array } {
    if (heard === undefined || heard.audio.length === 0) return {};
    const bytes = new Uint8Array(heard.audio.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const piece of heard.audio) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return { wav: encodeWav(pcm16FromBytes(bytes), this.#recording.lane('server')?.rateHz ?? 24_000) };
  }
}

function endOf(event: JsonObject): Pick<Reply, 'failed' | 'incomplete'> {
  const status = valueAt(event, ['response', 'status']);
  const message = valueAt(event, ['response', 'status_details', 'error', 'message']);
  const reason = valueAt(event, ['response', 'status_details', 'reason']);
  if (status === 'failed') return { failed: { message: typeof message === 'string' ? message : 'failed' } };
  return status === 'incomplete' && typeof reason === 'string' ? { incomplete: reason } : {};
}

function spokenText(item: JsonObject): string | undefined {
  const content = item['content'];
  const [first] = Array.isArray(content) ? content.filter(isJsonObject) : [];
  const text = first?.['text'] ?? first?.['transcript'];
  return typeof text === 'string' ? text : undefined;
}

function textAt(event: JsonObject, key: string): string {
  const value = valueAt(event, [key]);
  return typeof value === 'string' ? value : '';
}
