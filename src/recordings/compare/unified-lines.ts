/**
 * The textual comparison: lines of both recordings as one unified diff, in the order of the first recording, so that two
 * sides that are only interleaved differently look the same. Must never decide what differs.
 */

import type { Step } from './align-events.js';
import { type ComparedEvent, eventLine } from './compared-events.js';

/** One line: in both, in the first only, or in the second only. */
export interface UnifiedLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines that stand together, with the numbers a unified diff gives them. */
export interface UnifiedHunk {
  readonly header: string;
  readonly lines: readonly UnifiedLine[];
}

/** Steps of both sides woven into the order of the first recording. */
export function weave(client: readonly Step[], server: readonly Step[]): Step[] {
  const woven: Step[] = [];
  let [c, s] = [0, 0];
  while (c < client.length || s < server.length) {
    const [placeC, placeS] = [placeOf(client, c), placeOf(server, s)];
    if (placeC <= placeS) {
      woven.push(client[c] as Step);
      c += 1;
    } else {
      woven.push(server[s] as Step);
      s += 1;
    }
  }
  return woven;
}

/** Where a step belongs in the first recording; one that is not in it follows what is before it on its side. */
function placeOf(steps: readonly Step[], from: number): number {
  if (from >= steps.length) return Number.POSITIVE_INFINITY;
  for (let index = from; index >= 0; index -= 1) {
    const step = steps[index] as Step;
    if (step.kind === 'pair' || step.kind === 'removed')
      return index === from ? step.a.index : step.a.index + 0.5;
  }
  return -1;
}

/** @param isSame whether a pair has no difference */
export function unifiedHunks(
  steps: readonly Step[],
  isSame: (a: ComparedEvent, b: ComparedEvent) => boolean,
  contextLines: number,
): readonly UnifiedHunk[] {
  const hunks: UnifiedHunk[] = [];
  let lines: UnifiedLine[] = [];
  let [numberA, numberB, quiet] = [0, 0, 0];
  let start = { a: 0, b: 0 };
  const context: string[] = [];
  const end = () => {
    if (lines.length === 0) return;
    const kept = lines.slice(0, lines.length - Math.max(0, quiet - contextLines));
    const countA = kept.filter(({ mark }) => mark !== '+').length;
    const countB = kept.filter(({ mark }) => mark !== '-').length;
    hunks.push({ header: `@@ -${start.a},${countA} +${start.b},${countB} @@`, lines: kept });
    lines = [];
  };
  const change = (...changed: UnifiedLine[]) => {
    if (lines.length === 0) {
      start = { a: numberA - context.length + 1, b: numberB - context.length + 1 };
      lines = context.map((text) => ({ mark: ' ', text }));
    }
    lines.push(...changed);
    context.length = 0;
    quiet = 0;
  };
  for (const step of steps) {
    if (step.kind === 'pair' && isSame(step.a, step.b)) {
      const text = eventLine(step.a);
      if (lines.length > 0) lines.push({ mark: ' ', text });
      quiet += 1;
      if (quiet > 2 * contextLines) end();
      context.push(text);
      if (context.length > contextLines) context.shift();
      numberA += 1;
      numberB += 1;
      continue;
    }
    const changed: UnifiedLine[] = [];
    if (step.kind === 'pair' || step.kind === 'removed') changed.push({ mark: '-', text: eventLine(step.a) });
    if (step.kind !== 'removed') changed.push({ mark: '+', text: eventLine(step.b) });
    change(...changed);
    numberA += step.kind === 'pair' || step.kind === 'removed' ? 1 : 0;
    numberB += step.kind !== 'removed' ? 1 : 0;
  }
  end();
  return hunks;
}
