/**
 * Entries of a session log as JSON: messages parsed where they can be, bulk cut where nobody asked for it. Entries are
 * numbered from the first of the session, whatever has left memory. Must never change an entry.
 */
import { encodeBase64 } from '../../media/index.js';
import { LIMITS } from '../../protocol/index.js';
import { type JsonObject, parseJsonObject } from '../../protocol/json-object.js';
import type { LogEntry } from '../../session-log/index.js';
import type { LogEntryJson, MessageJson } from './answer-schemas.js';

/** The keys whose strings are base64 of sounds and pictures. */
const BULKY_KEYS: ReadonlySet<string> = new Set(['audio', 'image']);
/** The event whose `delta` is. */
const AUDIO_DELTA = 'response.audio.delta';

/** Which entries somebody wants. */
export interface EntryFilter {
  readonly kinds: readonly LogEntry['kind'][] | undefined;
  /** Types of messages: what went out, or what was meant to. */
  readonly types: readonly string[] | undefined;
  /** Whether base64 is shown whole. */
  readonly isWhole: boolean;
}

/** The number of the oldest entry in memory. The remark about those that left stands in for the last of them. */
export function firstNumber(entries: readonly LogEntry[]): number {
  const [first] = entries;
  return first?.kind === 'note' && first.code === 'entries-evicted'
    ? Number(first.details['entries']) - 1
    : 0;
}

/** How many entries there have been. */
export function countEntries(entries: readonly LogEntry[]): number {
  return firstNumber(entries) + entries.length;
}

/** An entry as JSON, or undefined when the filter leaves it out. */
export function showEntry(entry: LogEntry, number: number, filter: EntryFilter): LogEntryJson | undefined {
  const { kinds, types, isWhole } = filter;
  if (kinds !== undefined && !kinds.includes(entry.kind)) return undefined;
  if (types !== undefined && entry.kind !== 'client' && entry.kind !== 'server') return undefined;
  const shown = showAny(entry, number, isWhole);
  if (types === undefined) return shown;
  const intended = shown.kind === 'server' ? shown.intended?.type : undefined;
  const type = 'type' in shown ? shown.type : undefined;
  return [type, intended].some((name) => name !== undefined && types.includes(name)) ? shown : undefined;
}

function showAny(entry: LogEntry, number: number, isWhole: boolean): LogEntryJson {
  const { atMs } = entry;
  switch (entry.kind) {
    case 'client':
      return { number, kind: entry.kind, atMs, ...showMessage(entry.text, isWhole) };
    case 'server': {
      const { text, intended, disposition, frames } = entry;
      return {
        number,
        kind: entry.kind,
        atMs,
        disposition,
        ...(text === undefined ? {} : showMessage(text, isWhole)),
        ...(disposition === 'forwarded' || intended === undefined || intended === text
          ? {}
          : { intended: showMessage(intended, isWhole) }),
        ...(frames === undefined ? {} : { frames: cut(encodeBase64(frames), isWhole) }),
      };
    }
    case 'close':
      return { number, kind: entry.kind, atMs, by: entry.by, code: entry.code ?? null, reason: entry.reason };
    case 'open':
      return { number, kind: entry.kind, atMs, target: entry.target, model: entry.model };
    case 'client-binary':
      return { number, kind: entry.kind, atMs, sizeBytes: entry.sizeBytes };
    case 'note':
      return { number, kind: entry.kind, atMs, code: entry.code, details: { ...entry.details } };
  }
}

/** A message: its event where it is a JSON object, else its text. */
export function showMessage(text: string, isWhole: boolean): MessageJson {
  const event = parseJsonObject(text);
  if (event === undefined) return { text };
  const type = typeof event['type'] === 'string' ? { type: event['type'] } : {};
  return { ...type, event: isWhole ? event : withoutBulk(event) };
}

function withoutBulk(event: JsonObject): Record<string, unknown> {
  const lean = JSON.parse(JSON.stringify(event), (key, value: unknown) =>
    BULKY_KEYS.has(key) && typeof value === 'string' ? cut(value, false) : value,
  ) as Record<string, unknown>;
  const { delta } = lean;
  return lean['type'] === AUDIO_DELTA && typeof delta === 'string'
    ? { ...lean, delta: cut(delta, false) }
    : lean;
}

/** The beginning of a long string and how long it was. */
function cut(text: string, isWhole: boolean): string {
  const limit = LIMITS.controlShownAudioChars;
  return isWhole || text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}
