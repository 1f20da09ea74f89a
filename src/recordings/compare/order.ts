/**
 * The order between the two sides. Two directions that do not wait for each other cross the wire in whatever order the
 * recorder saw; an answer that comes before its request does not. Must never judge the order within a side.
 */
import type { Side } from '../entries.js';
import type { Step } from './align-events.js';
import type { ComparedEvent, ComparedEvents } from './compared-events.js';

/** Server events that answer a message of the client, and which. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['session.updated', 'session.update'],
  ['session.finished', 'session.finish'],
  ['conversation.item.deleted', 'conversation.item.delete'],
  ['input_audio_buffer.cleared', 'input_audio_buffer.clear'],
  ['input_audio_buffer.committed', 'input_audio_buffer.commit'],
  ['response.created', 'response.create'],
  ['conversation.item.created', 'conversation.item.create'],
]);

/** An answer that can be one in one recording and cannot in the other. */
export interface OrderDifference {
  readonly a: ComparedEvent;
  readonly b: ComparedEvent;
  readonly request: string;
  /** The recording in which it comes too early. */
  readonly early: 'a' | 'b';
}

/** @param pairs of the server's side */
export function orderDifferences(
  a: ComparedEvents,
  b: ComparedEvents,
  pairs: readonly Extract<Step, { kind: 'pair' }>[],
): OrderDifference[] {
  const found: OrderDifference[] = [];
  const before = { a: requestCounts(a), b: requestCounts(b) };
  for (const pair of pairs) {
    const request = ANSWERS.get(pair.b.label);
    if (request === undefined || pair.a.label !== pair.b.label) continue;
    const wasAnswer = before.a(pair.a, request) >= pair.a.nth;
    const isAnswer = before.b(pair.b, request) >= pair.b.nth;
    if (wasAnswer !== isAnswer) found.push({ a: pair.a, b: pair.b, request, early: isAnswer ? 'a' : 'b' });
  }
  return found;
}

/** How many requests of a type stand before an event. */
function requestCounts({ client }: ComparedEvents): (event: ComparedEvent, request: string) => number {
  const places = new Map<string, number[]>();
  const withheld: number[] = [];
  for (const { label, index, stoodFor } of client) {
    if (stoodFor === 'text') withheld.push(index);
    const known = places.get(label);
    if (known === undefined) places.set(label, [index]);
    else known.push(index);
  }
  // A withheld message may have been the request.
  return ({ index }, request) => countBelow(places.get(request) ?? [], index) + countBelow(withheld, index);
}

/** How many of an ascending list are below a number. */
function countBelow(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At how many places the events that both recordings have cross over between the sides. */
export function crossings(steps: readonly Step[]): number {
  let count = 0;
  let last: Readonly<Record<Side, number>> = { client: -1, server: -1 };
  for (const step of steps) {
    if (step.kind !== 'pair') continue;
    const { side, index } = step.b;
    const other = side === 'client' ? 'server' : 'client';
    if (index < last[other]) count += 1;
    last = { ...last, [side]: index };
  }
  return count;
}
