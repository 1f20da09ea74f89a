/**
 * Holds a recording against what its fixture promises: the events, the refusal, and that it is what it says it is. Must
 * never look at a running session.
 */
import { ERROR_CATALOGUE, type ErrorSlug } from '../../src/protocol/index.js';
import type { AnswerEntry, CloseEntry, Recording } from '../../src/recordings/index.js';
import type { Fixture } from './fixture.js';

type ServerEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** What the server said, by how it said it. */
interface Said {
  readonly answer: AnswerEntry | undefined;
  readonly events: readonly ServerEvent[];
  readonly close: CloseEntry | undefined;
}

interface ErrorTexts {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

const SWITCHING = 101;

/** What a recording lacks, in words; nothing when it keeps its promises. */
export function brokenPromises(fixture: Fixture, recording: Recording): readonly string[] {
  const said = whatServerSaid(recording);
  const { manifest } = recording;
  const broken: string[] = [];
  if (!manifest.complete) broken.push('it is not complete');
  if (manifest.provenance.kind !== 'simulated')
    broken.push(`its provenance is '${manifest.provenance.kind}', not 'simulated'`);
  const missing = firstMissing(fixture.holds, said.events);
  if (missing !== undefined) broken.push(`no ${missing} where it is promised`);
  if (fixture.refusal !== undefined && !isRefused(fixture.refusal, said))
    broken.push(`no refusal as the row '${fixture.refusal}' of the catalogue`);
  return broken;
}

/** Everything the server said in a recording. */
function whatServerSaid(recording: Recording): Said {
  let answer: AnswerEntry | undefined;
  let close: CloseEntry | undefined;
  const events: ServerEvent[] = [];
  for (const entry of recording.entries()) {
    if (entry.from !== 'server') continue;
    if (entry.kind === 'answer') answer = entry;
    else if (entry.kind === 'close') close = entry;
    else if (entry.kind === 'text') events.push(JSON.parse(recording.textOf(entry)) as ServerEvent);
  }
  return { answer, events, close };
}

/** The first of `types` that does not come, in this order, others between them. */
function firstMissing(types: readonly string[], events: readonly ServerEvent[]): string | undefined {
  let next = 0;
  for (const { type } of events) if (type === types[next]) next += 1;
  return types[next];
}

function isRefused(slug: ErrorSlug, said: Said): boolean {
  const row = ERROR_CATALOGUE.find((candidate) => candidate.slug === slug);
  if (row === undefined) return false;
  const isRow = ({ type, code, message }: ErrorTexts) =>
    type === row.type && code === row.code && isFilled(row.message, message);
  // A row may come as an answer to the upgrade as well, where a quirk says so.
  if (row.delivery === 'http' || (said.answer?.status ?? SWITCHING) !== SWITCHING) {
    return said.answer?.status === row.httpStatus && isRow(bodyOf(said.answer));
  }
  const isClosed = isFilled(row.close?.reason, said.close?.reason) && row.close?.code === said.close?.code;
  const errorsOf = (event: string) =>
    said.events.filter(({ type }) => type === event).map(({ error }) => error as ErrorTexts);
  switch (row.delivery) {
    case 'close':
      return isClosed;
    case 'event':
      return errorsOf('error').some(isRow);
    case 'event-then-close':
      return errorsOf('error').some(isRow) && isClosed;
    case 'transcription':
      return errorsOf('conversation.item.input_audio_transcription.failed').some(isRow);
    default:
      return false;
  }
}

function bodyOf(answer: AnswerEntry | undefined): ErrorTexts {
  return JSON.parse(new TextDecoder().decode(answer?.body) || '{}') as ErrorTexts;
}

/** Bytes of a close reason (RFC 6455, section 5.5); longer ones are cut. */
const MOST_REASON_BYTES = 123;

/** Whether a text is a template with something in place of each placeholder, or the beginning of a long one. */
function isFilled(template: string | undefined, text: unknown): boolean {
  if (template === undefined || typeof text !== 'string') return template === text;
  if (template.length > MOST_REASON_BYTES && text.length === MOST_REASON_BYTES)
    return template.startsWith(text);
  const pieces = template.split(/\{[A-Za-z]+\}/).map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.+')}$`, 's').test(text);
}
