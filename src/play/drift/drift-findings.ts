/**
 * How a server's answers differ from the recorded ones in order, keys and types. Must never look at words, ids or sound:
 * they differ every time.
 */
import { LIMITS } from '../../protocol/limits.js';
import { editScript } from '../../recordings/compare/edit-script.js';
import type { EventShape } from './event-shape.js';
import { isDelta, type SeenEvent, type SeenEvents } from './seen-events.js';

/** One way in which a server has drifted. */
export interface DriftFinding {
  /** `breaking`: a client of the recorded server may fail. `added`: something new that it may leave aside. */
  readonly grade: 'breaking' | 'added';
  readonly kind: 'event' | 'order' | 'key' | 'type' | 'error' | 'close' | 'handshake';
  /** `session`, `transcription` or `response 2`; undefined for what holds everywhere. */
  readonly where?: string;
  /** The type of the event. */
  readonly event?: string;
  /** The path of the key, such as `response.usage.total_tokens`. */
  readonly path?: string;
  readonly words: string;
}

/** How a connection ended. */
export interface SeenEnd {
  readonly by: 'client' | 'server' | 'nobody';
  readonly code: number | undefined;
}

/** Findings on events, in the order of the streams, then of the types. */
export function driftFindings(recorded: SeenEvents, live: SeenEvents): DriftFinding[] {
  return [
    ...orderFindings(recorded, live),
    ...errorFindings(recorded, live),
    ...shapeFindings(recorded, live),
  ];
}

/** @param recorded a session whose end nobody recorded says nothing */
export function endFindings(recorded: SeenEnd, live: SeenEnd): DriftFinding[] {
  if (recorded.by === 'server') {
    if (live.by === 'server' && live.code === recorded.code) return [];
    const now = live.by === 'server' ? `closes with ${codeWords(live.code)}` : 'does not close';
    return [breaking('close', `The server ${now}; it closed with ${codeWords(recorded.code)}.`)];
  }
  if (live.by !== 'server') return [];
  return [breaking('close', `The server closes with ${codeWords(live.code)}; it did not close.`)];
}

function codeWords(code: number | undefined): string {
  return code === undefined ? 'no code' : `code ${code}`;
}

function breaking(kind: DriftFinding['kind'], words: string): DriftFinding {
  return { grade: 'breaking', kind, words };
}

function orderFindings(recorded: SeenEvents, live: SeenEvents): DriftFinding[] {
  const [before, after] = [streams(recorded.events), streams(live.events)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((where) => streamFindings(where, before.get(where) ?? [], after.get(where) ?? []));
}

/** The types of each stream in order; of the deltas between two other events, each type once. */
function streams(events: readonly SeenEvent[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, { types: string[]; deltas: Set<string> }>();
  const endDeltas = (stream: { types: string[]; deltas: Set<string> }) => {
    stream.types.push(...[...stream.deltas].sort());
    stream.deltas.clear();
  };
  for (const { type, stream: name } of events) {
    const stream = found.get(name) ?? { types: [], deltas: new Set<string>() };
    found.set(name, stream);
    if (isDelta(type)) {
      stream.deltas.add(type);
      continue;
    }
    endDeltas(stream);
    // Errors are compared by themselves.
    if (type !== 'error') stream.types.push(type);
  }
  for (const stream of found.values()) endDeltas(stream);
  return new Map([...found].map(([name, { types }]) => [name, types]));
}

function streamFindings(where: string, before: readonly string[], after: readonly string[]): DriftFinding[] {
  if (after.length === 0) {
    const words = `${where} does not come; it had ${before.length} events, the first ${before[0]}.`;
    return [{ ...breaking('event', capital(words)), where }];
  }
  if (before.length === 0) {
    const words = `${where} is new: ${after.length} events, the first ${after[0]}.`;
    return [{ grade: 'added', kind: 'event', where, words: capital(words) }];
  }
  const numbers = new Map<string, number>();
  const numbered = (types: readonly string[]) =>
    types.map((type) => {
      const number = numbers.get(type) ?? numbers.size;
      numbers.set(type, number);
      return number;
    });
  const edits = editScript(numbered(before), numbered(after), LIMITS.comparedEdits);
  if (edits === undefined)
    return [
      { ...breaking('order', `${capital(where)} has nothing in common with the recorded one.`), where },
    ];
  const missing: { type: string; behind: string | undefined }[] = [];
  const added: { type: string; behind: string | undefined }[] = [];
  for (const edit of edits) {
    if (edit.kind === 'removed') missing.push({ type: before[edit.a] ?? '', behind: before[edit.a - 1] });
    if (edit.kind === 'added') added.push({ type: after[edit.b] ?? '', behind: after[edit.b - 1] });
  }
  return placeFindings(where, missing, added);
}

function placeFindings(
  where: string,
  missing: readonly { type: string; behind: string | undefined }[],
  added: readonly { type: string; behind: string | undefined }[],
): DriftFinding[] {
  const left = [...added];
  const findings: DriftFinding[] = [];
  for (const { type, behind } of missing) {
    const moved = left.findIndex((other) => other.type === type);
    if (moved < 0) {
      findings.push({ ...breaking('event', `In ${where}, ${type} does not come.`), where, event: type });
      continue;
    }
    const [found] = left.splice(moved, 1);
    const words = `In ${where}, ${type} comes ${place(found?.behind)}; it came ${place(behind)}.`;
    findings.push({ ...breaking('order', words), where, event: type });
  }
  for (const { type, behind } of left) {
    const words = `In ${where}, ${type} is new, ${place(behind)}.`;
    findings.push({ grade: 'added', kind: 'event', where, event: type, words });
  }
  return findings;
}

function place(behind: string | undefined): string {
  return behind === undefined ? 'first' : `behind ${behind}`;
}

function errorFindings(recorded: SeenEvents, live: SeenEvents): DriftFinding[] {
  const [before, after] = [recorded.errors, live.errors];
  const findings: DriftFinding[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [was, is] = [before[index], after[index]];
    if (was === is) continue;
    const words =
      is === undefined
        ? `Error ${index + 1} does not come: it was ${was}.`
        : `Error ${index + 1} is ${is}; ${was === undefined ? 'there was none' : `it was ${was}`}.`;
    findings.push({ ...breaking('error', words), event: 'error' });
  }
  return findings;
}

function shapeFindings(recorded: SeenEvents, live: SeenEvents): DriftFinding[] {
  return [...recorded.shapes].flatMap(([event, before]) => {
    const after = live.shapes.get(event);
    return after === undefined ? [] : keyFindings(event, before, after);
  });
}

function keyFindings(event: string, before: EventShape, after: EventShape): DriftFinding[] {
  const findings: DriftFinding[] = [];
  for (const path of before.paths()) {
    const isMissing = before.alwaysHas(path) && after.couldHave(path) && !after.alwaysHas(path);
    if (isMissing) {
      const how = after.has(path) ? 'is sometimes missing' : 'is missing';
      findings.push({ ...breaking('key', `${event}: ${path} ${how}.`), event, path });
    }
    const types = [...after.typesOf(path)].filter((type) => !before.typesOf(path).has(type));
    if (types.length === 0) continue;
    const words = `${event}: ${path} is ${types.join(' or ')}; it was ${[...before.typesOf(path)].join(' or ')}.`;
    findings.push({ ...breaking('type', words), event, path });
  }
  for (const path of after.paths()) {
    if (before.has(path) || !before.couldHave(path)) continue;
    const words = `${event}: ${path} is new (${[...after.typesOf(path)].join(' or ')}).`;
    findings.push({ grade: 'added', kind: 'key', event, path, words });
  }
  return findings;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
