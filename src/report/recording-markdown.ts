/**
 * A recording as a transcript in Markdown, for people who review it in a pull request: who said what and when. Must never
 * let anything of the traffic be more than text.
 */
import type { ImagePart, PcmPart, Provenance, RecordedEntry, Recording, Side } from '../recordings/index.js';
import { eventDetails, seconds } from './event-details.js';
import { cell, fence, span } from './markdown-text.js';
import { type SpokenItem, SpokenItems } from './spoken-items.js';
import { at, parseWireObject, textAt, type WireObject } from './wire-reading.js';

/** In pieces that end with a line break. @throws SoundstageError `E_RECORDING_…` at the first bad entry */
export function* renderRecordingMarkdown(recording: Recording): Generator<string> {
  yield* header(recording);
  const transcript = new MarkdownTranscript(recording);
  for (const entry of recording.entries()) yield* transcript.take(entry);
  yield* transcript.end();
}

function* header(recording: Recording): Generator<string> {
  const { manifest } = recording;
  const { redactions } = manifest;
  const name = recording.name.split(/[\\/]/).at(-1) ?? '';
  const lanes = (['client', 'server'] as const).flatMap((side) => {
    const lane = recording.lane(side);
    return lane === undefined ? [] : [`${side} ${seconds((1000 * lane.samples) / lane.rateHz)}`];
  });
  const taken = redactions.placeholders.map(({ placeholder, hits }) => `${cell(placeholder)} ×${hits}`);
  if (redactions.speech) taken.unshift('voices and what was said');
  if (redactions.withheld > 0) taken.push(`${redactions.withheld} entries withheld`);
  const rows: [string, string][] = [
    ['provenance', provenanceWords(manifest.provenance)],
    ['model', manifest.model === null ? '—' : cell(manifest.model)],
    [
      'recorded',
      `${manifest.startedAt === undefined ? '' : `${cell(manifest.startedAt)} `}by ${cell(manifest.recordedBy)}`,
    ],
    ['server', manifest.upstream === undefined ? '—' : cell(manifest.upstream)],
    ['audio', lanes.length === 0 ? 'none' : lanes.join(', ')],
    ['taken out', taken.length === 0 ? 'nothing' : taken.join(', ')],
  ];
  if (!manifest.complete) rows.push(['complete', '**no**: the recorder did not finish']);
  yield `# Recording ${span(name)}\n\n| | |\n|---|---|\n`;
  for (const [key, value] of rows) yield `| ${key} | ${value} |\n`;
  yield '\n## Transcript\n\n';
}

function provenanceWords(provenance: Provenance): string {
  switch (provenance.kind) {
    case 'captured':
      return `captured from the real service on ${cell(provenance.date)}`;
    case 'simulated': {
      const scenario = provenance.scenario === undefined ? '' : `, scenario ${cell(provenance.scenario)}`;
      const seed = provenance.seed === undefined ? '' : `, seed ${provenance.seed}`;
      return `simulated by ${cell(provenance.by)}${scenario}${seed}`;
    }
    case 'handwritten':
      return 'handwritten';
    case 'undeclared':
      return 'undeclared: not to be taken for the real service';
  }
}

/** Steps of an answer that its words and its end tell already. */
const UNTOLD =
  /\.delta$|^response\.(?:created|output_item\.|content_part\.|function_call_arguments\.delta)|^conversation\.item\.created$|^session\.created$/;
const INDENT = '  ';

class MarkdownTranscript {
  readonly #recording: Recording;
  readonly #spoken = new SpokenItems();
  #voice: { atMs: number; samples: number } | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  *take(entry: RecordedEntry): Generator<string> {
    if (entry.kind === 'text') {
      yield* this.#takeText(entry);
      return;
    }
    if (entry.kind === 'ping' || entry.kind === 'pong') return;
    yield* this.#endVoice();
    yield row(entry.atMs, entry.from, wordsOf(entry));
  }

  *end(): Generator<string> {
    yield* this.#endVoice();
    for (const item of this.#spoken.end()) yield this.#said(item, ' (unfinished)');
  }

  *#takeText(entry: Extract<RecordedEntry, { kind: 'text' }>): Generator<string> {
    const media = entry.parts.find((part) => typeof part !== 'string');
    const text =
      media === undefined
        ? this.#recording.textOf(entry)
        : entry.parts.filter((part) => typeof part === 'string').join('');
    const event = parseWireObject(text);
    const type = textAt(event, 'type');
    const samples = media?.kind === 'pcm' ? media.lengthSamples : 0;
    if (event !== undefined && this.#isPiece(entry, type, event, samples)) return;
    yield* this.#endVoice();
    if (event === undefined || type === '')
      yield row(entry.atMs, entry.from, `sends text that is no event: ${span(text)}`);
    else yield* this.#takeEvent(entry, type, event, media);
  }

  /** Whether it is one of many that are told at their end. */
  #isPiece({ from, atMs }: RecordedEntry, type: string, event: WireObject, samples: number): boolean {
    if (from === 'server') return this.#spoken.take(type, event, atMs, samples) || UNTOLD.test(type);
    if (type !== 'input_audio_buffer.append' || samples === 0) return false;
    this.#voice = { atMs: this.#voice?.atMs ?? atMs, samples: (this.#voice?.samples ?? 0) + samples };
    return true;
  }

  *#takeEvent(
    { atMs, from }: RecordedEntry,
    type: string,
    event: WireObject,
    media: PcmPart | ImagePart | undefined,
  ): Generator<string> {
    if (type === 'response.done') {
      for (const item of this.#spoken.end(textAt(event, 'response', 'id'))) yield this.#said(item, '');
      // An answer that completed has been told by its words.
      if (textAt(event, 'response', 'status') === 'completed') return;
    }
    const image = media?.kind === 'image' ? ` ${span(`images/${media.sha256}.jpg`)}` : '';
    yield row(atMs, from, eventWords(type, event) + image);
    const block = blockOf(type, event);
    if (block !== '') yield `\n${fence(block, INDENT)}\n\n`;
  }

  *#endVoice(): Generator<string> {
    if (this.#voice === undefined) return;
    const { atMs, samples } = this.#voice;
    this.#voice = undefined;
    yield row(atMs, 'client', `sends audio, ${this.#length('client', samples)}`);
  }

  #said({ atMs, text, samples }: SpokenItem, end: string): string {
    const audio = samples === 0 ? '' : ` (audio ${this.#length('server', samples)})`;
    return row(atMs, 'server', `${samples === 0 ? 'writes' : 'says'} ${span(text)}${audio}${end}`);
  }

  #length(side: Side, samples: number): string {
    const rateHz = this.#recording.lane(side)?.rateHz;
    return seconds(rateHz === undefined ? undefined : (1000 * samples) / rateHz);
  }
}

function row(atMs: number, from: Side, words: string): string {
  return `- ${(atMs / 1000).toFixed(3)} s · **${from}** ${words}\n`;
}

function eventWords(type: string, event: WireObject): string {
  if (type === 'error') {
    const code = textAt(event, 'error', 'code') || textAt(event, 'error', 'type');
    return `**error** ${span(code)}: ${span(textAt(event, 'error', 'message'))}`;
  }
  if (type === 'conversation.item.input_audio_transcription.completed')
    return `heard ${span(textAt(event, 'transcript'))}`;
  if (type === 'response.function_call_arguments.done')
    return `calls the tool ${span(textAt(event, 'name'))}`;
  const itemType = textAt(event, 'item', 'type');
  if (type === 'conversation.item.create' && itemType === 'function_call_output')
    return `answers the call ${span(textAt(event, 'item', 'call_id'))}`;
  const written = textAt(event, 'item', 'content', 0, 'text');
  if (type === 'conversation.item.create' && written !== '') return `writes ${span(written)}`;
  const details = eventDetails(event).replace(/[“”]/g, '"');
  return `${span(type)}${details === '' ? '' : `: ${span(details)}`}`;
}

/** What is worth a block of its own. */
function blockOf(type: string, event: WireObject): string {
  if (type === 'response.function_call_arguments.done') return textAt(event, 'arguments');
  if (type === 'conversation.item.create') return textAt(event, 'item', 'output');
  if (type === 'response.done') return JSON.stringify(at(event, 'response', 'status_details') ?? '');
  return '';
}

function wordsOf(entry: Exclude<RecordedEntry, { kind: 'text' }>): string {
  switch (entry.kind) {
    case 'upgrade':
      return `connects: ${span(`${entry.method} ${entry.target}`)}`;
    case 'answer': {
      const body =
        entry.body === undefined ? '' : `\n\n${fence(new TextDecoder().decode(entry.body), INDENT)}\n`;
      return entry.status === 101
        ? 'accepts'
        : `**refuses**: HTTP ${entry.status} ${span(entry.reason)}${body}`;
    }
    case 'close': {
      const code = entry.code === undefined ? 'without a code' : `with ${entry.code}`;
      return `closes ${code}${entry.reason === '' ? '' : `: ${span(entry.reason)}`}`;
    }
    case 'end':
      return entry.how === 'fin' ? 'ends the connection' : 'resets the connection';
    case 'withheld':
      return `sends what was withheld: ${span(entry.what)}, ${entry.sizeBytes} bytes, rule ${span(entry.rule)}`;
    default:
      return `sends ${entry.kind}, ${entry.payload.length} bytes`;
  }
}
